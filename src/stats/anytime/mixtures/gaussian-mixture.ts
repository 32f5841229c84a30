import {
  cannot,
  type NotComputable,
  notComputable,
  requireFinite,
  requireNumber,
  requireProbability,
} from "../../../errors.ts";
import { scaleUntil } from "../../../math/bracket.ts";
import { findRoot } from "../../../math/root.ts";
import type { Interval } from "../../interval.ts";
import type { Alternative } from "../../result.ts";
import {
  type ConfidenceSequenceResult,
  evidenceThreshold,
  type SequentialEvidence,
  sequentialEvidence,
} from "../evidence.ts";
import { mixtureLnEvidence, mixtureThreshold, oneSidedMixtureLnEvidence } from "./normal-mixture.ts";

/**
 * An estimate that is normal in large samples: a difference of means, of CUPED-adjusted means, the logarithm of a ratio
 * of means.
 */
export interface NormalEstimate {
  /** Effect, treatment - control (for a ratio: its logarithm). */
  readonly estimate: number;
  /** Standard error, in the units of the estimate. */
  readonly standardError: number;
  /** Observations (units, where units are the independent ones) behind it, both arms together. */
  readonly sampleSize: number;
}

/** How a Gaussian mixture is tuned. */
export interface GaussianMixtureOptions {
  /** 1 - coverage, and the level the sequence is tuned for. Default 0.05. */
  readonly alpha?: number;
  /** `greater` tests effect <= null and gives a lower bound; `less` the opposite. Default `two-sided`. */
  readonly alternative?: Alternative;
  /** Effect under the null hypothesis, in the units of the estimate. Default 0. */
  readonly nullEffect?: number;
  /** Sample size (both arms) at which the sequence is tightest. Default 10,000. */
  readonly tunedSampleSize?: number;
  /** Standard deviation of the prior of the effect, in its units, instead of `tunedSampleSize`. */
  readonly priorDeviation?: number;
}

/** A sequence and the evidence against its null effect. */
export interface GaussianMixtureResult extends ConfidenceSequenceResult {
  readonly evidence: SequentialEvidence;
}

/**
 * Where does a difference of means (or any estimate that is normal in large samples) lie, at all times at once?
 *
 * @param effect - estimate, standard error and sample size at this look
 * @param options - alpha, alternative, null effect, tuning
 * @returns interval in the units of the estimate and evidence against `nullEffect`; the p-value is of this look alone.
 * "Could not compute" when the standard error is 0
 *
 * Guarantee: anytime-asymptotic. Over-rejects when the standard error itself is uncertain: rare events in an arm with a
 * small share of the traffic, heavy tails. Proportions have methods of their own.
 *
 * Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, Time-uniform central limit theory and asymptotic
 * confidence sequences (2024), doi:10.1214/24-AOS2408; H. Robbins (1970), doi:10.1214/aoms/1177696786.
 *
 * @throws {RangeError} for a negative or infinite standard error, a sample size below 1, alpha outside (0, 1)
 * @example
 * ```ts
 * gaussianMixtureSequence({ estimate: 12, standardError: 2, sampleSize: 10_000 }); // interval about [5.9, 18.1]
 * ```
 */
export function gaussianMixtureSequence(
  effect: NormalEstimate,
  options: GaussianMixtureOptions = {},
): GaussianMixtureResult | NotComputable {
  return gaussianMixture("gaussian-mixture", "compute a Gaussian-mixture sequence", effect, options);
}

