import type { FileHandle } from "node:fs/promises";

const step = 1 << 16;

/** The position after the last line feed of a file before `end`; 0 when it has none. */
export async function completeSize(file: FileHandle, end: number): Promise<number> {
  const buffer = new Uint8Array(step);
  for (let to = end; to > 0;) {
    const from = Math.max(0, to - step);
    const { bytesRead } = await file.read(buffer, 0, to - from, from);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(10);
    if (at >= 0) return from + at + 1;
    to = from;
  }
  return 0;
}
