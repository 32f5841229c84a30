import { cannot, type NotComputable, requireNumber } from "../../errors.ts";
import { fixedLook, independentRequests, largeCounts } from "../assumptions.ts";
import { requireOneOf, testOptions } from "../options.ts";
import type { TestOptions, TestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { checkArms, type ProportionCounts, showArms } from "./counts.ts";
import { differenceOfProportions, varianceOfProportion } from "./difference.ts";

/** Options of {@link twoProportionZTest}. */
export interface TwoProportionZOptions extends TestOptions {
  /** Variance of the statistic: from the common share of both arms (`"pooled"`, the default) or from each arm's own. */
  readonly variance?: "pooled" | "unpooled";
  /**
   * Variance of the interval: each arm's own (`"unpooled"`, the default), or the common one, which only fits a zero
   * difference.
   */
  readonly intervalVariance?: "pooled" | "unpooled";
  /** Whether to move the difference by (1/n_control + 1/n_treatment) / 2 towards the null (Yates); default false. */
  readonly continuity?: boolean;
  /** Difference treatment - control under the null, in (-1, 1); default 0. Other values need `variance: "unpooled"`. */
  readonly nullDifference?: number;
}

const action = "run the two-proportion z-test";

/**
 * Do two arms differ in their share of successes?
 *
 * @param control - Counts of the control: `successes` of `trials` independent requests.
 * @param treatment - Counts of the treatment.
 * @param options - Variance, continuity correction, alternative, null difference, confidence level.
 * @returns The difference treatment - control (a share, in [-1, 1]), its Wald interval (unpooled variance unless asked
 * otherwise, widened by the continuity correction if asked for), the z statistic and its p-value. `NotComputable` for
 * an empty arm (`no-data`) or where the variance is 0 (`zero-variance`); Fisher, Barnard or a score interval still
 * answer then.
 *
 * Asymptotic, at one look fixed in advance: wants at least about 10 successes and 10 failures in each arm. Requests
 * must be independent; with many requests per user use a unit-clustered test.
 *
 * Source: K. Pearson 1900; continuity correction F. Yates 1934, doi:10.2307/2983604.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1), a null
 * difference other than 0 with the pooled variance.
 *
 * @example
 * ```ts
 * const result = twoProportionZTest({ successes: 840, trials: 1000 }, { successes: 511, trials: 1000 });
 * if (result.computable) console.log(result.estimate, result.pValue); // -0.329, 6e-56
 * ```
 */
export function twoProportionZTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: TwoProportionZOptions = {},
): TestResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { variance = "pooled", intervalVariance = "unpooled", continuity = false, nullDifference = 0 } = options;
  requireOneOf(action, "variance", variance, ["pooled", "unpooled"]);
  requireOneOf(action, "intervalVariance", intervalVariance, ["pooled", "unpooled"]);
  requireNumber(action, "nullDifference", "a number strictly between -1 and 1", nullDifference, (x) => x > -1 && x < 1);
  if (variance === "pooled" && nullDifference !== 0) {
    throw new RangeError(
      `${cannot(action, "nullDifference", 'zero with variance "pooled"', nullDifference)}. Use variance ` +
        `"unpooled" or farringtonManningTest`,
    );
  }
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  const estimate = differenceOfProportions(control, treatment);
  const pooled = Math.sqrt(pooledVariance(control, treatment));
  const unpooled = Math.sqrt(varianceOfProportion(control) + varianceOfProportion(treatment));
  return waldResult({
    method: `two-proportion-z-${variance}${continuity ? "-continuity" : ""}`,
    assumptions: [independentRequests, fixedLook, largeCounts],
    estimate,
    centre: estimate,
    standardError: intervalVariance === "pooled" ? pooled : unpooled,
    standardErrorUnderNull: variance === "pooled" ? pooled : unpooled,
    nullValue: nullDifference,
    correction: continuity ? 0.5 * (1 / control.trials + 1 / treatment.trials) : 0,
    alternative,
    level,
    data: showArms(control, treatment),
  });
}

function pooledVariance(control: ProportionCounts, treatment: ProportionCounts): number {
  const total = control.trials + treatment.trials;
  const successes = control.successes + treatment.successes;
  return (successes / total) * ((total - successes) / total) * (1 / control.trials + 1 / treatment.trials);
}
