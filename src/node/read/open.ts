import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import process from "node:process";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { cannot, RecordsError } from "../../errors.ts";
import { optional } from "../optional.ts";
import { unreadable } from "./unreadable.ts";

/** What is used of the world beyond files. */
export interface OpenOptions {
  /** Reads https addresses; without it they are refused. */
  readonly fetch?: typeof fetch | undefined;
}

/** A source that is being read: its bytes after decompression, and how many of its own have been read. */
export interface OpenFile {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Size before decompression; `null` when unknown. */
  readonly size: number | null;
  /** Whether the bytes are those of a plain file on disk, so that it can be read from anywhere. */
  readonly plainFile: boolean;
  /** The first bytes after decompression. */
  readonly head: Uint8Array;
  /** Bytes read so far, before decompression. */
  read(): number;
  /** Lets go of a source that is not read to its end. */
  close(): void;
}

/**
 * Opens a file, the standard input (`-`) or an https address for reading; gzip and zstd are recognised by their first
 * bytes.
 *
 * @throws {RecordsError} when the source is missing, unreadable, or a directory; and, while reading, when compressed data
 * end early, are damaged, or are followed by something else.
 */
export async function openFile(path: string, options: OpenOptions = {}): Promise<OpenFile> {
  const { stream, size, regular } = await streamOf(path, options);
  let read = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      read += (chunk as Uint8Array).length;
      yield chunk as Uint8Array;
    }
  };
  const [first, rest] = await peek(guarded(counted(), path), 4);
  const magic = first.length < 4 ? 0 : new DataView(first.buffer, first.byteOffset).getUint32(0);
  const gzip = magic >>> 16 === 0x1f8b;
  const zstd = magic === 0x28b5_2ffd;
  const plain = gzip ? guarded(gunzip(rest, path), path) : zstd ? guarded(unzstd(rest), path) : rest;
  const [head, bytes] = await peek(plain, 1);
  return {
    bytes,
    size,
    plainFile: regular && !gzip && !zstd,
    head,
    read: () => read,
    close: () => void (stream as Partial<Readable>).destroy?.(),
  };
}

async function streamOf(
  path: string,
  { fetch }: OpenOptions,
): Promise<{ stream: AsyncIterable<Uint8Array>; size: number | null; regular: boolean }> {
  if (path === "-") return { stream: process.stdin, size: null, regular: false };
  if (/^https?:\/\//u.test(path)) return { ...(await download(path, fetch)), regular: false };
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new RecordsError(cannot("read the records", "the file", "a file, not a directory", path), {
        code: "is-directory",
        field: "file",
        value: path,
        fix: "Name the files in it",
      });
    }
    const handle = await open(path);
    await handle.close();
    return {
      stream: createReadStream(path, { highWaterMark: 1 << 20 }),
      size: found.isFile() ? found.size : null,
      regular: found.isFile(),
    };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function download(
  url: string,
  fetch: OpenOptions["fetch"],
): Promise<{ stream: AsyncIterable<Uint8Array>; size: number | null }> {
  const refuse = (requirement: string, fix: string): RecordsError =>
    new RecordsError(cannot("read the records", "the address", requirement, url), {
      code: "address-unreadable",
      field: "file",
      value: url,
      fix,
    });
  if (!url.startsWith("https://")) throw refuse("an https address", "Use https, or download the file first");
  if (fetch === undefined) throw refuse("a file, since no fetch was given", "Pass fetch in the options");
  const response = await fetch(url).catch((cause: unknown) => {
    throw Object.assign(refuse(`reachable (${(cause as Error).message})`, "Check the address and the network"), {
      cause,
    });
  });
  if (!response.ok || response.body === null)
    throw refuse(`readable; the server answered ${response.status}`, "Check the address and your rights");
  const length = response.headers.get("content-length");
  return {
    stream: Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
    size: length === null ? null : Number(length),
  };
}

/** The first chunks, at least so many bytes of them where there are, and all chunks. */
async function peek(
  source: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<[Uint8Array, AsyncIterable<Uint8Array>]> {
  const iterator = source[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  let ended = false;
  while (head.length < bytes && !ended) {
    const { done, value } = await iterator.next();
    if (done === true) ended = true;
    else head = head.length === 0 ? value : Uint8Array.of(...head, ...value);
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    while (!ended) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  };
  return [head, all()];
}

/** The content of gzip data, of one member or several. */
async function* gunzip(compressed: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const plain = createGunzip({ chunkSize: 1 << 18 });
  pipeline(Readable.from(compressed, { objectMode: false }), plain, () => undefined);
  try {
    for await (const chunk of plain) yield chunk as Uint8Array;
  } catch (cause) {
    // The first header was seen to be one, so this is what follows the data.
    if ((cause as Error).message !== "incorrect header check") throw cause;
    throw new RecordsError(
      cannot("read the records", "the file", "gzip data and nothing else", path),
      {
        code: "gzip-trailing-bytes",
        field: "file",
        value: path,
        fix: "Transfer it again, or cut off what follows the compressed data",
      },
      { cause },
    );
  }
}

async function* unzstd(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await optional(() => import("fzstd"), "fzstd", "zstd");
  const ready: Uint8Array[] = [];
  let finished = false;
  const decompress = new Decompress((chunk, final) => {
    ready.push(chunk);
    finished = final === true;
  });
  for await (const chunk of compressed) {
    decompress.push(chunk);
    yield* ready.splice(0);
  }
  decompress.push(new Uint8Array(0), true);
  yield* ready.splice(0);
  if (!finished) throw Object.assign(new Error("unexpected end of zstd data"), { code: "ZSTD_END" });
}

async function* guarded(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
