import { boundaryMantissa } from "./root-of-two.ts";

/** The coarsest and the finest scale of the base-2 exponential mapping. */
export const MIN_SCALE = -10;
export const MAX_SCALE = 20;

/** Scale of the table; coarser scales follow by a right shift, finer ones by refining inside one bucket of the table. */
export const TABLE_SCALE = 8;
const buckets = 1 << TABLE_SCALE;

/** Which 32-bit half of a double holds sign and exponent on this machine. */
export const HIGH_WORD: 0 | 1 = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/** Lower boundary of each of the 256 buckets of [1, 2) as a double rounded down, and 2 at the end. */
export const TABLE_BOUNDARIES: Float64Array = new Float64Array(buckets + 1);
/** Low 32 bits of the mantissa of those boundaries, by slot of 1/512 of the octave. */
const slotLow = new Uint32Array(2 * buckets);
/**
 * By slot: (index of the boundary inside the slot) - 1 in the bits above 20, and below them 2^20 - 1 minus the upper 20 bits of its mantissa. Adding the upper 20
 * mantissa bits of a value carries into the index exactly when they exceed the boundary's; 20 ones say that the low word decides.
 */
export const SLOTS: Int32Array = new Int32Array(2 * buckets);
fillTables();

function fillTables(): void {
  let boundary = 0;
  for (let slot = 0; slot < 2 * buckets; slot++) SLOTS[slot] = -1;
  for (; boundary < buckets; boundary++) {
    const mantissa = boundaryMantissa(boundary, TABLE_SCALE);
    TABLE_BOUNDARIES[boundary] = Number(mantissa) / 2 ** 52;
    const upper = Number((mantissa >> 32n) & 0xfffffn);
    const slot = upper >>> 11;
    SLOTS[slot] = (boundary - 1) * 0x100000 + (0xfffff - upper);
    slotLow[slot] = Number(mantissa & 0xffffffffn);
  }
  TABLE_BOUNDARIES[buckets] = 2;
  let last = 0;
  for (let slot = 0; slot < 2 * buckets; slot++) {
    const packed = SLOTS[slot] as number;
    if (packed !== -1 || slot === 0) last = (packed >> 20) + 1;
    else {
      SLOTS[slot] = last * 0x100000;
      slotLow[slot] = 0xffffffff;
    }
  }
}

/** Index inside the octave at scale 8, -1 for an exact power of two, from the words of a normal double. */
function tableIndex(high: number, low: number): number {
  const upper = high & 0xfffff;
  const slot = upper >>> 11;
  const sum = (SLOTS[slot] as number) + upper;
  if ((sum & 0xfffff) !== 0xfffff) return sum >> 20;
  return (sum >> 20) + (low >>> 0 > (slotLow[slot] as number) ? 1 : 0);
}

/**
 * Which bucket of the base-2 exponential histogram holds a value: the integer i with b^i < value <= b^(i+1), b = 2^(2^-scale).
 *
 * Exact for every positive finite double, subnormal ones too: no logarithm decides, a value next to a boundary is compared with the boundary.
 * Same indices as OpenTelemetry exponential histograms; Prometheus native histograms number the same buckets one higher.
 *
 * @param value a positive finite number; not checked
 * @param scale an integer from -10 to 20; not checked
 */
export function bucketIndex(value: number, scale: number): number {
  scratch[0] = value;
  let high = words[HIGH_WORD] as number;
  let exponent = (high >> 20) - 1023;
  if (exponent === -1023) {
    scratch[0] = value * 2 ** 52;
    high = words[HIGH_WORD] as number;
    exponent = (high >> 20) - 1075;
  }
  const low = words[1 - HIGH_WORD] as number;
  const inOctave = tableIndex(high, low);
  if (scale <= TABLE_SCALE) return (exponent * buckets + inOctave) >> (TABLE_SCALE - scale);
  const octave = exponent * 2 ** scale;
  return inOctave < 0 ? octave - 1 : octave + refine(high, low, inOctave, scale);
}

/** Relative error of the polynomial in units of a bucket is below 1e-9 at scale 20, far inside this distance. */
const undecided = 1e-6;

function refine(high: number, low: number, inOctave: number, scale: number): number {
  const parts = 2 ** (scale - TABLE_SCALE);
  const first = inOctave * parts;
  words[HIGH_WORD] = (high & 0xfffff) | 0x3ff00000;
  words[1 - HIGH_WORD] = low;
  const base = TABLE_BOUNDARIES[inOctave] as number;
  const t = ((scratch[0] as number) - base) / base;
  const log = t * (1 - t * (1 / 2 - t * (1 / 3 - t * (1 / 4 - t * (1 / 5 - t / 6)))));
  const position = log * Math.LOG2E * 2 ** scale;
  const nearest = Math.round(position);
  if (Math.abs(position - nearest) > undecided) return first + Math.floor(position);
  if (nearest <= 0) return first;
  if (nearest >= parts) return first + parts - 1;
  const mantissa = (BigInt((high & 0xfffff) | 0x100000) << 32n) | BigInt(low >>> 0);
  return first + nearest - (mantissa > boundaryMantissa(first + nearest, scale) ? 0 : 1);
}
