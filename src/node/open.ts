import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { PassThrough, type Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { RecordsError, cannot } from "../errors.ts";

/** A file that is being read: its bytes after decompression, and how many of its own have been read. */
export interface OpenFile {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Size on disk. */
  readonly size: number;
  /** Bytes read from disk so far. */
  read(): number;
}

/**
 * Opens a file for reading; gzip is recognised by its first bytes.
 *
 * @throws RecordsError when the file is missing, unreadable, or a directory; and, while reading, when gzip data end early or
 * are damaged.
 */
export async function openFile(path: string): Promise<OpenFile> {
  const size = await sizeOf(path);
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const [first, rest] = await peek(file, path);
  const gzip = first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b;
  return { bytes: guarded(gzip ? gunzip(rest) : rest, path), size, read: () => file.bytesRead };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new RecordsError(cannot("read the records", "the file", "a file, not a directory", path), { code: "is-directory", field: "file", value: path, fix: "Name the files in it" });
    }
    return found.size;
  } catch (cause) {
    if (cause instanceof RecordsError) throw cause;
    throw unreadable(path, cause);
  }
}

async function peek(file: Readable, path: string): Promise<[Uint8Array, Readable]> {
  const through = new PassThrough({ highWaterMark: 1 << 20 });
  const first = await new Promise<Uint8Array>((resolve, reject) => {
    file.once("error", (cause) => reject(unreadable(path, cause)));
    file.once("data", (chunk: Uint8Array) => {
      file.pause();
      resolve(chunk);
    });
    file.once("end", () => resolve(new Uint8Array(0)));
  });
  if (first.length > 0) through.write(first);
  pipeline(file, through, () => undefined);
  return [first, through];
}

function gunzip(compressed: Readable): Readable {
  const plain = createGunzip({ chunkSize: 1 << 18 });
  pipeline(compressed, plain, () => undefined);
  return plain;
}

async function* guarded(stream: Readable, path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): RecordsError {
  const { code = "unknown", message = String(cause) } = cause as { code?: string; message?: string };
  const known: Readonly<Record<string, readonly [requirement: string, fix: string]>> = {
    ENOENT: ["an existing file", "Check the path"],
    EACCES: ["readable", "Check the file's permissions"],
    Z_BUF_ERROR: ["a complete gzip file", "Transfer it again: its end is missing"],
    Z_DATA_ERROR: ["an intact gzip file", "Transfer it again: its content is damaged"],
  };
  const [requirement, fix] = known[code] ?? [`readable (${message})`, "Check the file"];
  return new RecordsError(cannot("read the records", "the file", requirement, path), { code: `file-${code.toLowerCase()}`, field: "file", value: path, fix });
}
