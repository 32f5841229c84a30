import { requireFinite, requireNumber, requireProbability } from "../../../errors.ts";
import { scaleUntil } from "../../../math/bracket.ts";
import { chiSquareLogSurvival } from "../../../math/chi-square.ts";
import { devianceTerm } from "../../../math/deviance.ts";
import { stirlingError } from "../../../math/gamma.ts";
import { findRoot } from "../../../math/root.ts";
import { evidenceThreshold } from "../evidence.ts";

/** What a gamma-Poisson mixture is for. */
export interface GammaPoissonOptions {
  /** Largest value of a centred term, in the units of the sum, above 0: 1 for counts of events. */
  readonly scale: number;
  /** Variance of the sum at which the bound is tightest, above 0. */
  readonly tunedVariance: number;
  /** Probability of ever exceeding the bound, and the level it is tuned for. Default 0.05. */
  readonly alpha?: number;
}

/**
 * How strong is the evidence, at this look and valid at every look, that terms with a heavy upper tail, such as counts
 * of rare events, are larger than thought?
 *
 * @param sum - of the terms so far, each less what the null hypothesis expects of it
 * @param variance - sum of their variances under the null hypothesis, 0 or more
 * @param options - scale, tuning
 * @returns ln E, one-sided: large when the sum is large; -Infinity, which is less than it could be, for sums below
 * -(variance + the prior's) / scale
 *
 * Guarantee: anytime-exact for a sub-Poisson process: centred terms that never exceed `scale`, given the past, with
 * these variances (Bennett). No upper bound on their number, no normal approximation.
 *
 * Source: S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Time-uniform, nonparametric, nonasymptotic confidence
 * sequences (2021), doi:10.1214/20-AOS1991, proposition 10.
 *
 * @throws {RangeError} for a sum that is not finite, a negative variance, a scale or tuning of 0 or below, alpha
 * outside (0, 1)
 * @example
 * ```ts
 * // 60 timeouts where 30 were expected at most.
 * gammaPoissonLnEvidence(30, 30, { scale: 1, tunedVariance: 30 }) > Math.log(20); // true
 * ```
 */
export function gammaPoissonLnEvidence(sum: number, variance: number, options: GammaPoissonOptions): number {
  const action = "compute a gamma-Poisson mixture";
  requireFinite(action, "sum", sum);
  requireNumber(action, "variance", "a finite number of at least 0", variance, (x) => x >= 0 && x < Infinity);
  return mixture(action, options)(sum, variance);
}

/**
 * How large may a sum of centred terms with a heavy upper tail become by chance, at any time?
 *
 * @param variance - sum of the variances of the terms so far, 0 or more
 * @returns bound on the sum, in its units. Options, guarantee, source and errors as for {@link gammaPoissonLnEvidence}
 * @example
 * ```ts
 * gammaPoissonBound(100, { scale: 2, tunedVariance: 100 }); // about 30.2
 * ```
 */
export function gammaPoissonBound(variance: number, options: GammaPoissonOptions): number {
  const action = "compute a gamma-Poisson bound";
  requireNumber(action, "variance", "a finite number of at least 0", variance, (x) => x >= 0 && x < Infinity);
  const lnEvidence = mixture(action, options);
  const threshold = evidenceThreshold(options.alpha ?? 0.05);
  const first = Math.sqrt(variance) + options.scale;
  const high = scaleUntil((sum) => lnEvidence(sum, variance) >= threshold, first) ?? Infinity;
  return findRoot((sum) => lnEvidence(sum, variance) - threshold, 0, high);
}

function mixture(
  action: string,
  { scale, tunedVariance, alpha = 0.05 }: GammaPoissonOptions,
): (sum: number, variance: number) => number {
  for (const [field, value] of Object.entries({ scale, tunedVariance }))
    requireNumber(action, field, "a positive finite number", value, (x) => x > 0 && x < Infinity);
  requireProbability(action, "alpha", alpha);
  const twice = -2 * Math.log(Math.min(2 * alpha, 0.999));
  const square = scale * scale;
  const prior = tunedVariance / (twice + Math.log1p(twice)) / square;
  const lnNormaliser = lnMass(prior, prior, 0);
  return (sum, variance) => {
    const rate = variance / square + prior;
    const shape = rate + sum / scale;
    return shape <= 0 ? -Infinity : lnMass(shape, rate, -sum / scale) - lnNormaliser;
  };
}

/**
 * ln of the integral of x^(shape - 1) exp(rate - rate x) over x > 1: the gamma prior is on exp(scale x effect), of
 * positive effects only. By deviances, so that nothing large cancels; `difference` = rate - shape.
 */
function lnMass(shape: number, rate: number, difference: number): number {
  return (
    chiSquareLogSurvival(2 * rate, 2 * shape) +
    stirlingError(shape) +
    devianceTerm(shape, rate, difference) -
    0.5 * Math.log(shape / 2 / Math.PI)
  );
}
