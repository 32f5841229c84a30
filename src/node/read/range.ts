import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { cannot, RecordsError } from "../../errors.ts";
import { unreadable } from "./unreadable.ts";

/** Bytes that are read at once. */
export const chunkSize: number = 1 << 20;

/**
 * So many buffers are read into in turn: while one is filled and one worked on, the line that began in the one before
 * may still be there.
 */
export const blockCount: number = 3;

/**
 * Bytes that are read at once where no other thread reads ahead: few enough to be still near when they are worked on.
 */
const nearSize = 1 << 18;

/**
 * Reads begin at multiples of this where they can: copying from elsewhere takes some processors three times as long.
 */
const alignment = 1 << 12;

/** So many bytes of the last line are read with what comes before; the rest of a longer one afterwards. */
const lastLineRoom = 1 << 14;

/** The lines of a file that begin in these bytes. */
export interface FileRange {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  /** The file that the name must still stand for where it is opened again. */
  readonly disk?: { readonly dev: number; readonly ino: number } | undefined;
}

/** A run of bytes, and the position in the file after them. */
export interface FileChunk {
  readonly bytes: Uint8Array;
  readonly position: number;
}

/**
 * The bytes of the lines that begin in a range, so that ranges next to each other give each line once; each chunk holds
 * only until the one after the next is asked for.
 *
 * @param blocks - {@link blockCount} buffers of {@link chunkSize} to read into, which nothing else uses meanwhile.
 * @param ahead - whether another thread reads the next bytes while these are worked on, which helps unless each
 * processor has its range.
 * @param opened - the file, when it is open already; it stays open.
 * @throws {RecordsError} when the file can't be read, or is no longer the one that the range is of, or was cut.
 */
export async function* linesIn(
  range: FileRange,
  blocks?: readonly Uint8Array[],
  ahead = true,
  opened?: FileHandle,
): AsyncGenerator<FileChunk> {
  const { file, disk } = range;
  const handle = opened ?? (await openForReading(file));
  const own = blocks ?? free.pop() ?? Array.from({ length: blockCount }, () => new Uint8Array(chunkSize));
  try {
    if (opened === undefined && disk !== undefined) {
      const { dev, ino } = await handle.stat();
      if (dev !== disk.dev || ino !== disk.ino) throw fileChanged(file);
    }
    yield* wholeLines(handle, range, own, ahead);
  } catch (cause) {
    throw (cause as { syscall?: unknown }).syscall === undefined ? cause : unreadable(file, cause);
  } finally {
    if (blocks === undefined) free.push(own);
    if (opened === undefined) await handle.close();
  }
}

async function openForReading(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** The error of a file that was replaced or cut while it was being read. */
function fileChanged(file: string): RecordsError {
  return new RecordsError(cannot("read the records", "the file", "the same while it is being read", file), {
    code: "file-changed",
    field: "file",
    value: file,
    fix: "Read it again when its writer does not replace it",
  });
}

/** Buffers that no one reads into, kept since fresh ones cost as much as reading does. */
const free: (readonly Uint8Array[])[] = [];

/** The bytes from the first line that begins at `from` or later to the end of the last line that begins before `to`. */
async function* wholeLines(
  handle: FileHandle,
  { file, from, to }: FileRange,
  blocks: readonly Uint8Array[],
  ahead: boolean,
): AsyncGenerator<FileChunk> {
  // The line feed before the first line may be the byte before the range.
  const search = Math.max(0, from - 1);
  let position = search - (search % alignment);
  let begun = from === 0;
  let turn = 0;
  const read = (block: number, at: number): Promise<number> | number => {
    const buffer = blocks[block % blockCount] as Uint8Array;
    // Of the bytes behind `to` only those of the last line are wanted.
    const length = Math.min(ahead ? chunkSize : nearSize, Math.max(0, to - at) + lastLineRoom);
    if (!ahead) return readSync(handle.fd, buffer, 0, length, at);
    const reading = handle.read(buffer, 0, length, at).then(({ bytesRead }) => bytesRead);
    // Not asked for when the taker stops before.
    reading.catch(() => undefined);
    return reading;
  };
  let reading = read(turn, position);
  try {
    for (;;) {
      const bytesRead = await reading;
      if (bytesRead === 0) {
        if (position < to) throw fileChanged(file);
        return;
      }
      const buffer = blocks[turn % blockCount] as Uint8Array;
      const next = position + bytesRead;
      const readsAhead = ahead && next < to;
      if (readsAhead) reading = read(turn + 1, next);
      let start = 0;
      if (!begun) {
        const feed = buffer.subarray(0, bytesRead).indexOf(10, Math.max(0, search - position));
        if (feed >= 0) {
          begun = true;
          start = feed + 1;
          if (position + start >= to) return;
        } else start = bytesRead;
      } else if (position === 0 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) start = 3;
      // The last line is the one with the first line feed at `to - 1` or later.
      const last = Math.max(to - 1 - position, start);
      const feed = last < bytesRead ? buffer.subarray(0, bytesRead).indexOf(10, last) : -1;
      const end = feed >= 0 && begun ? feed + 1 : bytesRead;
      if (begun && start < end) yield { bytes: buffer.subarray(start, end), position: position + end };
      if (feed >= 0 && begun) return;
      position = next;
      turn++;
      if (!readsAhead) reading = read(turn, position);
    }
  } finally {
    await Promise.resolve(reading).catch(() => undefined);
  }
}
