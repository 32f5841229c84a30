import { type FileHandle, open } from "node:fs/promises";
import process from "node:process";
import { Readable } from "node:stream";
import { cannot, RecordsError } from "../../errors.ts";
import { type DecompressionBounds, decompressionBounds, ExpansionGuard } from "./decompress/bounds.ts";
import { gunzip } from "./decompress/gunzip.ts";
import { unzstd } from "./decompress/unzstd.ts";
import { unreadable } from "./unreadable.ts";

/** Bytes that are read at once. */
const chunkBytes = 1 << 20;

/** What opening a source needs beyond files. */
export interface OpenOptions {
  /** Reads https addresses; without it they are refused. */
  readonly fetch?: typeof fetch | undefined;
  /** How far compressed data may expand. */
  readonly bounds?: Partial<DecompressionBounds> | undefined;
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
  /** Closes a source that is not read to its end. */
  close(): void;
}

/**
 * Opens a file, the standard input (`-`) or an https address for reading; gzip and zstd are recognised by their first
 * bytes. A source is opened once, so that a pipe works as well as a file.
 *
 * @param opened - the file, when it is open already; it stays open.
 * @throws {RecordsError} when the source is missing, unreadable, or a directory; and, while reading, when compressed
 * data end early, are damaged, expand beyond the bounds, or are followed by something else.
 */
export async function openFile(path: string, options: OpenOptions = {}, opened?: FileHandle): Promise<OpenFile> {
  const { stream, size, regular } = await streamOf(path, options, opened);
  let read = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      read += chunk.length;
      yield chunk;
    }
  };
  const close = (): void => void (stream as Partial<Readable>).destroy?.();
  try {
    const [first, rest] = await peek(guarded(counted(), path), 4);
    const magic = first.length < 4 ? 0 : new DataView(first.buffer, first.byteOffset).getUint32(0);
    const gzip = magic >>> 16 === 0x1f8b;
    const zstd = magic === 0x28b5_2ffd || isSkippable(first);
    const guard = new ExpansionGuard(path, { ...decompressionBounds, ...options.bounds });
    const plain = gzip ? guarded(gunzip(rest, path, guard), path) : zstd ? guarded(unzstd(rest, guard), path) : rest;
    const [head, bytes] = await peek(plain, 1);
    return {
      bytes: closing(bytes, close),
      size,
      plainFile: regular && !gzip && !zstd,
      head,
      read: () => read,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The chunks of a source that is closed when they end, fail, or are not wanted any more. */
async function* closing(chunks: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    close();
  }
}

async function streamOf(
  path: string,
  { fetch }: OpenOptions,
  opened: FileHandle | undefined,
): Promise<{ stream: AsyncIterable<Uint8Array>; size: number | null; regular: boolean }> {
  if (path === "-") return { stream: process.stdin, size: null, regular: false };
  if (/^https?:\/\//u.test(path)) return { ...(await download(path, fetch)), regular: false };
  try {
    const handle = opened ?? (await open(path));
    const found = await handle.stat();
    if (found.isDirectory()) {
      await handle.close();
      throw new RecordsError(cannot("read the records", "the file", "a file, not a directory", path), {
        code: "is-directory",
        field: "file",
        value: path,
        fix: "Name the files in it",
      });
    }
    const regular = found.isFile();
    // The stream of a handle closes it, so a handle that stays open is read without one.
    const stream =
      opened === undefined ? handle.createReadStream({ highWaterMark: chunkBytes }) : chunksOf(opened, regular);
    return { stream: stream as AsyncIterable<Uint8Array>, size: regular ? found.size : null, regular };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The bytes of an open file from its beginning, or of a pipe. */
async function* chunksOf(handle: FileHandle, regular: boolean): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const buffer = new Uint8Array(chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, regular ? position : null);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Whether the first bytes begin a frame that a reader of zstd passes over. */
function isSkippable(first: Uint8Array): boolean {
  return (
    first.length >= 4 &&
    ((first[0] as number) & 0xf0) === 0x50 &&
    first[1] === 0x2a &&
    first[2] === 0x4d &&
    first[3] === 0x18
  );
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

/** The first chunks, with at least `bytes` bytes where the source has them, and all chunks from the first on. */
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

async function* guarded(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
