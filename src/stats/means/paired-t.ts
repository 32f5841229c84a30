import { type NotComputable, notComputable, requireFinite } from "../../errors.ts";
import { finiteVariance, fixedLook, independentPairs } from "../assumptions.ts";
import { testOptions } from "../options.ts";
import type { TestOptions, TTestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { pairedDifferences } from "./paired-differences.ts";
import { momentsOf, requireMoments, type SampleMoments } from "./sample-moments.ts";

/**
 * Does the treatment change the mean, when both versions answered the same requests?
 *
 * @param differences - Moments of the differences treatment - control within pairs.
 * @param options - `nullDifference` (default 0), alternative, level.
 * @returns The mean difference in the unit of the values with its t interval and test. `NotComputable` without pairs,
 * with a single one, or where all differences are equal.
 *
 * Asymptotic (exact for normal differences), at one look, for independent pairs.
 *
 * Source: Student 1908, doi:10.1093/biomet/6.1.1.
 *
 * @throws {RangeError} Moments that no sample has, a level outside (0, 1).
 *
 * @example
 * ```ts
 * pairedTTest(momentsOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2])); // t 1.33, df 9
 * ```
 */
export function pairedTTest(
  differences: SampleMoments,
  options: TestOptions & { readonly nullDifference?: number } = {},
): TTestResult | NotComputable {
  const action = "run a paired t-test";
  const { alternative, level } = testOptions(action, options);
  const { nullDifference = 0 } = options;
  requireFinite(action, "nullDifference", nullDifference);
  requireMoments(action, "differences", differences);
  const { count, mean, variance } = differences;
  if (count < 2) return notComputable(count === 0 ? "no-data" : "too-few-records", `there are ${count} pairs`);
  const standardError = Math.sqrt(variance / count);
  const degreesOfFreedom = count - 1;
  const result = waldResult({
    method: "paired-t",
    assumptions: [independentPairs, fixedLook, finiteVariance],
    estimate: mean,
    centre: mean,
    standardError,
    nullValue: nullDifference,
    degreesOfFreedom,
    alternative,
    level,
    data: `all ${count} differences are ${mean}`,
  });
  return result.computable ? { ...result, standardError, degreesOfFreedom } : result;
}

/**
 * What do the differences treatment - control within pairs say about their mean?
 *
 * @param control - Values of the control, one per pair.
 * @param treatment - Values of the treatment in the same order.
 * @returns Count, mean and unbiased variance of the differences, for {@link pairedTTest}.
 * @throws {RangeError} Values that are not finite, samples of different lengths.
 *
 * @example
 * ```ts
 * pairedDifferenceMoments([10, 12, 9], [11, 15, 10]); // count 3, mean 5/3, variance 4/3
 * ```
 */
export function pairedDifferenceMoments(control: ArrayLike<number>, treatment: ArrayLike<number>): SampleMoments {
  return momentsOf(pairedDifferences("compare pairs", control, treatment));
}