/** The computation behind every named sequence that rests on an estimate and its standard error. */
export function gaussianMixture(
  method: string,
  action: string,
  effect: NormalEstimate,
  options: GaussianMixtureOptions,
): GaussianMixtureResult | NotComputable {
  const { alpha = 0.05, alternative = "two-sided", nullEffect = 0 } = options;
  const { estimate, standardError, sampleSize } = effect;
  requireFinite(action, "estimate", estimate);
  requireFinite(action, "nullEffect", nullEffect);
  requireProbability(action, "alpha", alpha);
  requireNumber(action, "standardError", "a finite number of at least 0", standardError, (x) => x >= 0 && x < Infinity);
  requireNumber(action, "sampleSize", "at least 1", sampleSize, (x) => x >= 1 && x < Infinity);
  if (standardError === 0) return notComputable("zero-variance", `the standard error of the estimate ${estimate} is 0`);
  const information = 1 / (standardError * standardError);
  const deviation = priorDeviationOf(action, effect, alpha, alternative, options);
  const z = (estimate - nullEffect) / standardError;
  const signed = alternative === "less" ? -z : z;
  const ln =
    alternative === "two-sided"
      ? mixtureLnEvidence(z * z, information, deviation)
      : oneSidedMixtureLnEvidence(signed, information, deviation);
  const reach =
    standardError *
    (alternative === "two-sided"
      ? Math.sqrt(2 * mixtureThreshold(information, alpha, deviation))
      : oneSidedBound(information, alpha, deviation));
  const interval: Interval = [
    alternative === "less" ? -Infinity : estimate - reach,
    alternative === "greater" ? Infinity : estimate + reach,
  ];
  return {
    computable: true,
    method,
    guarantee: "anytime-asymptotic",
    estimate,
    interval,
    level: 1 - alpha,
    evidence: sequentialEvidence(method, "anytime-asymptotic", ln),
  };
}

/**
 * The prior deviation under which the interval is tightest at the tuned sample size; one-sided alternatives bet twice
 * as much on their side.
 */
function priorDeviationOf(
  action: string,
  effect: NormalEstimate,
  alpha: number,
  alternative: Alternative,
  options: GaussianMixtureOptions,
): number {
  if (options.priorDeviation !== undefined) {
    requireNumber(
      action,
      "priorDeviation",
      "a positive finite number",
      options.priorDeviation,
      (x) => x > 0 && x < Infinity,
    );
    return options.priorDeviation;
  }
  const tuned = options.tunedSampleSize ?? 10_000;
  requireNumber(action, "tunedSampleSize", "at least 1", tuned, (x) => x >= 1 && x < Infinity);
  return (
    mixtureScale(tuned, alternative === "two-sided" ? alpha : Math.min(2 * alpha, 0.999)) *
    effect.standardError *
    Math.sqrt(effect.sampleSize)
  );
}

/** The prior deviation, in standard deviations of one observation, tuned to a sample size at a two-sided level. */
export function mixtureScale(tunedSampleSize: number, alpha: number): number {
  const twice = 2 * evidenceThreshold(alpha);
  return Math.sqrt((twice + Math.log1p(twice)) / tunedSampleSize);
}

/** How many standard errors a one-sided sequence must be away from the null to reject it. */
export function oneSidedBound(information: number, alpha: number, priorDeviation: number): number {
  const threshold = evidenceThreshold(alpha);
  const excess = (z: number): number => oneSidedMixtureLnEvidence(z, information, priorDeviation) - threshold;
  return findRoot(excess, 0, scaleUntil((z) => excess(z) >= 0, 4) ?? Infinity);
}

/**
 * One estimate from one per allocation epoch, weighted by the information sample sizes promise rather than by estimated
 * variances, which would lean towards epochs that happen to be quiet.
 *
 * @param epochs - estimates, with the sample sizes of both arms
 * @returns estimate treatment - control with its standard error, or "could not compute" when there is no epoch
 * @throws {RangeError} for sample sizes that are not positive
 */
export function combineEpochs(
  epochs: readonly { readonly effect: NormalEstimate; readonly controlSize: number; readonly treatmentSize: number }[],
): NormalEstimate | NotComputable {
  if (epochs.length === 0) return notComputable("no-data", "no epoch has observations of both arms");
  let weights = 0;
  let estimate = 0;
  let variance = 0;
  let sampleSize = 0;
  epochs.forEach(({ effect, controlSize, treatmentSize }, e) => {
    if (!(controlSize > 0 && treatmentSize > 0))
      throw new RangeError(
        cannot("combine epochs", `the sample sizes of epoch ${e}`, "positive", [controlSize, treatmentSize]),
      );
    const weight = (controlSize * treatmentSize) / (controlSize + treatmentSize);
    weights += weight;
    estimate += weight * effect.estimate;
    variance += (weight * effect.standardError) ** 2;
    sampleSize += effect.sampleSize;
  });
  return { estimate: estimate / weights, standardError: Math.sqrt(variance) / weights, sampleSize };
}
