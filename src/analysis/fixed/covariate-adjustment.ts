import { type NotComputable, notComputable } from "../../errors.ts";
import { finiteVariance, fixedLook, independentRequests } from "./assumptions.ts";
import { type PairMoments, type SampleMoments, requirePairMoments } from "./moments.ts";
import type { TTestResult, WelchOptions } from "./welch.ts";
import { welchTest } from "./welch.ts";

/** A comparison of means with the noise that a covariate explains taken out. */
export interface AdjustedTestResult extends TTestResult {
  /** Slopes of y on the covariate x that were used. */
  readonly slopes: { readonly control: number; readonly treatment: number };
  /** Share of the squared standard error that the adjustment removed, at most 1. */
  readonly varianceReduction: number;
}

const assumptions: readonly string[] = [independentRequests, fixedLook, finiteVariance, "the treatment cannot change the covariate"];

/**
 * Do two arms differ in their mean, once what was known before is taken out? One common slope.
 *
 * @param control - Moments of the pairs (covariate x, outcome y) of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullDifference`, alternative, level.
 * @returns The adjusted difference of means treatment - control in the unit of y, with its t interval and test, the slope, and
 * the share of variance removed. `NotComputable` as {@link welchTest}, and for a constant covariate (`method-does-not-apply`).
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
export function cupedTest(control: PairMoments, treatment: PairMoments, options: WelchOptions = {}): AdjustedTestResult | NotComputable {
  const weights = [control.count - 1, treatment.count - 1] as const;
  const slope =
    (weights[0] * control.covariance + weights[1] * treatment.covariance) / (weights[0] * control.varianceX + weights[1] * treatment.varianceX);
  return adjusted("cuped", control, treatment, slope, slope, options);
}

/**
 * Do two arms differ in their mean, once what was known before is taken out? One slope per arm (regression with interaction):
 * never less precise than the plain comparison in large samples.
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
export function regressionAdjustedTest(control: PairMoments, treatment: PairMoments, options: WelchOptions = {}): AdjustedTestResult | NotComputable {
  return adjusted("regression-adjusted", control, treatment, control.covariance / control.varianceX, treatment.covariance / treatment.varianceX, options);
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
  if (!Number.isFinite(controlSlope) || !Number.isFinite(treatmentSlope)) return notComputable("method-does-not-apply", "the covariate is constant, so there is nothing to adjust for");
  const total = control.count + treatment.count;
  const centre = (control.meanX * control.count + treatment.meanX * treatment.count) / total;
  // Slopes that differ make the effect depend on the covariate, whose average is itself estimated.
  const spread = ((control.count - 1) * control.varianceX + (treatment.count - 1) * treatment.varianceX) / (total - 2);
  const shared = ((treatmentSlope - controlSlope) ** 2 * spread) / total / 2;
  const result = welchTest(residual(control, controlSlope, centre, shared), residual(treatment, treatmentSlope, centre, shared), {
    reportAs: { method, assumptions },
    ...options,
  });
  if (!result.computable) return result;
  const varianceReduction = 1 - (result.standardError / plain.standardError) ** 2;
  return { ...result, slopes: { control: controlSlope, treatment: treatmentSlope }, varianceReduction };
}

function outcome(pairs: PairMoments): SampleMoments {
  return { count: pairs.count, mean: pairs.meanY, variance: pairs.varianceY };
}

/** The moments of y - slope (x - centre), with `shared` added to the squared standard error. */
function residual(pairs: PairMoments, slope: number, centre: number, shared: number): SampleMoments {
  const variance = pairs.varianceY - 2 * slope * pairs.covariance + slope * slope * pairs.varianceX;
  return { count: pairs.count, mean: pairs.meanY - slope * (pairs.meanX - centre), variance: Math.max(0, variance) + shared * pairs.count };
}
