import { md5 } from "@noble/hashes/legacy";

/** Longest text whose MD5 is one block. */
const oneBlock = 55;
const rotations = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;
const shifts = Int32Array.from({ length: 64 }, (_, step) => rotations[4 * (step >> 4) + (step & 3)] as number);
const constants = Int32Array.from({ length: 64 }, (_, step) => Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1))));
const words = new Int32Array(16);
const bytes = new Uint8Array(words.buffer);
const message = bytes.subarray(0, oneBlock);
const encoder = new TextEncoder();

/**
 * The first byte of the MD5 of a text's UTF-8 bytes (RFC 1321).
 *
 * Nearly all names of units fit in one block; for those this is several times as fast as a general digest.
 */
export function firstByteOfMd5(text: string): number {
  if (text.length > oneBlock) return md5(text)[0] as number;
  words.fill(0);
  const { read, written } = encoder.encodeInto(text, message);
  if (read < text.length) return md5(text)[0] as number;
  bytes[written] = 0x80;
  words[14] = 8 * written;
  return (0x6745_2301 + firstWord()) & 0xff;
}

/** What the 64 steps add to the first word of the state. */
function firstWord(): number {
  let a = 0x6745_2301;
  let b = 0xefcd_ab89 | 0;
  let c = 0x98ba_dcfe | 0;
  let d = 0x1032_5476;
  for (let step = 0; step < 64; step++) {
    let mixed: number;
    let word: number;
    if (step < 16) {
      mixed = d ^ (b & (c ^ d));
      word = step;
    } else if (step < 32) {
      mixed = c ^ (d & (b ^ c));
      word = (5 * step + 1) & 15;
    } else if (step < 48) {
      mixed = b ^ c ^ d;
      word = (3 * step + 5) & 15;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * step) & 15;
    }
    const sum = (a + mixed + (constants[step] as number) + (words[word] as number)) | 0;
    const shift = shifts[step] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  return a;
}
