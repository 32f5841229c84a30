import { type FileHandle, open } from "node:fs/promises";
import { unreadable } from "./unreadable.ts";

/** Bytes that are read at once. */
export const chunkSize: number = 1 << 20;

/** So many buffers are read into in turn: while one is filled and one worked on, the line that began in the one before may still be there. */
export const blockCount: number = 3;

/** So many bytes of the last line are read with what comes before; the rest of a longer one afterwards. */
const lastLineRoom = 1 << 14;

/** The lines of a file that begin in these bytes. */
export interface FileRange {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** A run of bytes, and the position in the file after them. */
export interface FileChunk {
  readonly bytes: Uint8Array;
  readonly position: number;
}

/**
 * The bytes of the lines that begin in a range, so that ranges next to each other give each line once; each chunk holds only until the one after the next is asked for.
 *
 * @param blocks - {@link blockCount} buffers of {@link chunkSize} to read into, no one else's meanwhile.
 */
export async function* linesIn({ file, from, to }: FileRange, blocks?: readonly Uint8Array[]): AsyncGenerator<FileChunk> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const own = blocks ?? free.pop() ?? Array.from({ length: blockCount }, () => new Uint8Array(chunkSize));
  try {
    yield* wholeLines(handle, from, to, own);
  } catch (cause) {
    throw (cause as { syscall?: unknown }).syscall === undefined ? cause : unreadable(file, cause);
  } finally {
    if (blocks === undefined) free.push(own);
    await handle.close();
  }
}

/** Buffers that no one reads into, kept since fresh ones cost as much as reading does. */
const free: (readonly Uint8Array[])[] = [];

/** The bytes from the first line that begins at `from` or later to the end of the last line that begins before `to`. */
async function* wholeLines(handle: FileHandle, from: number, to: number, blocks: readonly Uint8Array[]): AsyncGenerator<FileChunk> {
  let position = from === 0 ? 0 : from - 1;
  let begun = from === 0;
  let turn = 0;
  // Of the bytes behind `to` only those of the last line are wanted.
  const read = (block: number, at: number): ReturnType<FileHandle["read"]> => handle.read(blocks[block % blockCount] as Uint8Array, 0, Math.min(chunkSize, Math.max(0, to - at) + lastLineRoom), at);
  let reading = read(turn, position);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const buffer = blocks[turn % blockCount] as Uint8Array;
      // While these bytes are worked on, the next are read.
      const goesOn = position + bytesRead < to;
      if (goesOn) {
        reading = read(turn + 1, position + bytesRead);
        // Not asked for when the taker stops here.
        reading.catch(() => undefined);
      }
      let start = 0;
      if (!begun) {
        const feed = buffer.subarray(0, bytesRead).indexOf(10);
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
      position += bytesRead;
      turn++;
      if (!goesOn) reading = read(turn, position);
    }
  } finally {
    await reading.catch(() => undefined);
  }
}
