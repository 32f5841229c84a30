import { cannot, type NotComputable, requireProbability } from "../../errors.ts";
import type { Alternative, TestResult } from "../result.ts";
import type { ProportionCounts } from "./counts.ts";
import { farringtonManningTest } from "./score-difference.ts";

/** The outcome of two one-sided tests. */
export interface EquivalenceResult extends TestResult {
  /** The range of values that count as equivalent. */
  readonly margins: readonly [lower: number, upper: number];
  /** Whether the parameter is established to lie inside the margins at `alpha`. */
  readonly equivalent: boolean;
  readonly alpha: number;
}

/** Any test that can be asked about a null value, one-sided. */
export type NullValueTest = (nullValue: number, alternative: Alternative, level: number) => TestResult | NotComputable;

/**
 * Is a parameter inside a range of practical equivalence? Two one-sided tests (TOST) with any test.
 *
 * @param test - Runs the test for a null value, an alternative and a level.
 * @param margins - Lower and upper end of the range, in the parameter's unit, lower < upper.
 * @param alpha - Significance level of each one-sided test, in (0, 1); default 0.05.
 * @returns The estimate with its two-sided interval at 1 - 2 alpha (inside the margins exactly when both tests reject),
 * the statistic of the test with the larger p-value and that p-value. `NotComputable` when the test is.
 *
 * Has the guarantee of the test.
 *
 * Source: D. J. Schuirmann 1987, doi:10.1007/BF01068419.
 *
 * @throws {RangeError} Margins in the wrong order, alpha outside (0, 1/2).
 *
 * @example
 * ```ts
 * const control = { successes: 840, trials: 1000 };
 * const treatment = { successes: 850, trials: 1000 };
 * const compare: NullValueTest = (nullRatio, alternative, level) =>
 *   katzInterval(control, treatment, { nullRatio, alternative, level });
 * twoOneSidedTests(compare, [0.8, 1.25]);
 * ```
 */
export function twoOneSidedTests(
  test: NullValueTest,
  margins: readonly [lower: number, upper: number],
  alpha: number = 0.05,
): EquivalenceResult | NotComputable {
  const [lower, upper] = margins;
  if (!(lower < upper))
    throw new RangeError(cannot("test equivalence", "margins", "a lower and a larger upper end", margins));
  requireProbability("test equivalence", "alpha", alpha);
  if (alpha >= 0.5) throw new RangeError(cannot("test equivalence", "alpha", "less than 0.5", alpha));
  const above = test(lower, "greater", 1 - alpha);
  if (!above.computable) return above;
  const below = test(upper, "less", 1 - alpha);
  if (!below.computable) return below;
  const worse = above.lnPValue >= below.lnPValue ? above : below;
  return {
    ...worse,
    method: `tost-${worse.method}`,
    interval: [above.interval[0], below.interval[1]],
    level: 1 - 2 * alpha,
    margins,
    equivalent: worse.pValue < alpha,
    alpha,
  };
}

/**
 * Are two success rates equivalent within a margin? Two one-sided Farrington-Manning tests.
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param margins - Range of differences treatment - control that count as equivalent, inside (-1, 1).
 * @param alpha - Significance level of each test; default 0.05.
 * @returns As {@link twoOneSidedTests}.
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: as {@link twoOneSidedTests} and {@link farringtonManningTest}.
 *
 * @throws {RangeError} Counts or margins out of range.
 *
 * @example
 * ```ts
 * proportionEquivalenceTest({ successes: 9970, trials: 10000 }, { successes: 9969, trials: 10000 }, [-0.005, 0.005]);
 * ```
 */
export function proportionEquivalenceTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  margins: readonly [lower: number, upper: number],
  alpha: number = 0.05,
): EquivalenceResult | NotComputable {
  return twoOneSidedTests(
    (nullDifference, alternative, level) =>
      farringtonManningTest(control, treatment, { nullDifference, alternative, level }),
    margins,
    alpha,
  );
}
