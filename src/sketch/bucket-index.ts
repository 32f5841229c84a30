import { boundaryMantissa } from "./root-of-two.ts";

/** The coarsest and the finest scale of the base-2 exponential mapping. */
export const MIN_SCALE = -10;
export const MAX_SCALE = 20;

/**
 * Scale of the table; coarser scales follow by a right shift, finer ones by refining inside one bucket of the table.
 */
export const TABLE_SCALE = 8;
const buckets = 1 << TABLE_SCALE;

/** Which 32-bit half of a double holds sign and exponent on this machine. */
export const HIGH_WORD: 0 | 1 = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/** Lower boundary of each of the 256 buckets of [1, 2) as a double rounded down, and 2 at the end. */
export const TABLE_BOUNDARIES: Float64Array = new Float64Array(buckets + 1);

/**
 * What to add to the high word of a normal double, by its upper 9 mantissa bits, so that the bits above the lowest 12
 * are its bucket index at scale 8. A slot of 1/512 octave holds at most one boundary: the sum reaches the next multiple
 * of 4096 at the boundary's high word. Twelve zero bits say that the value shares that word, so that the low word
 * decides.
 */
export const SLOTS: Int32Array = new Int32Array(2 * buckets);
/** The low mantissa word of the boundary in each slot. */
const slotLow = new Uint32Array(2 * buckets);
fillTables();

function fillTables(): void {
  const unbias = 1023 << 20;
  let next = 0;
  for (let slot = 0; slot < 2 * buckets; slot++) {
    const mantissa = next < buckets ? boundaryMantissa(next, TABLE_SCALE) : 0n;
    const upper = Number((mantissa >> 32n) & 0xfffffn);
    if (next < buckets && upper >>> 11 === slot) {
      TABLE_BOUNDARIES[next] = Number(mantissa) / 2 ** 52;
      SLOTS[slot] = next * 4096 - upper - unbias;
      slotLow[slot] = Number(mantissa & 0xffffffffn);
      next++;
    } else SLOTS[slot] = (next - 1) * 4096 + 1 - slot * 2048 - unbias;
  }
  TABLE_BOUNDARIES[buckets] = 2;
}

/** Index at scale 8 from the words of a positive normal double. */
function tableIndex(high: number, low: number): number {
  const slot = (high >>> 11) & 511;
  const sum = high + (SLOTS[slot] as number);
  if ((sum & 0xfff) !== 0) return sum >> 12;
  return (sum >> 12) - (low >>> 0 > (slotLow[slot] as number) ? 0 : 1);
}

/**
 * Which bucket of the base-2 exponential histogram holds a value: the integer i with b^i < value <= b^(i+1), b =
 * 2^(2^-scale).
 *
 * Exact for every positive finite double, subnormal ones too: no logarithm decides, a value next to a boundary is
 * compared with the boundary. Same indices as OpenTelemetry exponential histograms; Prometheus native histograms number
 * the same buckets one higher.
 *
 * @param value - a positive finite number; not checked
 * @param scale - an integer from -10 to 20; not checked
 */
export function bucketIndex(value: number, scale: number): number {
  scratch[0] = value;
  let high = words[HIGH_WORD] as number;
  let raised = 0;
  if (high < 0x100000) {
    raised = 52;
    scratch[0] = value * 2 ** 52;
    high = words[HIGH_WORD] as number;
  }
  const low = words[1 - HIGH_WORD] as number;
  const atTableScale = tableIndex(high, low);
  if (scale <= TABLE_SCALE) return (atTableScale - raised * buckets) >> (TABLE_SCALE - scale);
  const octave = (high >> 20) - 1023;
  const inOctave = atTableScale - octave * buckets;
  return (octave - raised) * 2 ** scale + (inOctave < 0 ? -1 : refine(high, low, inOctave, scale));
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
