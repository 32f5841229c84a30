import { cannot, FormatError } from "../errors.ts";
import { bucketIndex, MAX_SCALE, MIN_SCALE } from "./bucket-index.ts";
import { BucketWindow } from "./bucket-window.ts";
import { ExactSum } from "./exact-sum.ts";
import { binsOf, boundExtremes } from "./sketch-bins.ts";
import {
  DEFAULT_MAX_BUCKETS,
  emptyState,
  GREATEST_MAX_BUCKETS,
  isMaxBuckets,
  isScale,
  LEAST_MAX_BUCKETS,
  type SketchState,
} from "./sketch-state.ts";
import { widenZeroBucket } from "./zero-bucket.ts";

/** Counts of neighbouring buckets: `counts[i]` values in bucket `offset + i`. */
export interface BucketRun {
  readonly offset: number;
  readonly counts: ArrayLike<number>;
}

/**
 * A sketch as plain numbers. Bucket i of the positive side holds the values in (b^i, b^(i+1)], b = 2^(2^-scale), as in
 * OpenTelemetry.
 */
export interface SketchCounts {
  /** An integer from -10 to 20. */
  readonly scale: number;
  /**
   * See `QuantileSketchOptions`. Default 4096, or as many as the counts need up to 65,536; beyond that the sketch is
   * made coarser.
   */
  readonly maxBuckets?: number;
  /** Runs in ascending order that don't overlap. */
  readonly positive?: readonly BucketRun[];
  /** Buckets of the magnitudes of negative values. */
  readonly negative?: readonly BucketRun[];
  readonly zeroCount?: number;
  /** Largest magnitude in the zero bucket. Default 0. */
  readonly zeroThreshold?: number;
  readonly infinityCount?: number;
  readonly negativeInfinityCount?: number;
  /** The smallest value; when absent, only the edge of the lowest bucket is known. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** False when `min` and `max` are only bounds on the values. Default true where both are given. */
  readonly extremesExact?: boolean | undefined;
  /** Sum of the values, or doubles that add up to it exactly; when absent, the sketch has no sum. */
  readonly sum?: number | readonly number[] | undefined;
}

const greatestImpliedMaxBuckets = 65_536;

/** Builds a state from counts, checking that they are counts and agree with each other. */
export function stateFromCounts(counts: SketchCounts): SketchState {
  check(typeof counts === "object" && counts !== null, "counts", "an object", counts);
  const { scale, zeroCount = 0, zeroThreshold = 0, infinityCount = 0, negativeInfinityCount = 0 } = counts;
  check(isScale(scale), "scale", `an integer from ${MIN_SCALE} to ${MAX_SCALE}`, scale);
  const positive = checkedRuns("positive", counts.positive ?? [], scale);
  const negative = checkedRuns("negative", counts.negative ?? [], scale);
  const span = Math.max(positive.span, negative.span);
  const maxBuckets = counts.maxBuckets ?? Math.min(greatestImpliedMaxBuckets, Math.max(DEFAULT_MAX_BUCKETS, span));
  check(
    isMaxBuckets(maxBuckets),
    "maxBuckets",
    `an integer from ${LEAST_MAX_BUCKETS} to ${GREATEST_MAX_BUCKETS}`,
    maxBuckets,
  );
  if (counts.maxBuckets !== undefined)
    check(span <= maxBuckets, "the number of neighbouring buckets in use", `at most maxBuckets ${maxBuckets}`, span);
  for (const [field, value] of Object.entries({ zeroCount, infinityCount, negativeInfinityCount }))
    checkCount(field, value);
  check(
    Number.isFinite(zeroThreshold) && zeroThreshold >= 0,
    "zeroThreshold",
    "a finite number, zero or positive",
    zeroThreshold,
  );
  const state = emptyState(scale, maxBuckets);
  let steps = 0;
  while (spanAt(positive, steps) > maxBuckets || spanAt(negative, steps) > maxBuckets) steps++;
  state.scale = scale - steps;
  state.positive = windowOf(positive, steps);
  state.negative = windowOf(negative, steps);
  Object.assign(state, { zeroCount, infinityCount, negativeInfinityCount });
  state.count = positive.total + negative.total + zeroCount + infinityCount + negativeInfinityCount;
  checkCount("the total count", state.count);
  widenZeroBucket(state, zeroThreshold);
  setExtremes(state, counts);
  state.sum = sumOf(state, counts.sum);
  return state;
}

interface CheckedRuns {
  readonly runs: readonly BucketRun[];
  readonly low: number;
  readonly high: number;
  readonly span: number;
  readonly total: number;
}

