import { type NotComputable, notComputable } from "../../errors.ts";
import type { Interval } from "../interval.ts";
import { criticalValue, sided, symmetricPValue } from "../p-value.ts";
import type { RatioOptions } from "../proportions/null-ratio.ts";
import type { Alternative, TTestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";

/** Options of the tests for a ratio of means. */
export interface MeanRatioOptions extends RatioOptions {
  /**
   * `"fieller"` (the default) holds its level also where the control's mean is near 0. `"delta"` is the approximation
   * that many other tools use; it needs a control mean that is many standard errors from 0.
   */
  readonly ratioMethod?: "fieller" | "delta";
}

/** Two estimates that are about normal, and how the ratio of the first to the second is to be tested. */
export interface FiellerInput {
  /** Stable id of the method, without the ending that says how the ratio is tested. */
  readonly method: string;
  readonly assumptions: readonly string[];
  /** The treatment's mean. */
  readonly numerator: number;
  /** The control's mean. */
  readonly denominator: number;
  readonly numeratorVariance: number;
  readonly denominatorVariance: number;
  /** Covariance of the two estimates; default 0. */
  readonly covariance?: number;
  readonly degreesOfFreedom: number;
  readonly nullValue: number;
  readonly alternative: Alternative;
  readonly level: number;
  readonly ratioMethod: "fieller" | "delta";
  /** What the data were, in words, in case there is no variance. */
  readonly data: string;
}

/**
 * The ratio of two means, tested through the difference numerator - ratio x denominator, which is about normal whatever
 * the denominator (E. C. Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x), or by the delta method.
 *
 * A ratio presupposes a control whose mean is not negative for certain: a claim "the ratio exceeds r" is read as
 * "numerator - r x denominator has the sign of the denominator that was observed".
 *
 * @param input - Both estimates with their variances, and the hypothesis.
 * @returns The ratio with its interval and test. The estimate is infinite where the denominator is 0. Where the data do
 * not tell the denominator from 0, the ratios that are not rejected reach to infinity and continue from minus infinity;
 * the interval is then the part that holds the estimate, unbounded on one side, or unbounded on both sides for a
 * negative estimate.
 */
export function fiellerResult(input: FiellerInput): TTestResult | NotComputable {
  const { numerator, nullValue, alternative, level, degreesOfFreedom, assumptions, data } = input;
  const denominator = input.denominator === 0 ? 0 : input.denominator;
  const { numeratorVariance, denominatorVariance, covariance = 0, ratioMethod } = input;
  const varianceAt = (ratio: number): number =>
    numeratorVariance - 2 * ratio * covariance + ratio * ratio * denominatorVariance;
  const estimate = numerator / denominator;
  const standardError = Math.sqrt(varianceAt(estimate)) / Math.abs(denominator);
  if (ratioMethod === "delta") {
    if (denominator === 0)
      return notComputable("method-does-not-apply", "the mean of the control is 0, where the delta method fails");
    const method = `${input.method}-delta`;
    const result = waldResult({ ...input, method, estimate, centre: estimate, standardError });
    return result.computable ? { ...result, standardError, degreesOfFreedom } : result;
  }
  const underNull = varianceAt(nullValue);
  if (!(underNull > 0)) return notComputable("zero-variance", data);
  if (numerator === 0 && denominator === 0)
    return notComputable("not-identified", "the means of both arms are 0, so any ratio fits");
  const sign = denominator < 0 ? -1 : 1;
  const statistic = (sign * (numerator - nullValue * denominator)) / Math.sqrt(underNull);
  const critical = criticalValue(level, alternative, degreesOfFreedom);
  return {
    computable: true,
    method: `${input.method}-fieller`,
    guarantee: "asymptotic",
    assumptions,
    estimate,
    interval: sided(notRejected(input, critical), alternative),
    level,
    alternative,
    nullValue,
    statistic,
    ...symmetricPValue(statistic, alternative, degreesOfFreedom),
    standardError: denominator === 0 ? Infinity : standardError,
    degreesOfFreedom,
  };
}

/** The ratios r with |numerator - r x denominator| at most `critical` standard errors: a quadratic inequality in r. */
function notRejected(input: FiellerInput, critical: number): Interval {
  const { numerator, denominator, numeratorVariance, denominatorVariance, covariance = 0 } = input;
  const estimate = numerator / Math.abs(denominator) / (denominator < 0 ? -1 : 1);
  const square = critical * critical;
  const a = denominator * denominator - square * denominatorVariance;
  const b = numerator * denominator - square * covariance;
  const c = numerator * numerator - square * numeratorVariance;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return [-Infinity, Infinity];
  // The root of larger size is computed without cancellation, the other one from the product of both, c / a.
  const sum = b + (b < 0 ? -1 : 1) * Math.sqrt(discriminant);
  if (a > 0) return sum < 0 ? [sum / a, c / sum] : sum > 0 ? [c / sum, sum / a] : [0, 0];
  // The rejected ratios lie between the roots; without a positive estimate the data leave the sign of the ratio open.
  if (!(estimate > 0)) return [-Infinity, Infinity];
  // A control that is 0 without any variance leaves no finite ratio, unless the treatment may be 0 as well.
  if (sum === 0) return [c > 0 ? Infinity : -Infinity, Infinity];
  const roots = [c / sum, a === 0 ? -Infinity : sum / a];
  return [Math.max(-Infinity, ...roots.filter((root) => root <= estimate)), Infinity];
}
