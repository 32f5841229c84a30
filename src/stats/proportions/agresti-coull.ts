import type { NotComputable } from "../../errors.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import { criticalValue, sided } from "../p-value.ts";
import type { IntervalResult, TestOptions } from "../result.ts";
import type { ProportionCounts } from "./counts.ts";
import { proportion } from "./difference.ts";
import { checkOneSample, noTrials } from "./one-sample.ts";

/**
 * Which success rates fit what one arm showed? Wald interval after z^2 / 2 successes and failures are added.
 *
 * @param counts - `successes` of `trials`.
 * @param options - Level and alternative.
 * @returns The success rate with its interval, which may reach beyond 0 or 1 (it is not cut); `NotComputable` without
 * trials.
 *
 * Asymptotic, at one look, for independent requests; contains the Wilson interval.
 *
 * Source: A. Agresti and B. A. Coull 1998, doi:10.1080/00031305.1998.10480550.
 *
 * @throws {RangeError} Counts that are not non-negative integers, a level outside (0, 1).
 *
 * @example
 * ```ts
 * agrestiCoullInterval({ successes: 18, trials: 20 }); // interval [0.6868, 0.9843]
 * ```
 */
export function agrestiCoullInterval(
  counts: ProportionCounts,
  options: TestOptions = {},
): IntervalResult | NotComputable {
  const { alternative, level } = checkOneSample("compute the Agresti-Coull interval", counts, options);
  if (counts.trials === 0) return noTrials;
  const critical = criticalValue(level, alternative);
  const trials = counts.trials + critical * critical;
  const centre = (counts.successes + (critical * critical) / 2) / trials;
  const reach = critical * Math.sqrt((centre * (1 - centre)) / trials);
  return {
    computable: true,
    method: "agresti-coull",
    guarantee: "asymptotic",
    assumptions: [independentRequests, fixedLook],
    estimate: proportion(counts),
    interval: sided([centre - reach, centre + reach], alternative),
    level,
  };
}
