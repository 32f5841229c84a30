import { isNotComputable, type NotComputable, requireNumber } from "../../errors.ts";
import { finiteVariance, fixedLook, independentUnits } from "../assumptions.ts";
import { requireOneOf } from "../options.ts";
import type { TTestResult } from "../result.ts";
import type { MeanRatioOptions } from "./fieller-result.ts";
import { type ClusteredArm, type ClusteredMoments, clusteredMoments } from "./unit-totals.ts";
import { meanRatioTest, type WelchOptions, welchTest } from "./welch.ts";

/** How much each unit counts. */
export interface ClusteredOptions {
  /** `"requests"` (the default) estimates the mean over requests; `"units"` the mean over units, every unit alike. */
  readonly weighting?: "requests" | "units";
}

/**
 * Do two arms differ in a mean (or share, or ratio of sums) when requests of a unit belong together?
 *
 * @param control - The control's units or hash buckets of units, as sums.
 * @param treatment - The treatment's.
 * @param options - `weighting`, `nullDifference`, alternative, level.
 * @returns The difference treatment - control with its t interval and test. Degrees of freedom follow the number of
 * units (for hash buckets: of buckets that hold requests), reduced where a few units hold most requests.
 * `NotComputable` for an arm without units (`no-data`) or with one (`too-few-units`).
 *
 * Asymptotic in the number of units, at one look; units must be independent, their requests need not be.
 *
 * Source: delta method over units, A. Deng, U. Knoblich and J. Lu 2018, doi:10.1145/3219819.3219919; effective number
 * of units L. Kish 1965, "Survey sampling".
 *
 * @throws {RangeError} Totals that are not finite, negative weights, a unit count below the number of buckets.
 *
 * @example
 * ```ts
 * // three load-test runs per arm: sum of latencies and number of requests of each run
 * const units = (...pairs: [number, number][]) => ({ units: pairs.map(([total, weight]) => ({ total, weight })) });
 * const control = units([35_600, 100], [41_000, 110], [30_100, 95]);
 * const treatment = units([25_600, 100], [29_000, 105], [22_900, 98]);
 * clusteredMeanTest(control, treatment);
 * ```
 */
export function clusteredMeanTest(
  control: ClusteredArm,
  treatment: ClusteredArm,
  options: ClusteredOptions & WelchOptions = {},
): TTestResult | NotComputable {
  const arms = momentsOfArms("compare clustered means", control, treatment, options);
  if (isNotComputable(arms)) return arms;
  const { weighting = "requests", ...rest } = options;
  const reportAs = {
    method: weighting === "units" ? "unit-mean-welch" : "clustered-mean",
    assumptions: [independentUnits, fixedLook, finiteVariance],
  };
  return welchTest(arms[0], arms[1], {
    reportAs,
    effectiveCounts: [arms[0].effectiveUnits, arms[1].effectiveUnits],
    ...rest,
  });
}

/**
 * By which factor do two arms differ in a mean (or share, or ratio of sums) when requests of a unit belong together?
 *
 * @param control - The control's units or hash buckets of units, as sums.
 * @param treatment - The treatment's.
 * @param options - `weighting`, `nullRatio`, alternative, level, `ratioMethod`.
 * @returns As {@link clusteredMeanTest}, for the ratio treatment / control.
 *
 * Asymptotic in the number of units, at one look. Source: as {@link clusteredMeanTest}, and Fieller's method as
 * `meanRatioTest`.
 *
 * @throws {RangeError} As {@link clusteredMeanTest}.
 *
 * @example
 * ```ts
 * const units = (...pairs: [number, number][]) => ({ units: pairs.map(([total, weight]) => ({ total, weight })) });
 * const control = units([35_600, 100], [41_000, 110], [30_100, 95]);
 * const treatment = units([25_600, 100], [29_000, 105], [22_900, 98]);
 * clusteredRatioTest(control, treatment);
 * ```
 */
export function clusteredRatioTest(
  control: ClusteredArm,
  treatment: ClusteredArm,
  options: ClusteredOptions & MeanRatioOptions = {},
): TTestResult | NotComputable {
  const arms = momentsOfArms("compare clustered means", control, treatment, options);
  if (isNotComputable(arms)) return arms;
  const { weighting = "requests", ...rest } = options;
  const effectiveCounts = [arms[0].effectiveUnits, arms[1].effectiveUnits] as const;
  const reportAs = {
    method: weighting === "units" ? "unit-mean-ratio" : "clustered-ratio",
    assumptions: [independentUnits, fixedLook, finiteVariance],
  };
  return meanRatioTest(arms[0], arms[1], { ...rest, reportAs, effectiveCounts });
}

/**
 * Do two arms differ in their share of successes when requests of a unit belong together?
 *
 * @param control - The control's units or buckets: `total` = successes, `weight` = requests.
 * @param treatment - The treatment's.
 * @param options - `weighting`, `nullDifference`, alternative, level.
 * @returns As {@link clusteredMeanTest}: the difference of shares treatment - control.
 *
 * Asymptotic in the number of units, at one look. Source: as {@link clusteredMeanTest}; J. N. K. Rao and A. J. Scott
 * 1992, doi:10.2307/2532311.
 *
 * @throws {RangeError} As {@link clusteredMeanTest}; a unit with a share outside [0, 1].
 *
 * @example
 * ```ts
 * const control = { units: [{ total: 9, weight: 10 }, { total: 19, weight: 20 }] };
 * const treatment = { units: [{ total: 8, weight: 10 }, { total: 20, weight: 20 }] };
 * clusteredProportionTest(control, treatment);
 * ```
 */
export function clusteredProportionTest(
  control: ClusteredArm,
  treatment: ClusteredArm,
  options: ClusteredOptions & WelchOptions = {},
): TTestResult | NotComputable {
  const action = "compare clustered proportions";
  for (const [name, arm] of [
    ["control", control],
    ["treatment", treatment],
  ] as const) {
    arm.units.forEach((unit, i) =>
      requireNumber(
        action,
        `${name}.units[${i}].total`,
        `a count of at most the ${unit.weight} requests`,
        unit.total,
        (x) => x >= 0 && x <= unit.weight,
      ),
    );
  }
  const result = clusteredMeanTest(control, treatment, options);
  return result.computable ? { ...result, method: result.method.replace("mean", "proportion") } : result;
}

function momentsOfArms(
  action: string,
  control: ClusteredArm,
  treatment: ClusteredArm,
  { weighting = "requests" }: ClusteredOptions,
): readonly [ClusteredMoments, ClusteredMoments] | NotComputable {
  requireOneOf(action, "weighting", weighting, ["requests", "units"]);
  const c = clusteredMoments(action, "control", control, weighting);
  if (isNotComputable(c)) return c;
  const t = clusteredMoments(action, "treatment", treatment, weighting);
  return isNotComputable(t) ? t : [c, t];
}
