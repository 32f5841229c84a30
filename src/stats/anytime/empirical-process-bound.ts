import { requireNumber, requireProbability } from "../../errors.ts";
import { scaleUntil } from "../../math/bracket.ts";
import { findMinimum } from "../../math/minimum.ts";
import { findRoot } from "../../math/root.ts";

/** How a band around a distribution function is shaped. */
export interface EmpiricalProcessOptions {
  /** Probability of ever leaving the band. Default 0.05. */
  readonly alpha?: number;
  /** Number of values from which on the band holds, at least 1. */
  readonly minimumSampleSize: number;
  /**
   * Width for n towards infinity, in units of sqrt(ln ln n / n), above 1 / sqrt(2). The smaller, the wider the band is
   * at first. Default 0.85.
   */
  readonly factor?: number;
}

/**
 * How far may the share of values below any point be from its probability by chance, at all times at once?
 *
 * @param sampleSize - number of values so far, at least `minimumSampleSize`
 * @param options - alpha, sample size from which on, shape
 * @returns half width of the band, a share: sup |F_n(x) - F(x)| <= this for all n and x, with probability 1 - alpha
 *
 * Guarantee: anytime-exact for independent values of one distribution, the anytime form of the
 * Dvoretzky-Kiefer-Wolfowitz band.
 *
 * Source: S. Howard, A. Ramdas, Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification (2022), doi:10.3150/21-BEJ1388, theorem 2.
 *
 * @throws {RangeError} for alpha outside (0, 1), sample sizes out of order or below 1, a factor of 1 / sqrt(2) or below
 * @example
 * ```ts
 * empiricalProcessBound(1000, { minimumSampleSize: 100 }); // about 0.082
 * ```
 */
export function empiricalProcessBound(sampleSize: number, options: EmpiricalProcessOptions): number {
  const action = "compute a band around a distribution function";
  const { alpha = 0.05, minimumSampleSize, factor = 0.85 } = options;
  requireProbability(action, "alpha", alpha);
  requireNumber(
    action,
    "minimumSampleSize",
    "a finite number of at least 1",
    minimumSampleSize,
    (x) => x >= 1 && x < Infinity,
  );
  requireNumber(
    action,
    "sampleSize",
    `a finite number of at least minimumSampleSize ${minimumSampleSize}`,
    sampleSize,
    (x) => x >= minimumSampleSize && x < Infinity,
  );
  requireNumber(action, "factor", "a finite number above 1 / sqrt(2)", factor, (x) => x > Math.SQRT1_2 && x < Infinity);
  return (
    factor * Math.sqrt((Math.log1p(Math.log(sampleSize / minimumSampleSize)) + offsetFor(alpha, factor)) / sampleSize)
  );
}

/** The offset to the iterated logarithm at which the band's error is alpha. */
function offsetFor(alpha: number, factor: number): number {
  const excess = (offset: number): number => leastLnError(offset, factor) - Math.log(alpha);
  const high = scaleUntil((offset) => excess(offset) <= 0, 1) ?? Infinity;
  const low = scaleUntil((offset) => excess(offset) >= 0, high / 2, { factor: 0.5 }) ?? 0;
  return findRoot(excess, low, high);
}

/** ln of the band's error, at the stretch ratio where it is least. */
function leastLnError(offset: number, factor: number): number {
  const gamma = (excess: number): number => Math.sqrt(2 / (1 + excess)) * (factor - Math.sqrt((2 * excess) / offset));
  const lnError = (lnExcess: number): number => {
    const square = gamma(Math.exp(lnExcess)) ** 2;
    return Math.log(4) - square * offset + Math.log1p(1 / ((square - 1) * Math.log1p(Math.exp(lnExcess))));
  };
  // The ratio is 1 + excess; above the largest excess the series of errors has no finite sum.
  const largest = findRoot((lnExcess) => gamma(Math.exp(lnExcess)) - 1, -100, Math.log(2 * factor * factor - 1));
  return findMinimum(lnError, -100, largest, { tolerance: 1e-9 }).value;
}
