import { requireCount } from "../errors.ts";
import { powerOfTwo } from "./bucket-edge.ts";
import { bucketIndex, HIGH_WORD, SLOTS, TABLE_SCALE } from "./bucket-index.ts";
import { BucketWindow } from "./bucket-window.ts";
import { insert } from "./sketch-insert.ts";
import { addBuckets } from "./sketch-merge.ts";
import type { SketchState } from "./sketch-state.ts";

/*
 * The hot loop. Everything it touches is a constant typed array of this module, indexed through masks, so that the
 * compiler drops every bounds check. It takes only values of an interior, a range of buckets strictly between those of
 * the smallest and the largest value so far: they can't be new extremes, can't need another bucket, and are close
 * enough in size to be summed exactly in two doubles. Every other group of four values goes to `insert`.
 */

const blockSize = 2048;
const stepSize = 512;
const interiorSize = 4096;
/** Below this many values, preparing the hot loop costs more than it saves. */
const worthwhile = 64;

const block = new Float64Array(blockSize);
const blockWords = new Int32Array(block.buffer);
const slots = SLOTS;
const high = HIGH_WORD;
const interior = new Float64Array(interiorSize);
/** Where each group that the hot loop left out begins. */
const leftOut = new Int32Array(stepSize);
/** The hot loop's start and results: bias of the sum, sum of the parts on the grid, sum of the parts below it. */
const sums = new Float64Array(3);

/** Values in one sum that stays exact may lie this many doublings apart (see `step`). */
const octavesOfExactSum = 34;

/** The buckets that the hot loop takes: `span + 1` from `low` on. */
interface Interior {
  readonly low: number;
  readonly span: number;
  /** Power of two above the largest value. */
  readonly topExponent: number;
  readonly scale: number;
}

/** The sketch whose counts are in `interior`, until another needs it or its buckets are read. */
let owner: SketchState | undefined;
let range: Interior | undefined;

/**
 * Adds the values of `values[start..end)` to a sketch and returns how many were NaN and therefore left out. Counts may
 * stay in the interior: {@link collect} moves them into the sketch.
 */
export function insertAll(state: SketchState, values: Float64Array, start: number, end: number): number {
  requireCount("add values to a sketch", "the total count", state.count + (end - start));
  const before = state.count;
  if (owner !== state) {
    collectOwner();
    owner = state;
  }
  for (let from = start; from < end; from += blockSize) {
    let size = Math.min(blockSize, end - from);
    block.set(size === values.length ? values : values.subarray(from, from + size));
    if (range === undefined && size >= worthwhile) {
      if (state.count < blockSize || from > start) size = insertExtremes(state, size);
      range = interiorOf(state);
    }
    const missed =
      range !== undefined && size >= worthwhile ? insertBlock(state, range, size) : insertEach(state, 0, size);
    if (missed > size >> 3 || range?.scale !== state.scale) collectOwner();
  }
  return end - start - (state.count - before);
}

/**
 * Brings the counts that wait in the interior into the sketch; to be called before its buckets are read or its scale is
 * changed.
 */
export function collect(state: SketchState): void {
  if (owner === state) collectOwner();
}

function collectOwner(): void {
  if (owner !== undefined && range !== undefined) {
    const { low, span, scale } = range;
    addBuckets(owner, "positive", new BucketWindow(interior.subarray(0, span + 1), low), scale);
    interior.fill(0, 0, span + 1);
  }
  range = undefined;
}

/** Adds the values of `block[0..size)`; returns how many the hot loop left to the slow path. */
function insertBlock(state: SketchState, { low, span, topExponent, scale }: Interior, size: number): number {
  for (let i = size; (i & 3) !== 0; i++) block[i] = -1;
  let missed = 0;
  for (let at = 0; at < size; at += stepSize) {
    const taken = Math.min(stepSize, size - at);
    sums[0] = 1.5 * powerOfTwo(topExponent + 10);
    const groups = step(at, taken, low, 12 + TABLE_SCALE - scale, span);
    let left = 0;
    for (let g = 0; g < groups; g++) {
      const group = leftOut[g] as number;
      left += insertEach(state, group, Math.min(group + 4, size));
    }
    state.count += taken - left;
    state.sum?.add(sums[1] as number);
    state.sum?.add(sums[2] as number);
    missed += left;
  }
  return missed;
}

/**
 * Counts and sums up to 512 values of the block from `at` on, four at a time; returns how many groups of four it left
 * out.
 *
 * The sum: adding x to an accumulator near 1.5 * 2^(top+10) rounds it to a multiple of 2^(top-42). What the accumulator
 * gained is exact, and so is the remainder x - gain, a multiple of the last bit of x. 512 gains below 2^top stay inside
 * the accumulator's binade; 512 remainders below 2^(top-43) add up exactly while the last bit of the smallest value is
 * at least 2^(top-87), hence the limit of 34 doublings.
 */
