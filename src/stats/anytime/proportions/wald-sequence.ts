import { type NotComputable, notComputable, requireNumber } from "../../../errors.ts";
import { type ProportionCounts, requireCounts } from "../../proportions/counts.ts";
import type { Alternative } from "../../result.ts";
import { gaussianMixture, type GaussianMixtureResult } from "../mixtures/gaussian-mixture.ts";

/** The largest share of one arm up to which these methods keep their error rate. */
const largestShare = 0.7;

/** Options that both methods share. */
export interface WaldSequenceOptions {
  /** 1 - coverage. Default 0.05. */
  readonly alpha?: number;
  /** `greater` tests difference <= null; `less` the opposite. Default `two-sided`. */
  readonly alternative?: Alternative;
  /** Difference treatment - control under the null hypothesis. Default 0. */
  readonly nullDifference?: number;
  /**
   * Compute beyond a split of 70/30 too, where the error rate is known to be up to three times alpha. Default false.
   */
  readonly allowUnequalSplit?: boolean;
}

/**
 * The asymptotic confidence sequence of two proportions, as GrowthBook's sequential tests have it. Prefer
 * `blockEProcess` or the profile mixture: this one is here for comparison with existing reports.
 *
 * @param control - successes and trials of the control so far
 * @param treatment - the same for the treatment
 * @param options - alpha, alternative, and the sample size (both arms) at which it is tightest, default 5,000
 * @returns interval of treatment - control and evidence; "could not compute" beyond a split of 70/30 unless forced, and
 * while an arm has only one outcome
 *
 * Guarantee: anytime-asymptotic, and poor: the standard error is taken at its estimate, so that ever-false-rejection at
 * alpha 0.05 is 2-4 % at 50/50, but 7-14 % at 90/10 and 99/1, and 100 % when split and baseline change together.
 *
 * Source: I. Waudby-Smith et al. (2024), doi:10.1214/24-AOS2408.
 *
 * @throws {RangeError} for counts that are not counts, alpha outside (0, 1)
 * @example
 * ```ts
 * asymptoticProportionSequence({ successes: 9970, trials: 10000 }, { successes: 9900, trials: 10000 });
 * ```
 */
export function asymptoticProportionSequence(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: WaldSequenceOptions & { readonly tunedSampleSize?: number } = {},
): GaussianMixtureResult | NotComputable {
  return waldSequence("asymptotic-confidence-sequence", control, treatment, options, {
    tunedSampleSize: options.tunedSampleSize ?? 5_000,
  });
}

/**
 * The mixture sequential probability ratio test of two proportions.
 *
 * @param options - alpha, alternative, and the standard deviation of the prior of the difference, default 0.005 (half a
 * percentage point)
 * @returns as {@link asymptoticProportionSequence}, with the same limits: 11-14 % ever-false-rejection at 90/10 and
 * 99/1
 *
 * Source: R. Johari, P. Koomen, L. Pekelis, D. Walsh, Always valid inference: continuous monitoring of A/B tests
 * (2022), doi:10.1287/opre.2021.2135.
 *
 * @throws {RangeError} for counts that are not counts, alpha outside (0, 1), a prior deviation that is not positive
 * @example
 * ```ts
 * mixtureSequentialProbabilityRatioTest({ successes: 9970, trials: 10000 }, { successes: 9900, trials: 10000 });
 * ```
 */
export function mixtureSequentialProbabilityRatioTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: WaldSequenceOptions & { readonly priorDeviation?: number } = {},
): GaussianMixtureResult | NotComputable {
  return waldSequence("mixture-sequential-probability-ratio-test", control, treatment, options, {
    priorDeviation: options.priorDeviation ?? 0.005,
  });
}

function waldSequence(
  method: string,
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: WaldSequenceOptions,
  tuning: { readonly tunedSampleSize: number } | { readonly priorDeviation: number },
): GaussianMixtureResult | NotComputable {
  const action = `compute the ${method.replaceAll("-", " ")}`;
  requireCounts(action, "control", control);
  requireCounts(action, "treatment", treatment);
  const { alpha = 0.05, alternative = "two-sided", nullDifference = 0, allowUnequalSplit = false } = options;
  requireNumber(action, "nullDifference", "strictly between -1 and 1", nullDifference, (x) => Math.abs(x) < 1);
  const sampleSize = control.trials + treatment.trials;
  if (control.trials === 0 || treatment.trials === 0)
    return notComputable("no-data", `control has ${control.trials} trials, treatment ${treatment.trials}`);
  const share = Math.max(control.trials, treatment.trials) / sampleSize;
  if (share > largestShare && !allowUnequalSplit) {
    return notComputable(
      "method-does-not-apply",
      `one arm has ${(100 * share).toFixed(1)} % of the traffic; beyond 70 % this method rejects true nulls up ` +
        "to three times as often as promised",
    );
  }
  for (const [arm, { successes, trials }] of [
    ["control", control],
    ["treatment", treatment],
  ] as const) {
    if (successes === 0 || successes === trials) {
      return notComputable(
        "zero-variance",
        `${arm} has ${successes} successes of ${trials}: its standard error is not known`,
      );
    }
  }
  const variance = ({ successes, trials }: ProportionCounts): number =>
    (successes * (trials - successes)) / trials ** 3;
  const effect = {
    estimate: treatment.successes / treatment.trials - control.successes / control.trials,
    standardError: Math.sqrt(variance(control) + variance(treatment)),
    sampleSize,
  };
  return gaussianMixture(method, action, effect, { alpha, alternative, nullEffect: nullDifference, ...tuning });
}
