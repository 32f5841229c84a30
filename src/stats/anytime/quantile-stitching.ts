import { requireNumber, requireProbability } from "../../errors.ts";
import { riemannZeta } from "../../math/riemann-zeta.ts";
import { requireShape, stitched } from "./polynomial-stitching.ts";

/** How a bound over all quantiles is shaped. */
export interface QuantileStitchingOptions {
  /** Probability of ever exceeding the bound, at any quantile. Default 0.05. */
  readonly alpha?: number;
  /** Number of values from which on the bound holds and near which it is tightest, at least 1. */
  readonly minimumSampleSize: number;
  /** How coarse the grid of quantiles is, on the log-odds scale, above 0. Default 0.5. */
  readonly coarseness?: number;
  /** How fast the errors of later stretches and more extreme quantiles fall, above 1. Default 1.4. */
  readonly power?: number;
  /** Each stretch of time is so many times as long as the one before, above 1. Default 2. */
  readonly ratio?: number;
}

/**
 * By how many values may the rank of a quantile be off by chance, at all times and for all quantiles at once?
 *
 * @param probability - which quantile, in (0, 1)
 * @param sampleSize - number of values so far, at least 1
 * @param options - alpha, sample size from which on, shape
 * @returns a number of values f: the p-quantile lies between the order statistics of ranks n p - f(1 - p) and n p +
 * f(p), tighter for extreme quantiles than one width for all of them. At sample sizes below `minimumSampleSize` that of
 * the minimum
 *
 * Guarantee: anytime-exact for independent values of one distribution, simultaneously over probabilities. For one
 * quantile alone `oneQuantileSequence` is tighter.
 *
 * Source: S. Howard, A. Ramdas, Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification (2022), doi:10.3150/21-BEJ1388, theorem 3.
 *
 * @throws {RangeError} for a probability or alpha outside (0, 1), sample sizes below 1, a coarseness of 0 or below,
 * power or ratio of 1 or below
 * @example
 * ```ts
 * quantileStitchingBound(0.9, 1000, { minimumSampleSize: 100 }); // about 43.7 of 1000 values
 * ```
 */
export function quantileStitchingBound(
  probability: number,
  sampleSize: number,
  options: QuantileStitchingOptions,
): number {
  const action = "compute a bound over all quantiles";
  const { alpha = 0.05, minimumSampleSize, coarseness = 0.5, power = 1.4, ratio = 2 } = options;
  requireProbability(action, "probability", probability);
  requireProbability(action, "alpha", alpha);
  for (const [field, value] of Object.entries({ sampleSize, minimumSampleSize }))
    requireNumber(action, field, "a finite number of at least 1", value, (x) => x >= 1 && x < Infinity);
  requireNumber(action, "coarseness", "a positive finite number", coarseness, (x) => x > 0 && x < Infinity);
  requireShape(action, power, ratio);
  const n = Math.max(sampleSize, minimumSampleSize);
  const logOdds = Math.log(probability / (1 - probability));
  // Below the median the variance is that of the next grid point upwards, at most that of the median.
  const nextUp = logOdds + 2 * coarseness * Math.sqrt((ratio * minimumSampleSize) / n);
  const carrier = probability >= 0.5 ? probability : Math.min(0.5, 1 / (1 + Math.exp(-nextUp)));
  const variance = carrier * (1 - carrier);
  const gridPoint = (Math.sqrt(n / minimumSampleSize) * Math.abs(logOdds)) / (2 * coarseness) + 1;
  const zeta = riemannZeta(power);
  const errors =
    power * (Math.log(Math.log((ratio * n) / minimumSampleSize)) + Math.log(gridPoint)) +
    Math.log((2 * zeta * (2 * zeta + 1)) / (alpha * Math.log(ratio) ** power));
  return (
    coarseness * Math.sqrt((ratio * n * variance) / minimumSampleSize) +
    stitched(n * variance, errors, (1 - 2 * probability) / 3, ratio)
  );
}
