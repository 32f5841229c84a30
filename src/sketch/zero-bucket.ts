import { bucketEdge } from "./bucket-edge.ts";
import { bucketIndex } from "./bucket-index.ts";
import { BucketWindow } from "./bucket-window.ts";
import type { SketchState } from "./sketch-state.ts";

/** The lowest bucket edge that is at least `threshold`, a positive number. */
export function edgeAtOrAbove(threshold: number, scale: number): number {
  return bucketEdge(bucketIndex(threshold, scale) + 1, scale);
}

/**
 * Moves the buckets that lie within `threshold` of zero into the zero bucket; a bucket that the threshold cuts stays.
 */
export function widenZeroBucket(state: SketchState, threshold: number): void {
  state.zeroThreshold = threshold;
  if (threshold === 0) return;
  const index = bucketIndex(threshold, state.scale);
  const last = edgeAtOrAbove(threshold, state.scale) === threshold ? index : index - 1;
  for (const side of ["positive", "negative"] as const) {
    if (state[side].isEmpty() || state[side].lowest() > last) continue;
    const { offset } = state[side];
    const counts = state[side].counts.slice();
    for (let i = 0; i < counts.length && offset + i <= last; i++) {
      state.zeroCount += counts[i] as number;
      counts[i] = 0;
    }
    state[side] = new BucketWindow(counts, offset);
  }
}
