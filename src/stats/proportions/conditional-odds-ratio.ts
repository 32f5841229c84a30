import { type NotComputable, notComputable } from "../../errors.ts";
import { type NoncentralHypergeometric, noncentralHypergeometric } from "../../math/noncentral-hypergeometric.ts";
import { findRootOutwards, solveIncreasing } from "../../math/root.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import type { Interval } from "../interval.ts";
import { testOptions } from "../options.ts";
import type { TestResult } from "../result.ts";
import { checkArms, type ProportionCounts, showArms } from "./counts.ts";
import { fisherPValue } from "./fisher-p-value.ts";
import { type RatioOptions, requireRatio } from "./null-ratio.ts";
import { tailOf } from "./one-sample.ts";

const action = "compute the conditional odds ratio";

/**
 * By which factor do the odds of success differ, with guaranteed coverage at any sample size?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Level, alternative, `nullRatio` (default 1).
 * @returns The conditional maximum-likelihood odds ratio treatment / control (0 or Infinity at the ends of what the
 * margins allow) with its exact interval, and the exact test of `nullRatio` (two-sided: the tables that are no more
 * probable). `NotComputable` for an empty arm, or where all trials succeeded or all failed.
 *
 * Exact (conservative), at one look, for independent requests, conditional on the total number of successes.
 *
 * Source: J. Cornfield 1956, Proc. Third Berkeley Symp. 4, 135-148.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1), a null
 * ratio that is not positive.
 *
 * @example
 * ```ts
 * conditionalOddsRatio({ successes: 7, trials: 9 }, { successes: 2, trials: 10 }); // estimate 0.0859
 * ```
 */
export function conditionalOddsRatio(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: RatioOptions = {},
): TestResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { nullRatio = 1 } = options;
  requireRatio(action, nullRatio);
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  const given = (lnOddsRatio: number): NoncentralHypergeometric => conditionalOn(control, treatment, lnOddsRatio);
  const atNull = given(Math.log(nullRatio));
  const [smallest, largest] = atNull.support;
  if (smallest === largest) return notComputable("not-identified", showArms(control, treatment));
  const observed = treatment.successes;
  const lnTail = Math.log(tailOf(level, alternative));
  // Both limits are found from the odds ratio that fits best, or from the nearest one that is finite.
  const centre = solveFor(given, Math.min(largest - 0.5, Math.max(smallest + 0.5, observed)));
  const stride = 2 / Math.sqrt(Math.max(given(centre).variance, 0.25));
  const interval: Interval = [
    observed === smallest || alternative === "less"
      ? 0
      : Math.exp(findRootOutwards((ln) => given(ln).logSurvival(observed - 1) - lnTail, centre, -stride)),
    observed === largest || alternative === "greater"
      ? Infinity
      : Math.exp(findRootOutwards((ln) => given(ln).logCdf(observed) - lnTail, centre, stride)),
  ];
  return {
    computable: true,
    method: "conditional-odds-ratio",
    guarantee: "exact",
    assumptions: [independentRequests, fixedLook],
    estimate: observed === smallest ? 0 : observed === largest ? Infinity : Math.exp(centre),
    interval,
    level,
    alternative,
    nullValue: nullRatio,
    statistic: observed,
    ...fisherPValue(atNull, observed, alternative),
  };
}

/** The distribution of the treatment's successes, given the total of both arms. */
export function conditionalOn(
  control: ProportionCounts,
  treatment: ProportionCounts,
  lnOddsRatio: number,
): NoncentralHypergeometric {
  return noncentralHypergeometric(
    control.trials + treatment.trials,
    control.successes + treatment.successes,
    treatment.trials,
    lnOddsRatio,
  );
}

/** The ln odds ratio under which the expected successes of the treatment are `mean`. */
function solveFor(given: (lnOddsRatio: number) => NoncentralHypergeometric, mean: number): number {
  return solveIncreasing((ln) => {
    const distribution = given(ln);
    return [distribution.mean - mean, distribution.variance];
  }, 0);
}
