import { cannot, requireCount } from "../../errors.ts";
import { logSumExp } from "../../math/log-sum-exp.ts";
import { type SequentialEvidence, sequentialEvidence } from "./evidence.ts";
import { lnDirichletMultinomialFactor } from "./mixtures/dirichlet-multinomial.ts";

/**
 * One allocation epoch: the planned weights of all arms, and how many units (or requests) each arm got, period by
 * period.
 */
export interface AllocatedCounts {
  /** Planned shares of the arms, in any unit; an arm of weight 0 must get nothing. */
  readonly weights: readonly number[];
  /** For every period, the counts that came in during it, in the order of `weights`. */
  readonly countsByPeriod: readonly (readonly number[])[];
}

/** How the test bets. */
export interface SampleRatioOptions {
  /**
   * Concentrations of the Dirichlet prior that are mixed with equal weights: a prior of concentration a detects
   * relative deviations of about 1 / sqrt(a) best. Default [100, 10_000, 1_000_000].
   */
  readonly concentrations?: readonly number[];
}

/** Evidence of a sample ratio mismatch. */
export interface SampleRatioResult extends SequentialEvidence {
  /** Arms (positions in `weights`) of weight 0 that got traffic: proof of a mismatch by itself. */
  readonly zeroWeightArmsWithTraffic: readonly number[];
}

/**
 * Do arms get the share of traffic that was planned, when the question is asked after every period?
 *
 * @param epochs - allocation epochs in time order; evidence multiplies across them
 * @param options - concentrations of the prior
 * @returns ln E and the always-valid p-value from the largest E so far; ln E is Infinity where an arm of weight 0 got
 * traffic
 *
 * Guarantee: anytime-exact when units are assigned independently with the planned probabilities. Count units, not
 * requests, when one unit makes many requests.
 *
 * Source: M. Lindon, A. Malek, Anytime-valid inference for multinomial count data (2022), arXiv:2011.03567.
 *
 * @throws {RangeError} for weights that are negative or sum to 0, counts that are not counts, periods of another length
 * @example
 * ```ts
 * const epochs = [{ weights: [0.5, 0.5], countsByPeriod: [[5000, 5010], [5000, 5700]] }];
 * sequentialSampleRatioTest(epochs).pValue < 0.001; // true
 * ```
 */
export function sequentialSampleRatioTest(
  epochs: readonly AllocatedCounts[],
  options: SampleRatioOptions = {},
): SampleRatioResult {
  const action = "test the sample ratio";
  const concentrations = options.concentrations ?? [100, 10_000, 1_000_000];
  if (concentrations.length === 0 || concentrations.some((a) => !(a > 0 && Number.isFinite(a)))) {
    throw new RangeError(cannot(action, "concentrations", "one or more positive finite numbers", concentrations));
  }
  const zeroWeightArmsWithTraffic = new Set<number>();
  let lnBefore = 0;
  let largest = 0;
  epochs.forEach(({ weights, countsByPeriod }, e) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (weights.some((weight) => !(weight >= 0)) || !(sum > 0 && Number.isFinite(sum))) {
      throw new RangeError(cannot(action, `epochs[${e}].weights`, "non-negative numbers with a positive sum", weights));
    }
    const open = weights.map((_, arm) => arm).filter((arm) => (weights[arm] as number) > 0);
    const shares = open.map((arm) => (weights[arm] as number) / sum);
    const priors = concentrations.map((a) => shares.map((share) => a * share));
    const totals = weights.map(() => 0);
    let lnEpoch = 0;
    countsByPeriod.forEach((counts, period) => {
      if (counts.length !== weights.length) {
        throw new RangeError(
          cannot(
            action,
            `epochs[${e}].countsByPeriod[${period}].length`,
            `the number of weights (${weights.length})`,
            counts.length,
          ),
        );
      }
      counts.forEach((count, arm) => {
        requireCount(action, `epochs[${e}].countsByPeriod[${period}][${arm}]`, count);
        totals[arm] = (totals[arm] as number) + count;
        if (weights[arm] === 0 && count > 0) zeroWeightArmsWithTraffic.add(arm);
      });
      const seen = open.map((arm) => totals[arm] as number);
      lnEpoch =
        logSumExp(priors.map((prior) => lnDirichletMultinomialFactor(seen, shares, prior))) - Math.log(priors.length);
      largest = Math.max(largest, lnBefore + lnEpoch);
    });
    lnBefore += lnEpoch;
  });
  const proof = zeroWeightArmsWithTraffic.size > 0;
  return {
    ...sequentialEvidence(
      "dirichlet-multinomial",
      "anytime-exact",
      proof ? Infinity : lnBefore,
      proof ? Infinity : largest,
    ),
    zeroWeightArmsWithTraffic: [...zeroWeightArmsWithTraffic].sort((a, b) => a - b),
  };
}
