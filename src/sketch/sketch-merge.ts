import { requireCount } from "../errors.ts";
import type { BucketWindow } from "./bucket-window.ts";
import { boundExtremes } from "./sketch-bins.ts";
import { type SketchState, scaleDownTo } from "./sketch-state.ts";
import { edgeAtOrAbove, widenZeroBucket } from "./zero-bucket.ts";

/** Adds the values of `other` to `state`; `other` is not changed. */
export function absorbState(state: SketchState, other: SketchState): void {
  requireCount("merge sketches", "the total count", state.count + other.count);
  const theirs = alignScales(state, other);
  alignZeroBuckets(state, theirs);
  place(state.positive, theirs.positive, state.maxBuckets);
  place(state.negative, theirs.negative, state.maxBuckets);
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
  const theirs = alignScales(state, earlier);
  alignZeroBuckets(state, theirs);
  for (const side of ["positive", "negative"] as const) {
    place(state[side], theirs[side], state.maxBuckets, -1);
    if (state[side].counts.some((values) => values < 0)) throw notEarlier(`its ${side} buckets`);
  }
  for (const field of ["zeroCount", "infinityCount", "negativeInfinityCount", "count"] as const) {
    if (theirs[field] > state[field]) throw notEarlier(`its ${field}`);
    state[field] -= theirs[field];
  }
  if (theirs.sum === undefined) state.sum = undefined;
  else state.sum?.absorb(theirs.sum, -1);
  boundExtremes(state);
}

function notEarlier(field: string): RangeError {
  return new RangeError(`Cannot subtract a sketch: ${field} must not exceed those of the later snapshot. Subtract an earlier snapshot of the same stream`);
}

/** Brings `state` to the finest scale at which both fit together, and returns a shallow copy of the other at that scale. */
function alignScales(state: SketchState, other: SketchState): SketchState {
  const maxBuckets = Math.min(state.maxBuckets, other.maxBuckets);
  let scale = Math.min(state.scale, other.scale);
  while (!fits(scale, maxBuckets, state, other, "positive") || !fits(scale, maxBuckets, state, other, "negative")) scale--;
  if (state.scale === scale && maxBuckets < state.maxBuckets) {
    state.positive = state.positive.coarser(0);
    state.negative = state.negative.coarser(0);
  }
  scaleDownTo(state, scale);
  state.maxBuckets = maxBuckets;
  const theirs = { ...other };
  scaleDownTo(theirs, scale);
  return theirs;
}

function fits(scale: number, maxBuckets: number, a: SketchState, b: SketchState, side: "positive" | "negative"): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (const { [side]: window, scale: its } of [a, b]) {
    if (window.isEmpty()) continue;
    low = Math.min(low, Math.floor(window.lowest() / 2 ** (its - scale)));
    high = Math.max(high, Math.floor(window.highest() / 2 ** (its - scale)));
  }
  return high - low < maxBuckets;
}

function place(mine: BucketWindow, theirs: BucketWindow, limit: number, sign: 1 | -1 = 1): void {
  if (theirs.isEmpty()) return;
  mine.cover(theirs.lowest(), theirs.highest(), limit);
  mine.addAll(theirs, sign);
}

/**
 * Gives both the wider zero bucket, rounded up to a bucket edge where they differ, and moves the buckets inside it there. Sketches without values have no say.
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
