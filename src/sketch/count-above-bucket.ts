import { bucketIndex } from "./bucket-index.ts";
import type { SketchState } from "./sketch-state.ts";

/**
 * How many values lie in buckets wholly above the one that x falls into?
 *
 * @param state - of a sketch without negative values.
 * @param x - a positive number, not below the least value.
 * @returns a count; `undefined` where bins must tell.
 */
export function countAboveBucketIn(state: SketchState, x: number): number | undefined {
  const { positive, negative, infinityCount, scale, zeroThreshold, min, max, count } = state;
  if (!(x > zeroThreshold) || x < min || !negative.isEmpty() || x === Infinity) return undefined;
  if (x >= max) return 0;
  const { counts, offset } = positive;
  let above = infinityCount;
  for (let i = Math.max(0, bucketIndex(x, scale) + 1 - offset); i < counts.length; i++) above += counts[i] as number;
  return Math.min(count, above);
}
