import type { NotComputable } from "../../errors.ts";
import { betaQuantile, betaSurvivalQuantile } from "../../math/beta.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import type { IntervalResult, TestOptions } from "../result.ts";
import { failures, type ProportionCounts } from "./counts.ts";
import { proportion } from "./difference.ts";
import { checkOneSample, noTrials, tailOf, within } from "./one-sample.ts";

/**
 * Which success rates are credible after what one arm showed, from Jeffreys' prior?
 *
 * @param counts - `successes` of `trials`.
 * @param options - Level and alternative.
 * @returns The success rate with the equal-tailed interval of the beta(successes + 1/2, failures + 1/2) posterior;
 * `NotComputable` without trials. There is no test.
 *
 * Asymptotic coverage, at one look, for independent requests; coverage is near the level on average.
 *
 * Source: L. D. Brown, T. T. Cai and A. DasGupta 2001, doi:10.1214/ss/1009213286.
 *
 * @throws {RangeError} Counts that are not non-negative integers, a level outside (0, 1).
 *
 * @example
 * ```ts
 * jeffreysInterval({ successes: 100, trials: 200 }); // interval [0.4311, 0.5689]
 * ```
 */
export function jeffreysInterval(counts: ProportionCounts, options: TestOptions = {}): IntervalResult | NotComputable {
  const action = "compute the Jeffreys interval";
  const { alternative, level } = checkOneSample(action, counts, options);
  if (counts.trials === 0) return noTrials;
  const tail = tailOf(level, alternative);
  const a = counts.successes + 0.5;
  const b = failures(counts) + 0.5;
  return {
    computable: true,
    method: "jeffreys",
    guarantee: "asymptotic",
    assumptions: [independentRequests, fixedLook],
    estimate: proportion(counts),
    interval: within([betaQuantile(tail, a, b), betaSurvivalQuantile(tail, a, b)], alternative),
    level,
  };
}
