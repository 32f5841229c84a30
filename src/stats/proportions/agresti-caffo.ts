import { type NotComputable, requireNumber } from "../../errors.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import { testOptions } from "../options.ts";
import type { TestOptions, TestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { checkArms, type ProportionCounts, showArms } from "./counts.ts";
import { differenceOfProportions, varianceOfProportion } from "./difference.ts";

const action = "compute the Agresti-Caffo interval";

/**
 * By how much do two success rates differ, when counts are small?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Confidence level, alternative, `nullDifference` (default 0).
 * @returns The difference treatment - control with the Wald interval of the counts after one success and one failure
 * are added to each arm, and the test of the same form. `NotComputable` for an empty arm.
 *
 * Asymptotic, at one look, for independent requests; close to its level from about 10 trials an arm.
 *
 * Source: A. Agresti and B. Caffo 2000, doi:10.1080/00031305.2000.10474560.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1).
 *
 * @example
 * ```ts
 * agrestiCaffoInterval({ successes: 1, trials: 34 }, { successes: 7, trials: 34 }); // interval [0.0116, 0.3217]
 * ```
 */
export function agrestiCaffoInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: TestOptions & { readonly nullDifference?: number } = {},
): TestResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { nullDifference = 0 } = options;
  requireNumber(action, "nullDifference", "a number strictly between -1 and 1", nullDifference, (x) => x > -1 && x < 1);
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  const smoothedControl = smoothed(control);
  const smoothedTreatment = smoothed(treatment);
  return waldResult({
    method: "agresti-caffo",
    assumptions: [independentRequests, fixedLook],
    estimate: differenceOfProportions(control, treatment),
    centre: differenceOfProportions(smoothedControl, smoothedTreatment),
    standardError: Math.sqrt(varianceOfProportion(smoothedControl) + varianceOfProportion(smoothedTreatment)),
    nullValue: nullDifference,
    alternative,
    level,
    data: showArms(control, treatment),
  });
}

function smoothed(counts: ProportionCounts): ProportionCounts {
  return { successes: counts.successes + 1, trials: counts.trials + 2 };
}
