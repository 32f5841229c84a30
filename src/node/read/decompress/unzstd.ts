import { optional } from "../../optional.ts";
import type { ExpansionGuard } from "./bounds.ts";
import { ByteQueue } from "./byte-queue.ts";
import { headerLength, littleEndian, parseFrame, type ZstdFrame } from "./zstd-frame.ts";

const magic = 0xfd2f_b528;
const largestBlock = 131_072;

/** A window of 128 KiB: all that a frame of one block can refer to. */
const oneBlockWindow = 0x38;

/** Share of a window's memory that counts as text, so that many frames with a large window each don't pass unseen. */
const windowShare = 1 / 8;

type Fzstd = typeof import("fzstd");
type Hasher = { update(bytes: Uint8Array): unknown; digest(): bigint };

/**
 * The content of zstd data, of one frame or several, block by block, with fzstd. The checksum (XXH64) and the length
 * that a frame states are verified here, since fzstd does not; so is the window, before memory is taken for it.
 *
 * @throws {Error} code `ZSTD_END` when data are missing, `ZSTD_DATA` when they are damaged; {RecordsError} when they
 * expand beyond the bounds.
 */
export async function* unzstd(
  compressed: AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array> {
  const fzstd = await optional(() => import("fzstd"), "fzstd", "zstd");
  const xxhash = await optional(() => import("xxhash-wasm"), "xxhash-wasm", "zstd");
  const { create64 } = await xxhash.default();
  const queue = new ByteQueue(compressed);
  for (;;) {
    const start = await queue.take(4);
    if (start.length === 0) return;
    const kind = start.length < 4 ? 0 : littleEndian(start, 0, 4);
    if (start.length < 4) throw zstdError("ZSTD_END");
    if (kind !== magic && (kind & 0xffff_fff0) >>> 0 !== 0x184d_2a50) throw zstdError("ZSTD_DATA");
    guard.read(4);
    if (kind === magic) yield* frameContent(queue, fzstd, create64(), guard);
    else await skipFrame(queue, guard);
  }
}

async function skipFrame(queue: ByteQueue, guard: ExpansionGuard): Promise<void> {
  const length = littleEndian(await exactly(queue, 4), 0, 4);
  guard.read(4 + length);
  if (!(await queue.skip(length))) throw zstdError("ZSTD_END");
}

async function* frameContent(
  queue: ByteQueue,
  { Decompress }: Fzstd,
  hasher: Hasher,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array> {
  const frame = await frameOf(queue);
  guard.read(frame.header.length - 4);
  guard.requireWindow(frame.windowBytes);
  const ready: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => ready.push(chunk));
  let length = 0;
  let first = true;
  for (let last = false; !last;) {
    const block = await blockOf(queue);
    last = block.last;
    guard.read(block.bytes.length);
    const checksum = last && frame.hasChecksum ? await exactly(queue, 4) : new Uint8Array(0);
    if (first && !last) guard.made(frame.windowBytes * windowShare);
    const before = first ? (last ? smallHeader(frame) : frame.header) : new Uint8Array(0);
    first = false;
    try {
      decompress.push(joined(before, block.bytes, checksum), last);
    } catch {
      throw zstdError("ZSTD_DATA");
    }
    for (const chunk of ready.splice(0)) {
      if (chunk.length === 0) continue;
      length += chunk.length;
      guard.made(chunk.length);
      if (frame.hasChecksum) hasher.update(chunk);
      // fzstd uses its memory again.
      yield chunk.slice();
    }
    if (last && frame.hasChecksum && Number(hasher.digest() & 0xffff_ffffn) !== littleEndian(checksum, 0, 4))
      throw zstdError("ZSTD_DATA");
  }
  if (frame.contentBytes !== null && frame.contentBytes !== length) throw zstdError("ZSTD_DATA");
}

async function frameOf(queue: ByteQueue): Promise<ZstdFrame> {
  const descriptor = (await exactly(queue, 1))[0] as number;
  const rest = await exactly(queue, headerLength(descriptor) - 5);
  const frame = parseFrame(joined(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor), rest));
  if (frame === undefined || frame.dictionary !== 0) throw zstdError("ZSTD_DATA");
  return frame;
}

async function blockOf(queue: ByteQueue): Promise<{ readonly last: boolean; readonly bytes: Uint8Array }> {
  const header = await exactly(queue, 3);
  const number = littleEndian(header, 0, 3);
  const [last, type, size] = [(number & 1) === 1, (number >> 1) & 3, number >> 3];
  if (type === 3 || size > largestBlock) throw zstdError("ZSTD_DATA");
  return { last, bytes: joined(header, await exactly(queue, type === 1 ? 1 : size)) };
}

/** A header for a frame of one block: it takes no more memory than the block needs, whatever window was stated. */
function smallHeader({ header, hasChecksum }: ZstdFrame): Uint8Array {
  return Uint8Array.of(...header.subarray(0, 4), hasChecksum ? 4 : 0, oneBlockWindow);
}

async function exactly(queue: ByteQueue, length: number): Promise<Uint8Array> {
  const bytes = await queue.take(length);
  if (bytes.length < length) throw zstdError("ZSTD_END");
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function zstdError(code: "ZSTD_END" | "ZSTD_DATA"): Error {
  return Object.assign(new Error("the zstd data are damaged or end early"), { code });
}
