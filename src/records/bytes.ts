import { RecordsError } from "../errors.ts";

/** Bytes as they come: a web stream (fetch, File), or any async iterable of chunks (a Node stream, a Deno file). */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** The chunks of a source as text. A byte order mark is dropped; text that is not UTF-8 is an error, not a guess. */
export async function* textChunks(source: ByteSource, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  const decode = (chunk: Uint8Array | undefined): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw Object.assign(
        new RecordsError(`Cannot read the records: ${name} must be UTF-8 text, current value has other bytes after byte ${bytes}`, {
          code: "not-utf8", field: name, value: bytes, fix: "Convert the file to UTF-8, or decompress it first",
        }),
        { cause },
      );
    }
  };
  for await (const chunk of iterate(source)) {
    const text = decode(chunk);
    bytes += chunk.length;
    if (text.length > 0) yield text;
  }
  const rest = decode(undefined);
  if (rest.length > 0) yield rest;
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
