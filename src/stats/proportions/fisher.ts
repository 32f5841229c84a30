import type { NotComputable } from "../../errors.ts";
import { requireOneOf } from "../options.ts";
import type { TestOptions, TestResult } from "../result.ts";
import { conditionalOddsRatio, conditionalOn } from "./conditional-odds-ratio.ts";
import type { ProportionCounts } from "./counts.ts";
import { fisherPValue, type TwoSidedDefinition } from "./fisher-p-value.ts";

/** Options of {@link fisherTest}. */
export interface FisherOptions extends TestOptions {
  /** How a two-sided p-value is defined; default `"minimum-likelihood"`, as in R and scipy. */
  readonly twoSided?: TwoSidedDefinition;
  /** Whether to count the observed table half: closer to the nominal level, no longer guaranteed; default false. */
  readonly midP?: boolean;
}

/**
 * Do two arms differ in their share of successes, with a p-value that is valid at any sample size?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Alternative (`"greater"`: the treatment succeeds more often), definition of two-sided, mid-p, level.
 * @returns The conditional odds ratio treatment / control with its exact interval, the treatment's successes as the
 * statistic, and Fisher's p-value. `NotComputable` for an empty arm (`no-data`), or where all trials succeeded or all
 * failed (`not-identified`: every table is as extreme, p = 1).
 *
 * Exact (conservative), at one look, for independent requests, conditional on both margins; mid-p is asymptotic.
 *
 * Source: R. A. Fisher 1935, doi:10.2307/2342435; mid-p H. O. Lancaster 1961, doi:10.1080/01621459.1961.10482105.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1).
 *
 * @example
 * ```ts
 * fisherTest({ successes: 7, trials: 9 }, { successes: 2, trials: 10 }); // pValue 0.0230
 * ```
 */
export function fisherTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: FisherOptions = {},
): TestResult | NotComputable {
  const { twoSided = "minimum-likelihood", midP = false, alternative = "two-sided" } = options;
  requireOneOf("run Fisher's test", "twoSided", twoSided, ["minimum-likelihood", "doubled", "blaker"]);
  const result = conditionalOddsRatio(control, treatment, options);
  if (!result.computable) return result;
  return {
    ...result,
    method: `fisher${alternative === "two-sided" ? `-${twoSided}` : ""}${midP ? "-mid-p" : ""}`,
    guarantee: midP ? "asymptotic" : "exact",
    ...fisherPValue(conditionalOn(control, treatment, 0), treatment.successes, alternative, twoSided, midP),
  };
}
