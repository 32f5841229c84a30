import { cannot, requireFinite, requireNumber, requireProbability } from "../../errors.ts";
import { findMinimum } from "../../math/minimum.ts";
import { type SequentialEvidence, sequentialEvidence } from "./evidence.ts";

/** A t statistic of a linear model with normal errors of one variance. */
export interface AnytimeTInput {
  readonly t: number;
  /** Residual degrees of freedom. */
  readonly degreesOfFreedom: number;
  /** Observations. */
  readonly sampleSize: number;
}

/** How the mixture is tuned. */
export interface AnytimeTOptions {
  /** Pseudo-observations of the g-prior: the sequence is tightest at some 10 times as many observations. Default 1. */
  readonly priorObservations?: number;
}

/**
 * How strong is the evidence of a t statistic, at this look and valid at every look?
 *
 * @param input - t, residual degrees of freedom, number of observations
 * @param options - prior
 * @returns ln E and p-value of this look
 *
 * Guarantee: anytime-exact for normal errors of one common variance in both arms; with unequal variances and splits it
 * over-rejects (15 % measured at 10:1), so prefer {@link gaussianMixtureSequence} there.
 *
 * Source: M. Lindon, D. Ham, M. Tingley, I. Bojinov, Anytime-valid linear models and regression adjusted causal
 * inference in randomized experiments (2022), arXiv:2210.08589.
 *
 * @throws {RangeError} for degrees of freedom, sample sizes or priors that are not positive
 * @example
 * ```ts
 * const seen = { t: 8.19, degreesOfFreedom: 92, sampleSize: 100 };
 * anytimeTEvidence(seen, { priorObservations: 12 }).pValue < 1e-8; // true
 * ```
 */
export function anytimeTEvidence(input: AnytimeTInput, options: AnytimeTOptions = {}): SequentialEvidence {
  const action = "compute the anytime evidence of a t statistic";
  const { t, degreesOfFreedom } = input;
  requireFinite(action, "t", t);
  const shrinkage = shrinkageOf(action, input, options);
  const t2 = t * t;
  const ln =
    0.5 * Math.log(shrinkage) +
    0.5 *
      (degreesOfFreedom + 1) *
      (Math.log1p(t2 / degreesOfFreedom) - Math.log1p((shrinkage * t2) / degreesOfFreedom));
  return sequentialEvidence("anytime-t", "anytime-exact", ln);
}

/**
 * How many standard errors does the anytime interval of a coefficient reach to either side?
 *
 * @returns half-width in standard errors; Infinity while the sample is too small to bound the coefficient
 *
 * @example
 * ```ts
 * anytimeTRadius({ degreesOfFreedom: 9995, sampleSize: 10000 }, { priorObservations: 100, alpha: 0.05 }); // about 3.27
 * ```
 */
export function anytimeTRadius(
  input: Omit<AnytimeTInput, "t">,
  options: AnytimeTOptions & { readonly alpha?: number } = {},
): number {
  const action = "compute the radius of an anytime interval";
  const { alpha = 0.05 } = options;
  requireProbability(action, "alpha", alpha);
  const shrinkage = shrinkageOf(action, input, options);
  const { degreesOfFreedom } = input;
  // 1 - (shrinkage alpha^2)^(1 / (df + 1)), without cancellation at many degrees of freedom.
  const missing = -Math.expm1(Math.log(shrinkage * alpha * alpha) / (degreesOfFreedom + 1));
  const room = 1 - shrinkage - missing;
  return room <= 0 ? Infinity : Math.sqrt((degreesOfFreedom * missing) / room);
}

/**
 * The prior that makes the anytime interval tightest at a planned sample size.
 *
 * @param coefficients - number of coefficients of the model, which the degrees of freedom lack
 * @returns pseudo-observations, by golden-section search on the radius
 *
 * @example
 * ```ts
 * tunedPriorObservations(10_000, 2, 0.05); // about 1,260
 * ```
 */
export function tunedPriorObservations(sampleSize: number, coefficients: number, alpha = 0.05): number {
  const action = "tune an anytime interval";
  requireNumber(
    action,
    "sampleSize",
    `above the number of coefficients (${coefficients})`,
    sampleSize,
    (n) => n > coefficients && n < Infinity,
  );
  const radius = (lnPrior: number): number =>
    anytimeTRadius(
      { degreesOfFreedom: sampleSize - coefficients, sampleSize },
      { priorObservations: Math.exp(lnPrior), alpha },
    );
  const ln = Math.log(sampleSize);
  return Math.exp(findMinimum(radius, ln - 20, ln + 3, { tolerance: 1e-9 }).position);
}

/** g / (g + n). */
function shrinkageOf(action: string, input: Omit<AnytimeTInput, "t">, options: AnytimeTOptions): number {
  const prior = options.priorObservations ?? 1;
  requireNumber(
    action,
    "degreesOfFreedom",
    "a positive finite number",
    input.degreesOfFreedom,
    (x) => x > 0 && x < Infinity,
  );
  requireNumber(action, "sampleSize", "a positive finite number", input.sampleSize, (x) => x > 0 && x < Infinity);
  if (!(prior > 0 && Number.isFinite(prior)))
    throw new RangeError(cannot(action, "priorObservations", "a positive finite number", prior));
  return prior / (prior + input.sampleSize);
}
