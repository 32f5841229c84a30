import { requireCount } from "../errors.ts";
import { bucketIndex } from "./bucket-index.ts";
import { scaleDownTo, type SketchState } from "./sketch-state.ts";

/** Adds one number other than NaN, `count` times. */
export function insert(state: SketchState, value: number, count: number): void {
  requireCount("add a value to a sketch", "the total count", state.count + count);
  if (Math.abs(value) <= state.zeroThreshold) state.zeroCount += count;
  else if (value === Infinity) state.infinityCount += count;
  else if (value === -Infinity) state.negativeInfinityCount += count;
  else insertInBucket(state, value > 0 ? "positive" : "negative", Math.abs(value), count);
  state.count += count;
  if (Number.isFinite(value)) state.sum?.add(value, count);
  if (value < state.min) state.min = value + 0;
  if (value > state.max) state.max = value + 0;
}

function insertInBucket(state: SketchState, side: "positive" | "negative", magnitude: number, count: number): void {
  let index = bucketIndex(magnitude, state.scale);
  while (!state[side].cover(index, index, state.maxBuckets)) {
    scaleDownTo(state, state.scale - 1);
    index = bucketIndex(magnitude, state.scale);
  }
  state[side].add(index, count);
}
