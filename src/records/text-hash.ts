/** Multipliers of the two lanes: odd, with about as many ones as zeros; the second is the golden ratio of 32 bits. */
const first = 0x85eb_ca6b;
const second = 0x9e37_79b1;

/**
 * A hash of 52 bits of the bytes `from` to `to`: a whole number below 2^52, spread evenly for any kind of names.
 *
 * Two lanes of 32 bits, multiplied and rotated byte by byte, then mixed. Not for secrets: collisions can be made on
 * purpose, and by chance two of n names share a hash with probability n^2 / 2^53 (1e-4 for a million).
 */
export function hashOfBytes(bytes: Uint8Array, from: number, to: number): number {
  let a = 0x243f_6a88 ^ (to - from);
  let b = 0x85a3_08d3;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    a = Math.imul(a ^ byte, first);
    b = Math.imul(b + byte, second);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  const high = mix(a ^ Math.imul(b, first)) >>> 0;
  const low = mix(b + Math.imul(a, second)) >>> 12;
  return high * 2 ** 20 + low;
}

const encoder = new TextEncoder();
const scratch = new Uint8Array(256);

/** The hash of a text's UTF-8 bytes. */
export function hashOfText(text: string): number {
  if (3 * text.length <= scratch.length) return hashOfBytes(scratch, 0, encoder.encodeInto(text, scratch).written);
  const bytes = encoder.encode(text);
  return hashOfBytes(bytes, 0, bytes.length);
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d);
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b);
  return x ^ (x >>> 16);
}
