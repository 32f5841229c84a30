import { type NotComputable, notComputable } from "../../errors.ts";
import { finiteVariance, fixedLook, independentRequests } from "../assumptions.ts";
import { requireOneOf, testOptions } from "../options.ts";
import { requireRatio } from "../proportions/null-ratio.ts";
import type { TTestResult } from "../result.ts";
import { fiellerResult, type MeanRatioOptions } from "./fieller-result.ts";
import { type PairMoments, requirePairMoments, type SampleMoments } from "./sample-moments.ts";
import { type WelchOptions, welchTest } from "./welch.ts";

/** A comparison of means with the noise that a covariate explains taken out. */
export interface AdjustedTestResult extends TTestResult {
  /** Slopes of y on the covariate x that were used. */
  readonly slopes: { readonly control: number; readonly treatment: number };
  /** Share of the squared standard error that the adjustment removed, at most 1. */
  readonly varianceReduction: number;
}

const assumptions: readonly string[] = [
  independentRequests,
  fixedLook,
  finiteVariance,
  "the treatment cannot change the covariate",
];

/**
 * Do two arms differ in their mean, once what was known before is taken out? One common slope.
 *
 * @param control - Moments of the pairs (covariate x, outcome y) of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullDifference`, alternative, level.
 * @returns The adjusted difference of means treatment - control in the unit of y, with its t interval and test, the
 * slope, and the share of variance removed. `NotComputable` as {@link welchTest}, and for a constant covariate
 * (`method-does-not-apply`).
 *
 * Asymptotic, at one look; unbiased by the adjustment as long as the treatment cannot change the covariate.
 *
 * Source: A. Deng, Y. Xu, R. Kohavi and T. Walker 2013 (CUPED), doi:10.1145/2433396.2433413.
 *
 * @throws {RangeError} Moments that no sample has, a level outside (0, 1).
 *
 * @example
 * ```ts
 * cupedTest(pairMomentsOf([1, 2, 3, 4], [2, 4, 7, 8]), pairMomentsOf([1, 2, 3, 5], [3, 6, 7, 12]));
 * ```
 */
export function cupedTest(
  control: PairMoments,
  treatment: PairMoments,
  options: WelchOptions = {},
): AdjustedTestResult | NotComputable {
  const slope = commonSlope(control, treatment);
  return adjusted("cuped", control, treatment, slope, slope, options);
}

/**
 * By which factor do two arms differ in their mean, once what was known before is taken out?
 *
 * @param control - Moments of the pairs (covariate x, outcome y) of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullRatio` (default 1), alternative, level, `ratioMethod`.
 * @returns 1 + adjusted difference / mean of the control, with its t interval and test by Fieller's method: see
 * {@link meanRatioTest}. `NotComputable` as {@link cupedTest}.
 *
 * Asymptotic, at one look.
 *
 * Source: as {@link cupedTest} and {@link meanRatioTest}.
 *
 * @throws {RangeError} As {@link cupedTest}; a null ratio that is not positive.
 *
 * @example
 * ```ts
 * cupedRatioTest(pairMomentsOf([1, 2, 3, 4], [2, 4, 7, 8]), pairMomentsOf([1, 2, 3, 5], [3, 6, 7, 12]));
 * ```
 */
export function cupedRatioTest(
  control: PairMoments,
  treatment: PairMoments,
  options: MeanRatioOptions = {},
): TTestResult | NotComputable {
  const action = "compare adjusted means";
  const { alternative, level } = testOptions(action, options);
  const { nullRatio = 1, ratioMethod = "fieller" } = options;
  requireRatio(action, nullRatio);
  requireOneOf(action, "ratioMethod", ratioMethod, ["fieller", "delta"]);
  const difference = cupedTest(control, treatment, { level });
  if (!difference.computable) return difference;
  const { standardError: error, slopes, degreesOfFreedom } = difference;
  const controlVariance = control.varianceY / control.count;
  // The adjusted difference and the control's mean share the control's noise.
  const shared = (control.varianceY - slopes.control * control.covariance) / control.count;
  return fiellerResult({
    method: "cuped-ratio",
    assumptions,
    numerator: control.meanY + difference.estimate,
    denominator: control.meanY,
    numeratorVariance: error * error + controlVariance - 2 * shared,
    denominatorVariance: controlVariance,
    covariance: controlVariance - shared,
    degreesOfFreedom,
    nullValue: nullRatio,
    alternative,
    level,
    ratioMethod,
    data: `all values of the control are ${control.meanY}`,
  });
}

