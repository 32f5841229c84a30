import { bucketEdge, fillEdges } from "./bucket-edge.ts";
import type { HistogramBins } from "./histogram.ts";
import type { SketchState } from "./sketch-state.ts";

/**
 * The non-empty buckets of a sketch as bins, the outermost narrowed to the extremes: all of them, or those from the
 * positive bucket `first` up.
 */
export function binsOf(state: SketchState, first?: number): HistogramBins {
  const { negative, positive, zeroThreshold, zeroCount, negativeInfinityCount, infinityCount, min, max } = state;
  const from = first ?? positive.lowest();
  const span = positive.isEmpty() ? 0 : positive.highest() - from + 1;
  const size = negative.counts.length + span + 3;
  // One block of memory: asking for four costs more than filling them.
  const block = new Float64Array(4 * size);
  const part = (index: number, length: number): Float64Array => block.subarray(index * size, index * size + length);
  const [lower, upper, count] = [part(0, size), part(1, size), part(2, size)];
  let n = 0;
  if (first === undefined) {
    if (negativeInfinityCount > 0) {
      lower[n] = upper[n] = -Infinity;
      count[n++] = negativeInfinityCount;
    }
    for (let i = negative.counts.length - 1; i >= 0; i--) {
      const values = negative.counts[i] as number;
      if (values === 0) continue;
      lower[n] = negativeEdge(state, negative.offset + i + 1);
      upper[n] = negativeEdge(state, negative.offset + i);
      count[n++] = values;
    }
    if (zeroCount > 0) {
      lower[n] = zeroEdge(zeroThreshold);
      upper[n] = zeroThreshold;
      count[n++] = zeroCount;
    }
  }
  n = appendPositive(state, from, part(3, span + 1), lower, upper, count, n);
  if (infinityCount > 0) {
    lower[n] = upper[n] = Infinity;
    count[n++] = infinityCount;
  }
  if (n > 0) {
    lower[0] = Math.max(lower[0] as number, min);
    upper[n - 1] = Math.min(upper[n - 1] as number, max);
  }
  return { lower: part(0, n), upper: part(1, n), count: part(2, n) };
}

function appendPositive(
  { positive, scale, zeroThreshold }: SketchState,
  first: number,
  edges: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  count: Float64Array,
  start: number,
): number {
  const span = edges.length - 1;
  fillEdges(edges, first, scale);
  const { counts } = positive;
  const shift = first - positive.offset;
  let n = start;
  for (let i = 0; i < span; i++) {
    const values = counts[i + shift] as number;
    if (values === 0) continue;
    lower[n] = edges[i] as number;
    upper[n] = edges[i + 1] as number;
    count[n++] = values;
  }
  for (let i = start; i < n && (lower[i] as number) < zeroThreshold; i++) {
    lower[i] = zeroThreshold;
    upper[i] = Math.max(zeroThreshold, upper[i] as number);
  }
  return n;
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
