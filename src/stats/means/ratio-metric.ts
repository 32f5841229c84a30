import { type NotComputable, notComputable } from "../../errors.ts";
import { finiteVariance, fixedLook, independentRequests } from "../assumptions.ts";
import type { TTestResult } from "../result.ts";
import type { MeanRatioOptions } from "./fieller-result.ts";
import { type PairMoments, requirePairMoments, type SampleMoments } from "./sample-moments.ts";
import { meanRatioTest, type WelchOptions, welchTest } from "./welch.ts";

const assumptions: readonly string[] = [
  independentRequests,
  fixedLook,
  finiteVariance,
  "the mean of the denominator is many standard errors from 0",
];

/**
 * Do two arms differ in a ratio of totals, such as tokens per second or cost per success?
 *
 * @param control - Moments of the pairs (numerator x, denominator y) of the control, one pair per independent unit.
 * @param treatment - The same of the treatment.
 * @param options - `nullDifference`, alternative, level.
 * @returns The difference of the ratios (sum of x / sum of y) treatment - control, with the delta-method t interval and
 * test. `NotComputable` for an empty arm, too few pairs, a denominator with mean 0, or no variance.
 *
 * Asymptotic, at one look; pairs must be independent, numerator and denominator of a pair need not be.
 *
 * Source: delta method; A. Deng, U. Knoblich and J. Lu 2018, doi:10.1145/3219819.3219919.
 *
 * @throws {RangeError} Moments that no sample has, a level outside (0, 1).
 *
 * @example
 * ```ts
 * ratioMetricTest(pairMomentsOf([10, 12, 9], [2, 3, 2]), pairMomentsOf([14, 15, 18], [2, 3, 3]));
 * ```
 */
export function ratioMetricTest(
  control: PairMoments,
  treatment: PairMoments,
  options: WelchOptions = {},
): TTestResult | NotComputable {
  const arms = linearisedArms("compare a ratio metric", control, treatment);
  if ("computable" in arms) return arms;
  return welchTest(arms[0], arms[1], { reportAs: { method: "ratio-metric-delta", assumptions }, ...options });
}

/**
 * By which factor do two arms differ in a ratio of totals?
 *
 * @param control - Moments of the pairs (numerator x, denominator y) of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullRatio`, alternative, level, `ratioMethod`.
 * @returns As {@link meanRatioTest}, for the quotient treatment / control of the two ratios.
 *
 * Asymptotic, at one look. Source: delta method for each ratio, Fieller's method for their quotient, as
 * {@link meanRatioTest}.
 *
 * @throws {RangeError} As {@link ratioMetricTest}.
 *
 * @example
 * ```ts
 * ratioMetricQuotientTest(pairMomentsOf([10, 12, 9], [2, 3, 2]), pairMomentsOf([14, 15, 18], [2, 3, 3]));
 * ```
 */
export function ratioMetricQuotientTest(
  control: PairMoments,
  treatment: PairMoments,
  options: MeanRatioOptions = {},
): TTestResult | NotComputable {
  const arms = linearisedArms("compare a ratio metric", control, treatment);
  if ("computable" in arms) return arms;
  return meanRatioTest(arms[0], arms[1], { ...options, reportAs: { method: "ratio-metric-quotient", assumptions } });
}

/** The ratio of means x / y as if it were a mean: same estimate, and the variance that the delta method gives. */
export function linearisedRatio(pairs: PairMoments): SampleMoments {
  const ratio = pairs.meanX / pairs.meanY;
  const residual = pairs.varianceX - 2 * ratio * pairs.covariance + ratio * ratio * pairs.varianceY;
  return { count: pairs.count, mean: ratio, variance: Math.max(0, residual) / (pairs.meanY * pairs.meanY) };
}

/**
 * Sums of squares and products of a ratio metric (x / y) and of the same ratio before the experiment (the covariate).
 */
export interface RatioWithCovariateMoments {
  readonly count: number;
  /** Means in the order numerator, denominator, numerator before, denominator before. */
  readonly means: readonly [x: number, y: number, xBefore: number, yBefore: number];
  /** Unbiased covariances in the same order, symmetric. */
  readonly covariances: readonly (readonly number[])[];
}

/** The ratio and the ratio before as if they were plain pairs (covariate, outcome), for CUPED on a ratio metric. */
export function linearisedRatioPairs({ count, means, covariances }: RatioWithCovariateMoments): PairMoments {
  const [x, y, xBefore, yBefore] = means;
  const after = [1 / y, -x / (y * y), 0, 0];
  const before = [0, 0, 1 / yBefore, -xBefore / (yBefore * yBefore)];
  const quadratic = (a: readonly number[], b: readonly number[]): number =>
    a.reduce(
      (total, left, i) =>
        total + b.reduce((inner, right, j) => inner + left * right * (covariances[i]?.[j] as number), 0),
      0,
    );
  return {
    count,
    meanX: xBefore / yBefore,
    meanY: x / y,
    varianceX: quadratic(before, before),
    varianceY: quadratic(after, after),
    covariance: quadratic(after, before),
  };
}

function linearisedArms(
  action: string,
  control: PairMoments,
  treatment: PairMoments,
): readonly [SampleMoments, SampleMoments] | NotComputable {
  requirePairMoments(action, "control", control);
  requirePairMoments(action, "treatment", treatment);
  if (Math.min(control.count, treatment.count) < 2) {
    return notComputable(
      Math.min(control.count, treatment.count) === 0 ? "no-data" : "too-few-records",
      `control has ${control.count} pairs and treatment has ${treatment.count}`,
    );
  }
  if (control.meanY === 0 || treatment.meanY === 0)
    return notComputable("method-does-not-apply", "a denominator has mean 0");
  return [linearisedRatio(control), linearisedRatio(treatment)];
}
