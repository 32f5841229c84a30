import { RecordsError } from "../errors.ts";

/** Bytes as they come: a web stream (fetch, File), or any async iterable of chunks (a Node stream, a Deno file). */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** The chunks of a source, without a byte order mark. @throws {RecordsError} when the mark is that of UTF-16. */
export async function* byteChunks(source: ByteSource, name: string): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of iterate(source)) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    const joined: Uint8Array = head.length === 0 ? chunk : Uint8Array.of(...head, ...chunk);
    head = joined.length < 3 ? joined : undefined;
    if (head === undefined) yield withoutMark(joined, name);
  }
  if (head !== undefined && head.length > 0) yield withoutMark(head, name);
}

/** The chunks of a source as text. A byte order mark is dropped; text that is not UTF-8 is an error, not a guess. */
export async function* textChunks(source: ByteSource, name: string): AsyncGenerator<string> {
  const decoder = new Utf8Decoder(name);
  for await (const chunk of byteChunks(source, name)) {
    const text = decoder.decode(chunk);
    if (text.length > 0) yield text;
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}

/** Text from bytes, chunk by chunk. */
export class Utf8Decoder {
  readonly #name: string;
  readonly #decoder: TextDecoder = new TextDecoder("utf-8", { fatal: true });
  #bytes: number;

  /** @param before - how many bytes of the source, named `name` in messages, came before. */
  constructor(name: string, before = 0) {
    this.#name = name;
    this.#bytes = before;
  }

  /** @throws {RecordsError} when the bytes are not UTF-8. */
  decode(chunk: Uint8Array): string {
    const text = this.#attempt(() => this.#decoder.decode(chunk, { stream: true }));
    this.#bytes += chunk.length;
    return text;
  }

  /** What is left at the end. @throws {RecordsError} when that is half a character. */
  end(): string {
    return this.#attempt(() => this.#decoder.decode());
  }

  #attempt(decode: () => string): string {
    try {
      return decode();
    } catch (cause) {
      throw Object.assign(notUtf8(this.#name, `has other bytes after byte ${this.#bytes}`, this.#bytes), { cause });
    }
  }
}

/**
 * Is this the beginning of a text?
 *
 * @throws {RecordsError} when it begins with NUL bytes: UTF-16 without its mark does, and so do files that a crash or a
 * rotation left with a hole.
 */
export function requireNoNuls(head: Uint8Array, name: string): void {
  const at = head.subarray(0, 3).indexOf(0);
  if (at >= 0) throw notUtf8(name, `has a NUL byte at ${at}, as UTF-16 and files with a hole have`, at);
}

function withoutMark(bytes: Uint8Array, name: string): Uint8Array {
  const [first, second, third] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw notUtf8(name, "begins with the byte order mark of UTF-16", 0);
  requireNoNuls(bytes, name);
  return first === 0xef && second === 0xbb && third === 0xbf ? bytes.subarray(3) : bytes;
}

function notUtf8(name: string, found: string, value: unknown): RecordsError {
  return new RecordsError(`Cannot read the records: ${name} must be UTF-8 text, current value ${found}`, {
    code: "not-utf8",
    field: name,
    value,
    fix: "Convert the file to UTF-8, or decompress it first",
  });
}

async function* iterate(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (Symbol.asyncIterator in source) {
    yield* source as AsyncIterable<Uint8Array>;
    return;
  }
  const reader = (source as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
