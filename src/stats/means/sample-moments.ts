import { mean, sampleCovariance, sampleVariance } from "simple-statistics";
import { cannot, requireCount, requireFinite, requireNumber } from "../../errors.ts";

/** What a sample says about a mean. `Moments` of a summary has this shape too. */
export interface SampleMoments {
  /** Number of values. */
  readonly count: number;
  readonly mean: number;
  /** Unbiased sample variance (divided by count - 1); anything for a count of 1. */
  readonly variance: number;
}

/** What a sample of pairs (x, y) says about both means. */
export interface PairMoments {
  readonly count: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly varianceX: number;
  readonly varianceY: number;
  readonly covariance: number;
}

/** The moments of a sample; the variance of a single value is NaN. */
export function momentsOf(values: ArrayLike<number>): SampleMoments {
  const sample = finiteSample("take moments", "values", values);
  if (sample.length === 0) return { count: 0, mean: NaN, variance: NaN };
  return { count: sample.length, mean: mean(sample), variance: sample.length > 1 ? sampleVariance(sample) : NaN };
}

/** The moments of pairs; `x` and `y` have one entry per pair. */
export function pairMomentsOf(x: ArrayLike<number>, y: ArrayLike<number>): PairMoments {
  const [xs, ys] = [finiteSample("take moments", "x", x), finiteSample("take moments", "y", y)];
  requireSameLength("take moments", "y", ys, xs.length);
  const [mx, my] = [momentsOf(xs), momentsOf(ys)];
  return {
    count: mx.count,
    meanX: mx.mean,
    meanY: my.mean,
    varianceX: mx.variance,
    varianceY: my.variance,
    covariance: mx.count > 1 ? sampleCovariance(xs, ys) : NaN,
  };
}

/** The values as an array, after checking that each is a finite number. */
export function finiteSample(action: string, field: string, values: ArrayLike<number>): number[] {
  const sample = Array.from(values);
  sample.forEach((value, i) => {
    if (!Number.isFinite(value)) requireFinite(action, `${field}[${i}]`, value);
  });
  return sample;
}

export function requireSameLength(action: string, field: string, values: ArrayLike<unknown>, length: number): void {
  if (values.length !== length)
    throw new RangeError(cannot(action, `${field}.length`, `the ${length} of the other sample`, values.length));
}

/** Throws unless the moments of an arm could come from a sample. */
export function requireMoments(action: string, arm: string, moments: SampleMoments): void {
  requireCount(action, `${arm}.count`, moments.count);
  if (moments.count === 0) return;
  requireFinite(action, `${arm}.mean`, moments.mean);
  if (moments.count > 1)
    requireNumber(
      action,
      `${arm}.variance`,
      "a non-negative finite number",
      moments.variance,
      (x) => x >= 0 && x < Infinity,
    );
}

/** Throws unless the moments of pairs could come from a sample. */
export function requirePairMoments(action: string, arm: string, pairs: PairMoments): void {
  requireMoments(action, `${arm} (x)`, { count: pairs.count, mean: pairs.meanX, variance: pairs.varianceX });
  requireMoments(action, `${arm} (y)`, { count: pairs.count, mean: pairs.meanY, variance: pairs.varianceY });
  if (pairs.count > 1) requireFinite(action, `${arm}.covariance`, pairs.covariance);
}
