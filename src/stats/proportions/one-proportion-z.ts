import type { NotComputable } from "../../errors.ts";
import { productMinus } from "../../math/exact-product.ts";
import { fixedLook, independentRequests, largeCounts } from "../assumptions.ts";
import type { TestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import type { ProportionCounts } from "./counts.ts";
import { proportion, varianceOfProportion } from "./difference.ts";
import { checkOneSample, noTrials, type OneSampleOptions } from "./one-sample.ts";

/**
 * Is the success rate of one arm different from a given one?
 *
 * @param counts - `successes` of `trials`.
 * @param options - `nullProportion` (default 0.5), level, alternative.
 * @returns The success rate with its Wald interval and the z-test with the observed variance. `NotComputable` without
 * trials or without variance; {@link wilsonInterval} has the test with the variance under the null, and an interval
 * that stays in [0, 1].
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: P. S. Laplace 1812, "Theorie analytique des probabilites"; A. Wald 1943,
 * doi:10.1090/S0002-9947-1943-0012401-3.
 *
 * @throws {RangeError} Counts that are not non-negative integers, a level or null outside (0, 1).
 *
 * @example
 * ```ts
 * oneProportionZTest({ successes: 5, trials: 83 }, { nullProportion: 0.05 }); // statistic 0.392, pValue 0.695
 * ```
 */
export function oneProportionZTest(
  counts: ProportionCounts,
  options: OneSampleOptions = {},
): TestResult | NotComputable {
  const { alternative, level, nullProportion } = checkOneSample("run the one-proportion z-test", counts, options);
  if (counts.trials === 0) return noTrials;
  const estimate = proportion(counts);
  const standardError = Math.sqrt(varianceOfProportion(counts));
  return waldResult({
    method: "one-proportion-z",
    assumptions: [independentRequests, fixedLook, largeCounts],
    estimate,
    centre: estimate,
    standardError,
    nullValue: nullProportion,
    distance: -productMinus(counts.trials, nullProportion, counts.successes) / counts.trials,
    alternative,
    level,
    data: `the arm has ${counts.successes} successes of ${counts.trials}`,
  });
}