function step(at: number, size: number, low: number, shift: number, span: number): number {
  const bias = sums[0] as number;
  let s0 = bias;
  let s1 = bias;
  let s2 = bias;
  let s3 = bias;
  let r0 = 0;
  let r1 = 0;
  let r2 = 0;
  let r3 = 0;
  let groups = 0;
  for (let j = 0; j < size; j += 4) {
    const i = (at & (blockSize - stepSize)) + (j & (stepSize - 4));
    const h0 = blockWords[2 * i + high] as number;
    const h1 = blockWords[2 * i + 2 + high] as number;
    const h2 = blockWords[2 * i + 4 + high] as number;
    const h3 = blockWords[2 * i + 6 + high] as number;
    const t0 = (h0 + (slots[(h0 >>> 11) & 511] as number)) | 0;
    const t1 = (h1 + (slots[(h1 >>> 11) & 511] as number)) | 0;
    const t2 = (h2 + (slots[(h2 >>> 11) & 511] as number)) | 0;
    const t3 = (h3 + (slots[(h3 >>> 11) & 511] as number)) | 0;
    const k0 = ((t0 >> shift) - low) | 0;
    const k1 = ((t1 >> shift) - low) | 0;
    const k2 = ((t2 >> shift) - low) | 0;
    const k3 = ((t3 >> shift) - low) | 0;
    if (
      (t0 & 0xfff) === 0 ||
      (t1 & 0xfff) === 0 ||
      (t2 & 0xfff) === 0 ||
      (t3 & 0xfff) === 0 ||
      k0 >>> 0 > span ||
      k1 >>> 0 > span ||
      k2 >>> 0 > span ||
      k3 >>> 0 > span
    ) {
      leftOut[groups & (stepSize - 1)] = i;
      groups++;
      continue;
    }
    interior[k0 & 4095] = (interior[k0 & 4095] as number) + 1;
    interior[k1 & 4095] = (interior[k1 & 4095] as number) + 1;
    interior[k2 & 4095] = (interior[k2 & 4095] as number) + 1;
    interior[k3 & 4095] = (interior[k3 & 4095] as number) + 1;
    const x0 = block[i] as number;
    const x1 = block[i + 1] as number;
    const x2 = block[i + 2] as number;
    const x3 = block[i + 3] as number;
    const n0 = s0 + x0;
    const n1 = s1 + x1;
    const n2 = s2 + x2;
    const n3 = s3 + x3;
    r0 += x0 - (n0 - s0);
    r1 += x1 - (n1 - s1);
    r2 += x2 - (n2 - s2);
    r3 += x3 - (n3 - s3);
    s0 = n0;
    s1 = n1;
    s2 = n2;
    s3 = n3;
  }
  sums[1] = s0 - bias + (s1 - bias) + (s2 - bias + (s3 - bias));
  sums[2] = r0 + r1 + (r2 + r3);
  return groups;
}

/** Adds `block[from..to)` value by value, but for NaN; returns how many values that is. */
function insertEach(state: SketchState, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const value = block[i] as number;
    if (!Number.isNaN(value)) insert(state, value, 1);
  }
  return to - from;
}

/**
 * Adds the smallest and the largest positive finite value of the block first, so that the others lie between; returns
 * how many values are left.
 */
function insertExtremes(state: SketchState, size: number): number {
  let smallest = -1;
  let largest = -1;
  let min = Infinity;
  let max = 0;
  for (let i = 0; i < size; i++) {
    const value = block[i] as number;
    if (!(value > 0 && value < Infinity)) continue;
    if (value < min) {
      min = value;
      smallest = i;
    }
    if (value > max) {
      max = value;
      largest = i;
    }
  }
  if (smallest === largest) return size;
  insert(state, min, 1);
  insert(state, max, 1);
  const last = Math.max(smallest, largest);
  block[last] = block[size - 1] as number;
  block[Math.min(smallest, largest)] = block[size - 2] as number;
  return size - 2;
}

/** The widest interior that the state of the sketch allows, if any. */
function interiorOf(state: SketchState): Interior | undefined {
  const { scale, positive, min, max, zeroThreshold } = state;
  if (scale > TABLE_SCALE || positive.counts.length === 0 || !(max > 0) || min === Infinity) return undefined;
  const end = positive.offset + positive.counts.length;
  const high = max < Infinity ? Math.min(end, bucketIndex(max, scale)) - 1 : end - 1;
  const octave = 2 ** scale;
  const topExponent = Math.ceil((high + 1) / octave);
  let low = Math.max(
    positive.offset,
    high + 1 - interiorSize,
    (topExponent - octavesOfExactSum) * octave,
    -1022 * octave,
  );
  if (min > 0) low = Math.max(low, bucketIndex(min, scale) + 1);
  if (zeroThreshold > 0) low = Math.max(low, bucketIndex(zeroThreshold, scale) + 1);
  if (high < low || topExponent > 1000 || topExponent < -900) return undefined;
  return { low: Math.ceil(low), span: high - Math.ceil(low), topExponent, scale };
}
