import { HIGH_WORD, TABLE_BOUNDARIES, TABLE_SCALE } from "./bucket-index.ts";
import { boundaryMantissa } from "./root-of-two.ts";

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/** 2^exponent for -1074 <= exponent <= 1023, from the bits, so that every engine gives the same. */
export function powerOfTwo(exponent: number): number {
  if (exponent >= -1022) {
    words[HIGH_WORD] = (exponent + 1023) << 20;
    words[1 - HIGH_WORD] = 0;
    return scratch[0] as number;
  }
  return Number.MIN_VALUE * powerOfTwo(exponent + 1074);
}

/**
 * The lower edge b^index of a bucket as a double rounded down, b = 2^(2^-scale).
 *
 * Rounding down keeps the meaning exact: a double lies above the real edge if and only if it is greater than this
 * number, so the bucket holds exactly the doubles in `(bucketEdge(index, scale), bucketEdge(index + 1, scale)]`. Below
 * the smallest double the edge is 0, above the largest it is the largest.
 */
export function bucketEdge(index: number, scale: number): number {
  if (scale <= 0) return scaled(1, index * 2 ** -scale);
  const parts = 2 ** scale;
  const exponent = Math.floor(index / parts);
  const k = index - exponent * parts;
  const mantissa =
    scale <= TABLE_SCALE
      ? (TABLE_BOUNDARIES[k * 2 ** (TABLE_SCALE - scale)] as number)
      : k === 0
        ? 1
        : Number(boundaryMantissa(k, scale)) / 2 ** 52;
  return scaled(mantissa, exponent);
}

/**
 * Fills an array with neighbouring edges, `bucketEdge` of `from` and those above, at the price of a product each where
 * the table is fine enough.
 */
export function fillEdges(edges: Float64Array, from: number, scale: number): void {
  const to = from + edges.length;
  const parts = 2 ** scale;
  if (scale <= 0 || scale > TABLE_SCALE || from < -1022 * parts || to > 1024 * parts) {
    for (let i = 0; i < edges.length; i++) edges[i] = bucketEdge(from + i, scale);
    return;
  }
  const shift = TABLE_SCALE - scale;
  const mantissas = TABLE_BOUNDARIES;
  for (let i = 0, octave = Math.floor(from / parts); i < edges.length; octave++) {
    const power = powerOfTwo(octave);
    const end = Math.min(edges.length, (octave + 1) * parts - from);
    let k = from + i - octave * parts;
    for (; i < end; i++, k++) edges[i] = (mantissas[k << shift] as number) * power;
  }
}

/** mantissa * 2^exponent rounded down, 1 <= mantissa < 2. */
function scaled(mantissa: number, exponent: number): number {
  if (exponent > 1023) return Number.MAX_VALUE;
  if (exponent >= -1022) return mantissa * powerOfTwo(exponent);
  if (exponent < -1074) return 0;
  return Math.floor(mantissa * powerOfTwo(exponent + 1074)) * Number.MIN_VALUE;
}
