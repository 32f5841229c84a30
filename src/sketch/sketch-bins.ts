import { bucketEdge } from "./bucket-edge.ts";
import type { HistogramBins } from "./histogram.ts";
import type { SketchState } from "./sketch-state.ts";

/** The non-empty buckets of a sketch as bins, the outermost narrowed to the extremes. */
export function binsOf(state: SketchState): HistogramBins {
  const lower: number[] = [];
  const upper: number[] = [];
  const count: number[] = [];
  const push = (from: number, to: number, values: number): void => {
    if (values === 0) return;
    lower.push(Math.max(from, state.min));
    upper.push(Math.min(to, state.max));
    count.push(values);
  };
  const { scale, negative, positive, zeroThreshold } = state;
  push(-Infinity, -Infinity, state.negativeInfinityCount);
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    const values = negative.counts[i] as number;
    if (values === 0) continue;
    const index = negative.offset + i;
    push(below(-bucketEdge(index + 1, scale)), below(-Math.max(zeroThreshold, bucketEdge(index, scale))), values);
  }
  push(-zeroThreshold, zeroThreshold, state.zeroCount);
  for (let i = 0; i < positive.counts.length; i++) {
    const values = positive.counts[i] as number;
    if (values === 0) continue;
    const index = positive.offset + i;
    push(Math.max(zeroThreshold, bucketEdge(index, scale)), bucketEdge(index + 1, scale), values);
  }
  push(Infinity, Infinity, state.infinityCount);
  return { lower: Float64Array.from(lower), upper: Float64Array.from(upper), count: Float64Array.from(count) };
}

const scratch = new Float64Array(1);
const bits = new BigInt64Array(scratch.buffer);

/** The next double below a number that is zero or negative. */
function below(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  scratch[0] = value;
  bits[0] = (bits[0] as bigint) + 1n;
  return scratch[0] as number;
}

/** Recomputes the extremes as the outer edges of the buckets, keeping bounds that are already tighter. */
export function boundExtremes(state: SketchState): void {
  if (state.count === 0) {
    state.min = Infinity;
    state.max = -Infinity;
    state.extremesExact = true;
    return;
  }
  state.extremesExact = false;
  const { lower, upper } = binsOf(state);
  state.min = lower[0] as number;
  state.max = upper[upper.length - 1] as number;
}
