import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { openFile, type OpenOptions } from "../read/open.ts";

/** Bytes that are compared at the beginning of a text, and before the place up to which it was read. */
const edge = 4096;

/** A run of bytes as it is known again: how many, and their SHA-256. */
export interface EdgeMark {
  readonly bytes: number;
  readonly sha256: string;
}

/** A text as it is known again under another name, or compressed: its length, its beginning, and its end. */
export interface ContentMark {
  /** Bytes of the text, after decompression. */
  readonly bytes: number;
  readonly head: EdgeMark;
  readonly tail: EdgeMark;
}

/** The mark of the first `bytes` bytes of a plain file. */
export async function markOfFile(file: FileHandle, bytes: number): Promise<ContentMark> {
  const length = Math.min(edge, bytes);
  return {
    bytes,
    head: edgeMark(await bytesAt(file, 0, length)),
    tail: edgeMark(await bytesAt(file, bytes - length, length)),
  };
}

/** Whether a plain file still begins with the text of a mark. */
export async function fileHolds(file: FileHandle, size: number, { bytes, head, tail }: ContentMark): Promise<boolean> {
  if (size < bytes) return false;
  const start = edgeMark(await bytesAt(file, 0, head.bytes));
  if (start.sha256 !== head.sha256) return false;
  return edgeMark(await bytesAt(file, bytes - tail.bytes, tail.bytes)).sha256 === tail.sha256;
}

/** The first bytes of a file's text, after decompression. */
export async function textHead(path: string, options: OpenOptions): Promise<Uint8Array> {
  const source = await openFile(path, options);
  try {
    const head = new Uint8Array(edge);
    let length = 0;
    for await (const chunk of source.bytes) {
      const part = chunk.subarray(0, edge - length);
      head.set(part, length);
      length += part.length;
      if (length === edge) break;
    }
    return head.subarray(0, length);
  } finally {
    source.close();
  }
}

/** Whether a text begins with the bytes of a mark's head. */
export function beginsWith(text: Uint8Array, { head }: ContentMark): boolean {
  return text.length >= head.bytes && edgeMark(text.subarray(0, head.bytes)).sha256 === head.sha256;
}

/** How a text compares with one that was read: it holds all of it, or it ends before. */
export type Comparison = "holds" | "shorter" | "other";

/** Reads a file's text to its end, after decompression, and compares it with the text of a mark. */
export async function compareText(path: string, mark: ContentMark, options: OpenOptions): Promise<Comparison> {
  const source = await openFile(path, options);
  const hash = createHash("sha256");
  const from = mark.bytes - mark.tail.bytes;
  let position = 0;
  try {
    for await (const chunk of source.bytes) {
      const [start, end] = [Math.max(0, from - position), Math.min(chunk.length, mark.bytes - position)];
      if (start < end) hash.update(chunk.subarray(start, end));
      position += chunk.length;
      // A plain file needs no further reading; a compressed one is checked to its end.
      if (source.plainFile && position >= mark.bytes) break;
    }
  } finally {
    source.close();
  }
  if (position < mark.bytes) return "shorter";
  return hash.digest("hex") === mark.tail.sha256 ? "holds" : "other";
}

/** Marks a text while it is read. */
export class MarkRecorder {
  readonly #head: Uint8Array[] = [];
  #tail: Uint8Array = new Uint8Array(0);
  #bytes = 0;

  /** The same chunks, noted as they pass. */
  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      if (this.#bytes < edge) this.#head.push(chunk.slice(0, edge - this.#bytes));
      this.#tail =
        chunk.length >= edge ? chunk.slice(chunk.length - edge) : Uint8Array.of(...this.#tail, ...chunk).slice(-edge);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  /** The mark of all that passed. */
  mark(): ContentMark {
    const hash = createHash("sha256");
    for (const part of this.#head) hash.update(part);
    return {
      bytes: this.#bytes,
      head: { bytes: Math.min(edge, this.#bytes), sha256: hash.digest("hex") },
      tail: edgeMark(this.#tail),
    };
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(buffer, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer.subarray(0, read);
}

function edgeMark(bytes: Uint8Array): EdgeMark {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
