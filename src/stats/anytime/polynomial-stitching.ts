import { requireFinite, requireNumber, requireProbability } from "../../errors.ts";
import { riemannZeta } from "../../math/riemann-zeta.ts";

/** How a stitched bound is shaped. */
export interface StitchingOptions {
  /** Probability of ever exceeding the bound. Default 0.05. */
  readonly alpha?: number;
  /** Variance from which on the bound holds and near which it is tightest, above 0. */
  readonly minimumVariance: number;
  /**
   * How far the tail is from normal, in the units of the sum: c for terms whose exponential moments are those of a
   * gamma law of scale c, e.g. a third of their largest value for centred bounded terms. Default 0 (sub-Gaussian);
   * negative for a lighter tail.
   */
  readonly scale?: number;
  /** How fast the errors of later stretches fall, above 1. Default 1.4. */
  readonly power?: number;
  /** Each stretch of time is so many times as long, in variance, as the one before, above 1. Default 2. */
  readonly ratio?: number;
}

/**
 * How large may a sum of centred terms become by chance, at any time, when its growth is to be that of the law of the
 * iterated logarithm?
 *
 * @param variance - sum of the variances of the terms so far (their intrinsic time), 0 or more
 * @param options - alpha, variance from which on, tail, shape
 * @returns bound on the sum, in its units; growing like sqrt(2 V ln ln V). At variances below `minimumVariance` that of
 * the minimum
 *
 * Guarantee: anytime-exact, P(sum ever above the bound) <= alpha for a sub-gamma process with variance process V and
 * this scale; one-sided. A mixture is tighter over the range it is tuned for.
 *
 * Source: S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Time-uniform, nonparametric, nonasymptotic confidence
 * sequences (2021), doi:10.1214/20-AOS1991, theorem 1 and equation 10.
 *
 * @throws {RangeError} for a negative variance, a minimum of 0 or below, alpha outside (0, 1), power or ratio of 1 or
 * below
 * @example
 * ```ts
 * polynomialStitchingBound(100, { minimumVariance: 10 }); // about 35.7
 * ```
 */
export function polynomialStitchingBound(variance: number, options: StitchingOptions): number {
  const action = "compute a stitched bound";
  const { alpha = 0.05, minimumVariance, scale = 0, power = 1.4, ratio = 2 } = options;
  requireNumber(action, "variance", "a finite number of at least 0", variance, (x) => x >= 0 && x < Infinity);
  requireProbability(action, "alpha", alpha);
  requireNumber(action, "minimumVariance", "a positive finite number", minimumVariance, (x) => x > 0 && x < Infinity);
  requireFinite(action, "scale", scale);
  requireShape(action, power, ratio);
  const time = Math.max(variance, minimumVariance);
  const errors =
    power * Math.log(Math.log((ratio * time) / minimumVariance)) +
    Math.log(riemannZeta(power) / (alpha * Math.log(ratio) ** power));
  return stitched(time, errors, scale, ratio);
}

/** Checks how errors are spread over stretches. */
export function requireShape(action: string, power: number, ratio: number): void {
  requireNumber(action, "power", "a finite number above 1", power, (x) => x > 1 && x < Infinity);
  requireNumber(action, "ratio", "a finite number above 1", ratio, (x) => x > 1 && x < Infinity);
}

/** The bound within a stretch whose error is exp(-errors), for a sub-gamma sum of this variance. */
export function stitched(variance: number, errors: number, scale: number, ratio: number): number {
  const ofNormal = (ratio ** 0.25 + ratio ** -0.25) ** 2 / 2;
  const ofTail = ((Math.sqrt(ratio) + 1) / 2) * scale * errors;
  return Math.sqrt(ofNormal * variance * errors + ofTail * ofTail) + ofTail;
}
