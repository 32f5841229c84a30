import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import { requireOneOf, testOptions } from "../options.ts";
import type { TestOptions, TestResult } from "../result.ts";
import { checkArms, type ProportionCounts, showArms } from "./counts.ts";
import { miettinenNurminenInterval } from "./score-difference.ts";
import { maximumTables, unconditionalPValue } from "./unconditional-exact.ts";

/** Options of {@link barnardTest}. */
export interface BarnardOptions extends TestOptions {
  /** Variance of the z statistic that orders the tables; default `"pooled"`. */
  readonly variance?: "pooled" | "unpooled";
}

const action = "run Barnard's test";

/**
 * Do two arms differ in their share of successes, exactly and with more power than Fisher's test?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Alternative, variance of the ordering statistic, level of the interval.
 * @returns The difference treatment - control with its Miettinen-Nurminen interval (asymptotic; `intervalMethod` says
 * so), the z statistic and the exact p-value: the largest probability of a table as extreme, over the unknown common
 * success rate. `NotComputable` for an empty arm, where all trials succeeded or all failed, or beyond 4 million
 * possible tables.
 *
 * Exact, at one look, for independent requests.
 *
 * Source: G. A. Barnard 1945, doi:10.1038/156177a0; S. Suissa and J. J. Shuster 1985, doi:10.2307/2981892.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1).
 *
 * @example
 * ```ts
 * barnardTest({ successes: 7, trials: 9 }, { successes: 2, trials: 10 }); // pValue 0.0192
 * ```
 */
export function barnardTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: BarnardOptions = {},
): TestResult | NotComputable {
  const { alternative } = testOptions(action, options);
  const { variance = "pooled" } = options;
  requireOneOf(action, "variance", variance, ["pooled", "unpooled"]);
  const interval = exactTestInterval(action, control, treatment, options);
  if (isNotComputable(interval)) return interval;
  const statistic = zStatistic(control.trials, treatment.trials, variance);
  const observed = statistic(control.successes, treatment.successes);
  const slack = Number.isFinite(observed) ? 1e-9 * Math.abs(observed) : 0;
  const extreme = (c: number, t: number): boolean => {
    const z = statistic(c, t);
    if (alternative === "two-sided") return Math.abs(z) >= Math.abs(observed) - slack;
    return alternative === "less" ? z <= observed + slack : z >= observed - slack;
  };
  return {
    ...interval,
    method: `barnard-${variance}`,
    guarantee: "exact",
    intervalMethod: interval.method,
    statistic: observed,
    ...unconditionalPValue(control.trials, treatment.trials, extreme),
  };
}

/** Checks what the exact unconditional tests need, and gives the interval they report. */
export function exactTestInterval(
  action: string,
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: TestOptions,
): TestResult | NotComputable {
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  const successes = control.successes + treatment.successes;
  if (successes === 0 || successes === control.trials + treatment.trials)
    return notComputable("not-identified", showArms(control, treatment));
  const tables = (control.trials + 1) * (treatment.trials + 1);
  if (tables > maximumTables) {
    return notComputable(
      "method-does-not-apply",
      `${tables} tables are possible and at most ${maximumTables} are searched; ${showArms(control, treatment)}`,
    );
  }
  return miettinenNurminenInterval(control, treatment, { ...options });
}

/** The z statistic of every table; 0 where the shares are equal, infinite where they differ without variance. */
function zStatistic(
  controlTrials: number,
  treatmentTrials: number,
  variance: "pooled" | "unpooled",
): (control: number, treatment: number) => number {
  const total = controlTrials + treatmentTrials;
  return (control, treatment) => {
    const difference = treatment / treatmentTrials - control / controlTrials;
    if (treatment * controlTrials === control * treatmentTrials) return 0;
    const share = (control + treatment) / total;
    const squared =
      variance === "pooled"
        ? share * (1 - share) * (1 / controlTrials + 1 / treatmentTrials)
        : (control * (controlTrials - control)) / controlTrials ** 3 +
          (treatment * (treatmentTrials - treatment)) / treatmentTrials ** 3;
    return difference / Math.sqrt(squared);
  };
}
