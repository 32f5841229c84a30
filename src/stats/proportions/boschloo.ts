import { isNotComputable, type NotComputable } from "../../errors.ts";
import { hypergeometricLogProbability, hypergeometricSupport } from "../../math/hypergeometric.ts";
import { testOptions } from "../options.ts";
import type { PValue } from "../p-value.ts";
import type { TestOptions, TestResult } from "../result.ts";
import { exactTestInterval } from "./barnard.ts";
import { fromLog, tieSlack } from "./binomial-test.ts";
import type { ProportionCounts } from "./counts.ts";
import { unconditionalPValue } from "./unconditional-exact.ts";

const action = "run Boschloo's test";

/**
 * Do two arms differ in their share of successes, exactly and never with less power than Fisher's test?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Alternative, level of the interval.
 * @returns The difference treatment - control with its Miettinen-Nurminen interval (asymptotic; `intervalMethod` says
 * so), Fisher's one-sided p-value as the statistic, and the exact p-value: the largest probability of a table with a
 * Fisher p-value no larger, over the unknown common success rate; two-sided is twice the smaller one-sided.
 * `NotComputable` as {@link barnardTest}.
 *
 * Exact, at one look, for independent requests.
 *
 * Source: R. D. Boschloo 1970, doi:10.1111/j.1467-9574.1970.tb00104.x.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1).
 *
 * @example
 * ```ts
 * boschlooTest({ successes: 7, trials: 9 }, { successes: 2, trials: 10 }); // pValue 0.0198
 * ```
 */
export function boschlooTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: TestOptions = {},
): TestResult | NotComputable {
  const { alternative } = testOptions(action, options);
  const interval = exactTestInterval(action, control, treatment, options);
  if (isNotComputable(interval)) return interval;
  const sides = (alternative === "two-sided" ? (["less", "greater"] as const) : [alternative]).map((side) =>
    oneSided(control, treatment, side),
  );
  const smallest = sides.reduce((a, b) => (b.statistic < a.statistic ? b : a));
  const { lnPValue } = sides.reduce((a, b) => (b.lnPValue < a.lnPValue ? b : a));
  return {
    ...interval,
    method: "boschloo",
    guarantee: "exact",
    intervalMethod: interval.method,
    statistic: smallest.statistic,
    ...fromLog(alternative === "two-sided" ? lnPValue + Math.LN2 : lnPValue),
  };
}

function oneSided(
  control: ProportionCounts,
  treatment: ProportionCounts,
  side: "less" | "greater",
): PValue & { readonly statistic: number } {
  const fisher = fisherTails(control.trials, treatment.trials, side);
  const observed = fisher(control.successes, treatment.successes);
  const bound = observed * (1 + tieSlack);
  return {
    statistic: observed,
    ...unconditionalPValue(control.trials, treatment.trials, (c, t) => fisher(c, t) <= bound),
  };
}

/** Fisher's one-sided p-value of every table, one running sum for each total number of successes. */
function fisherTails(
  controlTrials: number,
  treatmentTrials: number,
  side: "less" | "greater",
): (control: number, treatment: number) => number {
  const population = controlTrials + treatmentTrials;
  const bySuccesses = new Map<number, { readonly smallest: number; readonly tails: Float64Array }>();
  const tailsOf = (successes: number): { readonly smallest: number; readonly tails: Float64Array } => {
    const known = bySuccesses.get(successes);
    if (known !== undefined) return known;
    const [smallest, largest] = hypergeometricSupport(population, successes, treatmentTrials);
    const tails = new Float64Array(largest - smallest + 1);
    let total = 0;
    for (let i = 0; i < tails.length; i += 1) {
      const at = side === "less" ? i : tails.length - 1 - i;
      total += Math.exp(hypergeometricLogProbability(smallest + at, population, successes, treatmentTrials));
      tails[at] = Math.min(1, total);
    }
    const entry = { smallest, tails };
    bySuccesses.set(successes, entry);
    return entry;
  };
  return (control, treatment) => {
    const { smallest, tails } = tailsOf(control + treatment);
    return tails[treatment - smallest] as number;
  };
}
