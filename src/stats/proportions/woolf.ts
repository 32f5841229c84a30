import { type NotComputable, notComputable } from "../../errors.ts";
import { fixedLook, independentRequests, largeCounts } from "../assumptions.ts";
import { requireOneOf, testOptions } from "../options.ts";
import type { TestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { checkArms, failures, type ProportionCounts, showArms } from "./counts.ts";
import { type RatioOptions, requireRatio } from "./null-ratio.ts";

/** Options of {@link woolfInterval}. */
export interface WoolfOptions extends RatioOptions {
  /**
   * What to add to the four counts, so that zeros can be used: `"none"` (the default), half to each (`"half"`), or in
   * proportion to their expectation with a total of 2 (`"expected"`).
   */
  readonly adjustment?: "none" | "half" | "expected";
}

const action = "compute the Woolf interval";

/**
 * By which factor do the odds of success differ?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Level, alternative, `nullRatio` (default 1), `adjustment` of zero counts.
 * @returns The odds ratio treatment / control with the interval and z-test of its logarithm. `NotComputable` for an
 * empty arm or for a zero cell without adjustment ({@link conditionalOddsRatio} answers there).
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: B. Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x; adjustments J. J. Gart 1966,
 * doi:10.1093/biomet/53.3-4.629, A. Agresti 1999, doi:10.1111/j.0006-341X.1999.00597.x.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1), a null
 * ratio that is not positive.
 *
 * @example
 * ```ts
 * woolfInterval({ successes: 1, trials: 34 }, { successes: 7, trials: 34 }); // interval [0.99, 73.9]
 * ```
 */
export function woolfInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: WoolfOptions = {},
): TestResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { nullRatio = 1, adjustment = "none" } = options;
  requireRatio(action, nullRatio);
  requireOneOf(action, "adjustment", adjustment, ["none", "half", "expected"]);
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  const observed = [treatment.successes, failures(treatment), control.successes, failures(control)] as const;
  const added = additions(control, treatment, adjustment);
  const [a, b, c, d] = observed.map((count, i) => count + (added[i] as number)) as [number, number, number, number];
  if (Math.min(a, b, c, d) === 0) {
    return notComputable(
      "method-does-not-apply",
      `${showArms(control, treatment)}, and the logarithm of the odds ratio needs all four counts`,
    );
  }
  const odds = (a / b) * (d / c);
  return waldResult({
    method: adjustment === "none" ? "woolf" : `woolf-${adjustment}`,
    assumptions: [independentRequests, fixedLook, largeCounts],
    estimate:
      adjustment === "none" || Math.min(...observed) === 0
        ? odds
        : (observed[0] / observed[1]) * (observed[3] / observed[2]),
    centre: Math.log(odds),
    standardError: Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d),
    nullValue: nullRatio,
    scale: "log",
    alternative,
    level,
    data: showArms(control, treatment),
  });
}

/** What is added to the treatment's successes and failures, and the control's. */
function additions(
  control: ProportionCounts,
  treatment: ProportionCounts,
  adjustment: "none" | "half" | "expected",
): readonly number[] {
  if (adjustment !== "expected") return new Array<number>(4).fill(adjustment === "half" ? 0.5 : 0);
  const total = control.trials + treatment.trials;
  const successes = control.successes + treatment.successes;
  const share = (row: number, column: number): number => (2 * (row / total) * column) / total;
  return [
    share(treatment.trials, successes),
    share(treatment.trials, total - successes),
    share(control.trials, successes),
    share(control.trials, total - successes),
  ];
}
