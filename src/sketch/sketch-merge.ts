import { requireCount } from "../errors.ts";
import type { BucketWindow } from "./bucket-window.ts";
import { ExactSum } from "./exact-sum.ts";
import { boundExtremes } from "./sketch-bins.ts";
import { scaleDownTo, type SketchState } from "./sketch-state.ts";
import { edgeAtOrAbove, widenZeroBucket } from "./zero-bucket.ts";

type Side = "positive" | "negative";
const sides: readonly Side[] = ["positive", "negative"];

/** Adds the values of `other` to `state`; `other` is not changed. */
export function absorbState(state: SketchState, other: SketchState): void {
  requireCount("merge sketches", "the total count", state.count + other.count);
  const theirs = aligned(state, other);
  for (const side of sides) addBuckets(state, side, theirs[side], state.scale);
  state.zeroCount += theirs.zeroCount;
  state.infinityCount += theirs.infinityCount;
  state.negativeInfinityCount += theirs.negativeInfinityCount;
  state.count += theirs.count;
  state.min = Math.min(state.min, theirs.min);
  state.max = Math.max(state.max, theirs.max);
  state.extremesExact &&= theirs.extremesExact;
  if (theirs.sum === undefined) state.sum = undefined;
  else state.sum?.absorb(theirs.sum);
}

/** Takes the values of `earlier`, a snapshot of the same stream, out of `state`. */
export function subtractState(state: SketchState, earlier: SketchState): void {
  if (earlier.count === 0) return;
  const theirs = aligned(state, earlier);
  for (const side of sides) {
    addBuckets(state, side, theirs[side], state.scale, -1);
    if (state[side].counts.some((values) => values < 0)) throw notEarlier(`its ${side} buckets`);
  }
  for (const field of ["zeroCount", "infinityCount", "negativeInfinityCount", "count"] as const) {
    if (theirs[field] > state[field]) throw notEarlier(`its ${field}`);
    state[field] -= theirs[field];
  }
  if (theirs.sum === undefined) state.sum = undefined;
  else state.sum?.absorb(theirs.sum, -1);
  if (state.count === 0) state.sum = new ExactSum();
  boundExtremes(state);
}

function notEarlier(field: string): RangeError {
  return new RangeError(
    `Cannot subtract a sketch: ${field} must not exceed those of the later snapshot. Subtract an earlier ` +
      "snapshot of the same stream",
  );
}

/**
 * Adds `sign` times the counts of buckets of a scale not coarser than the sketch's, making the sketch coarser where it
 * must.
 */
export function addBuckets(
  state: SketchState,
  side: Side,
  buckets: BucketWindow,
  scale: number,
  sign: 1 | -1 = 1,
): void {
  const mine = state[side];
  if (scale === state.scale && mine.holdsAll(buckets)) {
    mine.addAll(buckets, sign);
    return;
  }
  if (buckets.isEmpty()) return;
  let target = state.scale;
  while (spanAt(target, [mine, state.scale], [buckets, scale]) > state.maxBuckets) target--;
  scaleDownTo(state, target);
  const theirs = scale === target ? buckets : buckets.coarser(scale - target);
  state[side].cover(theirs.lowest(), theirs.highest(), state.maxBuckets);
  state[side].addAll(theirs, sign);
}

/**
 * Brings `state` to the finest scale and the zero bucket at which both fit together, and returns the other in the same
 * form: itself, or a shallow copy.
 */
function aligned(state: SketchState, other: SketchState): SketchState {
  const sameForm =
    state.scale === other.scale && state.maxBuckets === other.maxBuckets && state.zeroThreshold === other.zeroThreshold;
  if (sameForm && state.positive.holdsAll(other.positive) && state.negative.holdsAll(other.negative)) return other;
  const theirs = { ...other };
  const maxBuckets = Math.min(state.maxBuckets, other.maxBuckets);
  let scale = Math.min(state.scale, other.scale);
  while (sides.some((side) => spanAt(scale, [state[side], state.scale], [other[side], other.scale]) > maxBuckets))
    scale--;
  if (maxBuckets < state.maxBuckets) for (const side of sides) state[side] = state[side].coarser(0);
  scaleDownTo(state, scale);
  scaleDownTo(theirs, scale);
  state.maxBuckets = maxBuckets;
  alignZeroBuckets(state, theirs);
  return theirs;
}

/** From the lowest to the highest bucket in use, at a coarser scale. */
function spanAt(scale: number, ...windows: readonly (readonly [BucketWindow, number])[]): number {
  let low = Infinity;
  let high = -Infinity;
  for (const [window, its] of windows) {
    if (window.isEmpty()) continue;
    low = Math.min(low, Math.floor(window.lowest() / 2 ** (its - scale)));
    high = Math.max(high, Math.floor(window.highest() / 2 ** (its - scale)));
  }
  return high - low + 1;
}

/**
 * Gives both the wider zero bucket, rounded up to a bucket edge where they differ, with the buckets inside it. Sketches
 * without values have no say.
 */
function alignZeroBuckets(state: SketchState, theirs: SketchState): void {
  if (theirs.count === 0 || state.zeroThreshold === theirs.zeroThreshold) return;
  if (state.count === 0) {
    state.zeroThreshold = theirs.zeroThreshold;
    return;
  }
  const threshold = edgeAtOrAbove(Math.max(state.zeroThreshold, theirs.zeroThreshold), state.scale);
  widenZeroBucket(state, threshold);
  widenZeroBucket(theirs, threshold);
}
