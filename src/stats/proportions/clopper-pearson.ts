import type { NotComputable } from "../../errors.ts";
import { betaQuantile, betaSurvivalQuantile } from "../../math/beta.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import type { Interval } from "../interval.ts";
import type { TestResult } from "../result.ts";
import { binomialPValue } from "./binomial-test.ts";
import { failures, type ProportionCounts } from "./counts.ts";
import { proportion } from "./difference.ts";
import { checkOneSample, noTrials, type OneSampleOptions, tailOf, within } from "./one-sample.ts";

/**
 * Which success rates fit what one arm showed, with guaranteed coverage at any sample size?
 *
 * @param counts - `successes` of `trials`.
 * @param options - Level, alternative, `nullProportion` (default 0.5).
 * @returns The success rate with its Clopper-Pearson interval and the exact binomial test of `nullProportion`
 * (two-sided by the outcomes that are no more probable); `NotComputable` without trials.
 *
 * Exact (conservative), at one look, for independent requests.
 *
 * Source: C. J. Clopper and E. S. Pearson 1934, doi:10.1093/biomet/26.4.404.
 *
 * @throws {RangeError} Counts that are not non-negative integers, a level or null outside (0, 1).
 *
 * @example
 * ```ts
 * clopperPearsonInterval({ successes: 0, trials: 100 }); // interval [0, 0.0362]
 * ```
 */
export function clopperPearsonInterval(
  counts: ProportionCounts,
  options: OneSampleOptions = {},
): TestResult | NotComputable {
  const action = "compute the Clopper-Pearson interval";
  const { alternative, level, nullProportion } = checkOneSample(action, counts, options);
  if (counts.trials === 0) return noTrials;
  const tail = tailOf(level, alternative);
  const { successes } = counts;
  const failed = failures(counts);
  const interval: Interval = [
    successes === 0 ? 0 : betaQuantile(tail, successes, failed + 1),
    failed === 0 ? 1 : betaSurvivalQuantile(tail, successes + 1, failed),
  ];
  return {
    computable: true,
    method: "clopper-pearson",
    guarantee: "exact",
    assumptions: [independentRequests, fixedLook],
    estimate: proportion(counts),
    interval: within(interval, alternative),
    level,
    alternative,
    nullValue: nullProportion,
    statistic: successes,
    ...binomialPValue(counts, nullProportion, alternative),
  };
}
