import { type NotComputable, notComputable, requireFinite } from "../../errors.ts";
import { finiteVariance, fixedLook, independentRequests } from "../assumptions.ts";
import { requireOneOf, testOptions } from "../options.ts";
import { requireRatio } from "../proportions/null-ratio.ts";
import type { TestOptions, TTestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { fiellerResult, type MeanRatioOptions } from "./fieller-result.ts";
import { requireMoments, type SampleMoments } from "./sample-moments.ts";

/** What callers that transform their data first say about it. */
export interface TransformedSample {
  /** Method id and assumptions to report where the moments come from a transformation. */
  readonly reportAs?: { readonly method: string; readonly assumptions: readonly string[] };
  /** Effective numbers of independent values, where fewer than the counts; they bound the degrees of freedom. */
  readonly effectiveCounts?: readonly [control: number, treatment: number];
}

/** Options of {@link welchTest}. */
export interface WelchOptions extends TestOptions, TransformedSample {
  /** Difference treatment - control under the null, in the unit of the values; default 0. */
  readonly nullDifference?: number;
}

/**
 * Do two arms differ in their mean, with variances that may differ?
 *
 * @param control - Count, mean and unbiased variance of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullDifference`, alternative, level.
 * @returns The difference of means treatment - control in the unit of the values, its t interval, the t statistic and
 * p-value. `NotComputable` for an empty arm (`no-data`), one with a single value (`too-few-records`), or without
 * variance (`zero-variance`).
 *
 * Asymptotic (exact for normal values up to the approximate degrees of freedom), at one look, for independent values.
 *
 * Source: B. L. Welch 1947, doi:10.1093/biomet/34.1-2.28.
 *
 * @throws {RangeError} Counts that are not non-negative integers, means that are not finite, negative variances, a
 * level outside (0, 1).
 *
 * @example
 * ```ts
 * welchTest(momentsOf([356, 310, 402]), momentsOf([256, 231, 290])); // difference -97
 * ```
 */
export function welchTest(
  control: SampleMoments,
  treatment: SampleMoments,
  options: WelchOptions = {},
): TTestResult | NotComputable {
  const action = "run Welch's t-test";
  const { alternative, level } = testOptions(action, options);
  const { nullDifference = 0, effectiveCounts } = options;
  const { method, assumptions } = options.reportAs ?? {
    method: "welch",
    assumptions: [independentRequests, fixedLook, finiteVariance],
  };
  requireFinite(action, "nullDifference", nullDifference);
  const problem = tooFew(action, control, treatment);
  if (problem !== undefined) return problem;
  const variances = [control.variance / control.count, treatment.variance / treatment.count] as const;
  const standardError = Math.sqrt(variances[0] + variances[1]);
  const degreesOfFreedom = satterthwaite(variances, effectiveCounts ?? [control.count, treatment.count]);
  const estimate = treatment.mean - control.mean;
  const result = waldResult({
    method,
    assumptions,
    estimate,
    centre: estimate,
    standardError,
    nullValue: nullDifference,
    degreesOfFreedom,
    alternative,
    level,
    data: bothConstant(control, treatment),
  });
  return result.computable ? { ...result, standardError, degreesOfFreedom } : result;
}

/**
 * By which factor do two arms differ in their mean?
 *
 * @param control - Count, mean and unbiased variance of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullRatio` (default 1), alternative, level, `ratioMethod`.
 * @returns The ratio of means treatment / control with its t interval and test by Fieller's method. The estimate is
 * infinite for a control mean of 0; the interval is unbounded where the data do not tell the control's mean from 0.
 * `NotComputable` as {@link welchTest}, and where both means are 0 (`not-identified`).
 *
 * Asymptotic, at one look, for independent values whose mean in the control is not negative for certain.
 *
 * Source: E. C. Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x; degrees of freedom as {@link welchTest}. With
 * `ratioMethod` `"delta"`: A. Deng, U. Knoblich and J. Lu 2018, doi:10.1145/3219819.3219919.
 *
 * @throws {RangeError} As {@link welchTest}; a null ratio that is not positive.
 *
 * @example
 * ```ts
 * meanRatioTest(momentsOf([356, 310, 402]), momentsOf([256, 231, 290])); // ratio 0.73
 * ```
 */
export function meanRatioTest(
  control: SampleMoments,
  treatment: SampleMoments,
  options: MeanRatioOptions & TransformedSample = {},
): TTestResult | NotComputable {
  const action = "test the ratio of means";
  const { alternative, level } = testOptions(action, options);
  const { nullRatio = 1, ratioMethod = "fieller" } = options;
  requireRatio(action, nullRatio);
  requireOneOf(action, "ratioMethod", ratioMethod, ["fieller", "delta"]);
  const problem = tooFew(action, control, treatment);
  if (problem !== undefined) return problem;
  const [controlVariance, treatmentVariance] = [
    control.variance / control.count,
    treatment.variance / treatment.count,
  ] as const;
  const { method, assumptions } = options.reportAs ?? {
    method: "mean-ratio",
    assumptions: [independentRequests, fixedLook, finiteVariance],
  };
  const counts = options.effectiveCounts ?? ([control.count, treatment.count] as const);
  return fiellerResult({
    method,
    assumptions,
    numerator: treatment.mean,
    denominator: control.mean,
    numeratorVariance: treatmentVariance,
    denominatorVariance: controlVariance,
    // Degrees of freedom belong to the null distribution, so they take the null ratio, not the observed one.
    degreesOfFreedom: satterthwaite([controlVariance * nullRatio * nullRatio, treatmentVariance], counts),
    nullValue: nullRatio,
    alternative,
    level,
    ratioMethod,
    data: bothConstant(control, treatment),
  });
}

function tooFew(action: string, control: SampleMoments, treatment: SampleMoments): NotComputable | undefined {
  requireMoments(action, "control", control);
  requireMoments(action, "treatment", treatment);
  const fewest = Math.min(control.count, treatment.count);
  if (fewest > 1) return undefined;
  return notComputable(
    fewest === 0 ? "no-data" : "too-few-records",
    `control has ${control.count} values and treatment has ${treatment.count}`,
  );
}

/**
 * The degrees of freedom of a sum of two estimated variances (F. E. Satterthwaite 1946, doi:10.2307/3002019).
 */
function satterthwaite([a, b]: readonly [number, number], counts: readonly [number, number]): number {
  return 1 / ((a / (a + b)) ** 2 / (counts[0] - 1) + (b / (a + b)) ** 2 / (counts[1] - 1));
}

function bothConstant(control: SampleMoments, treatment: SampleMoments): string {
  return (
    `both arms are constant: control at ${control.mean} (${control.count} values), ` +
    `treatment at ${treatment.mean} (${treatment.count} values)`
  );
}
