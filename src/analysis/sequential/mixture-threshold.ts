import { requireNumber, requireProbability } from "../../errors.ts";
import { normalLogCdf } from "../../math/normal.ts";

/**
 * Standard deviation of the normal prior over log-odds effects that the mixture is taken with. It decides at which effect
 * sizes the sequence is tightest, not whether it is valid; 0.35 is within 2 % of the best at baselines from 97 to 99.7 %.
 */
export const defaultPriorDeviation = 0.35;

/**
 * How large may half the profile deviance become by chance, at any time?
 *
 * @param information - Fisher information of the log-odds effect, above 0.
 * @param alpha - chance of ever exceeding it, in (0, 1).
 * @returns the threshold on D / 2; infinite where there is no information.
 * Asymptotic, anytime: a normal mixture of likelihood ratios (Robbins 1970, doi:10.1214/aoms/1177696786).
 * @throws RangeError for information below 0 or alpha outside (0, 1).
 */
export function mixtureThreshold(information: number, alpha: number, priorDeviation: number = defaultPriorDeviation): number {
  requireProbability("compute the mixture threshold", "alpha", alpha);
  const x = scaledInformation(information, priorDeviation);
  return x === 0 ? Number.POSITIVE_INFINITY : ((1 + x) / x) * (-Math.log(alpha) + 0.5 * Math.log1p(x));
}

/** ln of the two-sided evidence against the hypothesis that has this profile deviance. */
export function mixtureLnEvidence(deviance: number, information: number, priorDeviation: number = defaultPriorDeviation): number {
  const x = scaledInformation(information, priorDeviation);
  return -0.5 * Math.log1p(x) + (0.5 * deviance * x) / (1 + x);
}

/**
 * ln of the one-sided evidence.
 *
 * @param signedRoot - square root of the deviance, positive when the estimate lies on the side of the alternative.
 */
export function oneSidedMixtureLnEvidence(signedRoot: number, information: number, priorDeviation: number = defaultPriorDeviation): number {
  const x = scaledInformation(information, priorDeviation);
  const share = x / (1 + x);
  return Math.LN2 - 0.5 * Math.log1p(x) + 0.5 * signedRoot * signedRoot * share + normalLogCdf(signedRoot * Math.sqrt(share));
}

function scaledInformation(information: number, priorDeviation: number): number {
  requireNumber("compute the mixture threshold", "information", "0 or more", information, (value) => value >= 0 && value < Number.POSITIVE_INFINITY);
  return information * priorDeviation * priorDeviation;
}
