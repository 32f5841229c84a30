import type { HistogramTail } from "./histogram.ts";
import { binsOf } from "./sketch-bins.ts";
import type { SketchState } from "./sketch-state.ts";

/**
 * The bins from the one that holds the value of rank k up, found from the top; all bins where that one is not of
 * positive values.
 */
export function tailOf(state: SketchState, k: number): HistogramTail {
  const { positive, negative, zeroCount, infinityCount, negativeInfinityCount } = state;
  const finiteAbove = state.count - k - infinityCount;
  const at = finiteAbove < 0 ? -1 : positive.find(finiteAbove, -1).at;
  const binsBelow =
    at < 0 ? 0 : positive.used(at) + negative.used() + Number(zeroCount > 0) + Number(negativeInfinityCount > 0);
  return { ...binsOf(state, at < 0 ? undefined : positive.offset + at), binsBelow };
}