function checkedRuns(side: string, runs: readonly BucketRun[], scale: number): CheckedRuns {
  check(Array.isArray(runs), side, "a list of runs", runs);
  const lowest = bucketIndex(Number.MIN_VALUE, scale);
  const highest = bucketIndex(Number.MAX_VALUE, scale);
  let low = Infinity;
  let high = -Infinity;
  let total = 0;
  let next = -Infinity;
  runs.forEach((run, r) => {
    const field = `${side}[${r}]`;
    check(
      Number.isInteger(run.offset) && run.offset >= next,
      `${field}.offset`,
      `an integer not below ${next}`,
      run.offset,
    );
    next = run.offset + run.counts.length;
    for (let i = 0; i < run.counts.length; i++) {
      const values = run.counts[i] as number;
      checkCount(`${field}.counts[${i}]`, values);
      if (values === 0) continue;
      const index = run.offset + i;
      check(
        index >= lowest && index <= highest,
        `${field}.offset`,
        `such that buckets lie between ${lowest} and ${highest}, the range of doubles`,
        index,
      );
      total += values;
      low = Math.min(low, index);
      high = index;
    }
  });
  return { runs, low, high, total, span: total === 0 ? 0 : high - low + 1 };
}

function spanAt({ low, high, total }: CheckedRuns, steps: number): number {
  return total === 0 ? 0 : Math.floor(high / 2 ** steps) - Math.floor(low / 2 ** steps) + 1;
}

function windowOf(side: CheckedRuns, steps: number): BucketWindow {
  if (side.total === 0) return new BucketWindow();
  const offset = Math.floor(side.low / 2 ** steps);
  const counts = new Float64Array(spanAt(side, steps));
  for (const run of side.runs) {
    for (let i = 0; i < run.counts.length; i++) {
      const values = run.counts[i] as number;
      if (values === 0) continue;
      const at = Math.floor((run.offset + i) / 2 ** steps) - offset;
      counts[at] = (counts[at] as number) + values;
    }
  }
  return new BucketWindow(counts, offset);
}

/**
 * Relative distance by which an extreme may miss its bucket: other implementations place a value next to an edge by a
 * logarithm.
 */
const slack = 1e-9;

function setExtremes(state: SketchState, counts: SketchCounts): void {
  state.min = -Infinity;
  state.max = Infinity;
  boundExtremes(state);
  const { min, max } = counts;
  if (state.count === 0) {
    for (const [field, value] of [
      ["min", min],
      ["max", max],
    ] as const)
      check(value === undefined, field, "absent when there are no values", value);
    return;
  }
  const { lower, upper } = binsOf(state);
  const inMin = liesIn("min", min, lower[0] as number, upper[0] as number);
  const inMax = liesIn("max", max, lower[lower.length - 1] as number, upper[upper.length - 1] as number);
  if (min !== undefined && max !== undefined) check(min <= max, "min", `at most max ${max}`, min);
  if (inMin) state.min = (min as number) + 0;
  if (inMax) state.max = (max as number) + 0;
  state.extremesExact = inMin && inMax && counts.extremesExact !== false;
}

function liesIn(field: string, value: number | undefined, lower: number, upper: number): boolean {
  if (value === undefined) return false;
  if (value >= lower && value <= upper) return true;
  const near = value >= lower - slack * Math.abs(lower) && value <= upper + slack * Math.abs(upper);
  check(near, field, `in the outermost bucket in use, from ${lower} to ${upper}`, value);
  return false;
}

function sumOf(state: SketchState, sum: number | readonly number[] | undefined): ExactSum | undefined {
  if (sum === undefined) return state.count === 0 ? new ExactSum() : undefined;
  if (!Number.isFinite(sum) && typeof sum === "number" && state.infinityCount + state.negativeInfinityCount > 0)
    return undefined;
  const exact = new ExactSum();
  for (const part of typeof sum === "number" ? [sum] : sum) {
    check(typeof part === "number" && !Number.isNaN(part), "sum", "a number or a list of numbers", sum);
    exact.add(part);
  }
  return exact;
}

function check(holds: boolean, field: string, requirement: string, value: unknown): asserts holds {
  if (!holds)
    throw new FormatError(cannot("build a sketch from counts", field, requirement, value), {
      code: "invalid-counts",
      field,
      value,
    });
}

function checkCount(field: string, value: number): void {
  check(Number.isSafeInteger(value) && value >= 0, field, "a non-negative integer up to 2^53 - 1", value);
}
