import { bucketEdge } from "./bucket-edge.ts";
import type { HistogramBins } from "./histogram.ts";
import type { SketchState } from "./sketch-state.ts";

/** The non-empty buckets of a sketch as bins, the outermost narrowed to the extremes. */
export function binsOf(state: SketchState): HistogramBins {
  const { negative, positive, zeroThreshold } = state;
  const size = negative.counts.length + positive.counts.length + 3;
  const lower = new Float64Array(size);
  const upper = new Float64Array(size);
  const count = new Float64Array(size);
  let n = 0;
  const push = (from: number, to: number, values: number): void => {
    lower[n] = Math.max(from, state.min);
    upper[n] = Math.min(to, state.max);
    count[n++] = values;
  };
  if (state.negativeInfinityCount > 0) push(-Infinity, -Infinity, state.negativeInfinityCount);
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    const values = negative.counts[i] as number;
    if (values > 0) push(negativeEdge(state, negative.offset + i + 1), negativeEdge(state, negative.offset + i), values);
  }
  if (state.zeroCount > 0) push(zeroEdge(zeroThreshold), zeroThreshold, state.zeroCount);
  let last = NaN;
  let edge = 0;
  for (let i = 0; i < positive.counts.length; i++) {
    const values = positive.counts[i] as number;
    if (values === 0) continue;
    const from = last === i ? edge : positiveEdge(state, positive.offset + i);
    edge = positiveEdge(state, positive.offset + i + 1);
    last = i + 1;
    push(from, edge, values);
  }
  if (state.infinityCount > 0) push(Infinity, Infinity, state.infinityCount);
  return { lower: lower.slice(0, n), upper: upper.slice(0, n), count: count.slice(0, n) };
}

/** Exclusive lower edge of a positive bucket, not below the zero bucket. */
function positiveEdge({ scale, zeroThreshold }: SketchState, index: number): number {
  return Math.max(zeroThreshold, bucketEdge(index, scale));
}

/** Inclusive upper edge of the bucket of the negative values whose magnitudes lie above edge `index`. */
function negativeEdge(state: SketchState, index: number): number {
  return below(-positiveEdge(state, index));
}

/** Exclusive lower edge of the zero bucket, which holds -threshold; 0 where it holds zeros only. */
function zeroEdge(threshold: number): number {
  return threshold === 0 ? 0 : below(-threshold);
}

/** Lower and upper edge of one bin. */
export interface Bin {
  readonly lower: number;
  readonly upper: number;
}

/** The bin of the value of rank k, counted from 1 in ascending order, found from the nearer end. */
export function binOfRank(state: SketchState, k: number): Bin {
  const { negative, positive, zeroThreshold, zeroCount } = state;
  if (2 * k > state.count) {
    const above = state.count - k - state.infinityCount;
    if (above < 0) return narrowed(state, Infinity, Infinity);
    const { at, left } = positive.find(above, -1);
    if (at >= 0) return positiveBin(state, at);
    if (left < zeroCount) return narrowed(state, zeroEdge(zeroThreshold), zeroThreshold);
    const found = negative.find(left - zeroCount, 1).at;
    return found >= 0 ? negativeBin(state, found) : narrowed(state, -Infinity, -Infinity);
  }
  const before = k - 1 - state.negativeInfinityCount;
  if (before < 0) return narrowed(state, -Infinity, -Infinity);
  const { at, left } = negative.find(before, -1);
  if (at >= 0) return negativeBin(state, at);
  if (left < zeroCount) return narrowed(state, zeroEdge(zeroThreshold), zeroThreshold);
  const found = positive.find(left - zeroCount, 1).at;
  return found >= 0 ? positiveBin(state, found) : narrowed(state, Infinity, Infinity);
}

function narrowed(state: SketchState, lower: number, upper: number): Bin {
  return { lower: Math.max(lower, state.min), upper: Math.min(upper, state.max) };
}

function positiveBin(state: SketchState, at: number): Bin {
  const index = state.positive.offset + at;
  return narrowed(state, positiveEdge(state, index), positiveEdge(state, index + 1));
}

function negativeBin(state: SketchState, at: number): Bin {
  const index = state.negative.offset + at;
  return narrowed(state, negativeEdge(state, index + 1), negativeEdge(state, index));
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
