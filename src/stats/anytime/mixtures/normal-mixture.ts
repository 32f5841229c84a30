import { requireNumber, requireProbability } from "../../../errors.ts";
import { normalLogCdf } from "../../../math/normal.ts";

/**
 * The effects that a mixture of likelihood ratios is taken over: normal, centred at no effect, given by its standard
 * deviation; or several such with weights that add up to 1. It decides at which effect sizes the sequence is tightest,
 * not whether it is valid.
 */
export type EffectPrior = number | readonly PriorPart[];

/** One normal of a prior. */
export interface PriorPart {
  readonly weight: number;
  readonly deviation: number;
}

/** Standard deviation of the prior over log-odds effects on quantiles. */
export const defaultPriorDeviation = 0.35;

/**
 * Standard deviation of the prior over effects on means, in standard deviations of a single request: as much as
 * {@link defaultPriorDeviation} means for a share of 99 %.
 */
export const meanPriorDeviation = 0.035;

/**
 * Prior over log-odds effects on shares. 0.35 alone is within 2 % of the best for small effects at baselines from 97 to
 * 99.7 %, but needs more requests where failures triple or worse; a tenth of the weight on effects 3.4 times as large
 * wins that back and costs about 2 % where effects are small (docs/guarantees.md).
 */
export const sharePrior: EffectPrior = [
  { weight: 0.9, deviation: defaultPriorDeviation },
  { weight: 0.1, deviation: 1.2 },
];

/**
 * How large may half the profile deviance become by chance, at any time?
 *
 * @param information - Fisher information of the log-odds effect, above 0.
 * @param alpha - chance of ever exceeding it, in (0, 1).
 * @param prior - of the effect; default a normal with standard deviation 0.35.
 * @returns the threshold on D / 2; infinite where there is no information.
 * Asymptotic, anytime: a normal mixture of likelihood ratios (Robbins 1970, doi:10.1214/aoms/1177696786).
 * @throws {RangeError} for information below 0 or alpha outside (0, 1).
 */
export function mixtureThreshold(
  information: number,
  alpha: number,
  prior: EffectPrior = defaultPriorDeviation,
): number {
  requireProbability("compute the mixture threshold", "alpha", alpha);
  if (typeof prior === "number") return normalThreshold(scaledInformation(information, prior), alpha);
  // Each part on its own must reach 1 / (alpha weight): the smallest of those is above the threshold, and Newton's
  // steps on the logarithm, convex in the deviance, come down to it.
  let half = Math.min(
    ...prior.map(({ weight, deviation }) => normalThreshold(scaledInformation(information, deviation), alpha * weight)),
  );
  if (half === Infinity) return half;
  for (let step = 0; step < 60; step++) {
    let slope = 0;
    const ln = mixtureLnEvidence(2 * half, information, prior);
    for (const { weight, deviation } of prior) {
      const x = scaledInformation(information, deviation);
      slope += (x / (1 + x)) * Math.exp(Math.log(weight) + mixtureLnEvidence(2 * half, information, deviation) - ln);
    }
    const next = half - (ln + Math.log(alpha)) / slope;
    if (Math.abs(next - half) <= 4 * Number.EPSILON * half) return next;
    half = next;
  }
  return half;
}

function normalThreshold(x: number, alpha: number): number {
  return x === 0 ? Infinity : ((1 + x) / x) * (-Math.log(alpha) + 0.5 * Math.log1p(x));
}

/** ln of the two-sided evidence against the hypothesis that has this profile deviance. */
export function mixtureLnEvidence(
  deviance: number,
  information: number,
  prior: EffectPrior = defaultPriorDeviation,
): number {
  return overParts(prior, (deviation) => {
    const x = scaledInformation(information, deviation);
    return -0.5 * Math.log1p(x) + (0.5 * deviance * x) / (1 + x);
  });
}

/**
 * ln of the one-sided evidence.
 *
 * @param signedRoot - square root of the deviance, positive when the estimate lies on the side of the alternative.
 */
export function oneSidedMixtureLnEvidence(
  signedRoot: number,
  information: number,
  prior: EffectPrior = defaultPriorDeviation,
): number {
  return overParts(prior, (deviation) => {
    const x = scaledInformation(information, deviation);
    const share = x / (1 + x);
    return (
      Math.LN2 -
      0.5 * Math.log1p(x) +
      0.5 * signedRoot * signedRoot * share +
      normalLogCdf(signedRoot * Math.sqrt(share))
    );
  });
}

/** ln of the weighted mean of what the parts of a prior give. */
function overParts(prior: EffectPrior, lnOf: (deviation: number) => number): number {
  if (typeof prior === "number") return lnOf(prior);
  let largest = -Infinity;
  let total = 0;
  for (const { weight, deviation } of prior) {
    const ln = Math.log(weight) + lnOf(deviation);
    if (ln > largest) {
      total = total * Math.exp(largest - ln) + 1;
      largest = ln;
    } else if (ln > -Infinity) total += Math.exp(ln - largest);
  }
  return Number.isFinite(largest) ? largest + Math.log(total) : largest;
}

function scaledInformation(information: number, priorDeviation: number): number {
  requireNumber(
    "compute the mixture threshold",
    "information",
    "0 or more",
    information,
    (value) => value >= 0 && value < Infinity,
  );
  return information * priorDeviation * priorDeviation;
}
