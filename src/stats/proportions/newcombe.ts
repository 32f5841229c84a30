import type { NotComputable } from "../../errors.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import { testOptions } from "../options.ts";
import { criticalValue, sided } from "../p-value.ts";
import type { IntervalResult, TestOptions } from "../result.ts";
import { checkArms, type ProportionCounts } from "./counts.ts";
import { differenceOfProportions } from "./difference.ts";
import { wilsonReachDown, wilsonReachUp } from "./wilson.ts";

const action = "compute the Newcombe interval";

/**
 * By how much do two success rates differ? Hybrid of the Wilson intervals of both arms; never degenerate.
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Confidence level and alternative.
 * @returns The difference treatment - control with its interval; `NotComputable` for an empty arm. There is no test.
 *
 * Asymptotic, at one look, for independent requests; close to its level at success rates of 99.7 % too.
 *
 * Source: R. G. Newcombe 1998, method 10,
 * doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1).
 *
 * @example
 * ```ts
 * newcombeInterval({ successes: 1, trials: 34 }, { successes: 7, trials: 34 }); // interval [0.0189, 0.3404]
 * ```
 */
export function newcombeInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: TestOptions = {},
): IntervalResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  const critical = criticalValue(level, alternative);
  const estimate = differenceOfProportions(control, treatment);
  const down = Math.hypot(wilsonReachDown(treatment, critical), wilsonReachUp(control, critical));
  const up = Math.hypot(wilsonReachUp(treatment, critical), wilsonReachDown(control, critical));
  return {
    computable: true,
    method: "newcombe",
    guarantee: "asymptotic",
    assumptions: [independentRequests, fixedLook],
    estimate,
    interval: sided([estimate - down, estimate + up], alternative),
    level,
  };
}