/**
 * Do two arms differ in their mean, once what was known before is taken out? One slope per arm (regression with
 * interaction): never less precise than the plain comparison in large samples.
 *
 * @param control - Moments of the pairs (covariate x, outcome y) of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullDifference`, alternative, level.
 * @returns As {@link cupedTest}.
 *
 * Asymptotic, at one look.
 *
 * Source: W. Lin 2013, doi:10.1214/12-AOAS583.
 *
 * @throws {RangeError} As {@link cupedTest}.
 *
 * @example
 * ```ts
 * regressionAdjustedTest(pairMomentsOf([1, 2, 3, 4], [2, 4, 7, 8]), pairMomentsOf([1, 2, 3, 5], [3, 6, 7, 12]));
 * ```
 */
export function regressionAdjustedTest(
  control: PairMoments,
  treatment: PairMoments,
  options: WelchOptions = {},
): AdjustedTestResult | NotComputable {
  return adjusted(
    "regression-adjusted",
    control,
    treatment,
    control.covariance / control.varianceX,
    treatment.covariance / treatment.varianceX,
    options,
  );
}

function adjusted(
  method: string,
  control: PairMoments,
  treatment: PairMoments,
  controlSlope: number,
  treatmentSlope: number,
  options: WelchOptions,
): AdjustedTestResult | NotComputable {
  const action = "compare adjusted means";
  requirePairMoments(action, "control", control);
  requirePairMoments(action, "treatment", treatment);
  const plain = welchTest(outcome(control), outcome(treatment), options);
  if (!plain.computable) return plain;
  if (!Number.isFinite(controlSlope) || !Number.isFinite(treatmentSlope))
    return notComputable("method-does-not-apply", "the covariate is constant, so there is nothing to adjust for");
  const total = control.count + treatment.count;
  const centre = commonCentre(control, treatment);
  // Slopes that differ make the effect depend on the covariate, whose average is itself estimated.
  const spread = ((control.count - 1) * control.varianceX + (treatment.count - 1) * treatment.varianceX) / (total - 2);
  const shared = ((treatmentSlope - controlSlope) ** 2 * spread) / total / 2;
  const result = welchTest(
    residual(control, controlSlope, centre, shared),
    residual(treatment, treatmentSlope, centre, shared),
    {
      reportAs: { method, assumptions },
      ...options,
    },
  );
  if (!result.computable) return result;
  const varianceReduction = 1 - (result.standardError / plain.standardError) ** 2;
  return { ...result, slopes: { control: controlSlope, treatment: treatmentSlope }, varianceReduction };
}

function commonSlope(control: PairMoments, treatment: PairMoments): number {
  const weights = [control.count - 1, treatment.count - 1] as const;
  return (
    (weights[0] * control.covariance + weights[1] * treatment.covariance) /
    (weights[0] * control.varianceX + weights[1] * treatment.varianceX)
  );
}

function commonCentre(control: PairMoments, treatment: PairMoments): number {
  return (control.meanX * control.count + treatment.meanX * treatment.count) / (control.count + treatment.count);
}

function outcome(pairs: PairMoments): SampleMoments {
  return { count: pairs.count, mean: pairs.meanY, variance: pairs.varianceY };
}

/** The moments of y - slope (x - centre), with `shared` added to the squared standard error. */
function residual(pairs: PairMoments, slope: number, centre: number, shared: number): SampleMoments {
  const variance = pairs.varianceY - 2 * slope * pairs.covariance + slope * slope * pairs.varianceX;
  return {
    count: pairs.count,
    mean: pairs.meanY - slope * (pairs.meanX - centre),
    variance: Math.max(0, variance) + shared * pairs.count,
  };
}
