import { type NotComputable, notComputable, requireFinite } from "../../errors.ts";
import { finiteVariance, fixedLook, independentRequests } from "../assumptions.ts";
import { testOptions } from "../options.ts";
import { type RatioOptions, requireRatio } from "../proportions/null-ratio.ts";
import type { Alternative, TestOptions, TestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { requireMoments, type SampleMoments } from "./sample-moments.ts";

/** A test on Student's t distribution. */
export interface TTestResult extends TestResult {
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

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
  const parts = [control.variance / control.count, treatment.variance / treatment.count] as const;
  const counts = effectiveCounts ?? ([control.count, treatment.count] as const);
  return tResult({
    method,
    assumptions,
    estimate: treatment.mean - control.mean,
    parts,
    counts,
    nullValue: nullDifference,
    alternative,
    level,
    arms: [control, treatment],
  });
}

/**
 * By which factor do two arms differ in their mean?
 *
 * @param control - Count, mean and unbiased variance of the control.
 * @param treatment - The same of the treatment.
 * @param options - `nullRatio` (default 1), alternative, level.
 * @returns The ratio of means treatment / control with its delta-method t interval and test. `NotComputable` as
 * {@link welchTest}, and for a control mean of 0 (`method-does-not-apply`).
 *
 * Asymptotic, at one look, for independent values; the control's mean must be far from 0 in standard errors.
 *
 * Source: delta method; A. Deng, U. Knoblich and J. Lu 2018, doi:10.1145/3219819.3219919.
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
  options: RatioOptions & TransformedSample = {},
): TTestResult | NotComputable {
  const action = "test the ratio of means";
  const { alternative, level } = testOptions(action, options);
  const { nullRatio = 1 } = options;
  requireRatio(action, nullRatio);
  const problem = tooFew(action, control, treatment);
  if (problem !== undefined) return problem;
  if (control.mean === 0)
    return notComputable("method-does-not-apply", "the mean of the control is 0, so there is no ratio to it");
  const ratio = treatment.mean / control.mean;
  const square = control.mean * control.mean;
  const parts = [
    ((control.variance / control.count) * ratio * ratio) / square,
    treatment.variance / treatment.count / square,
  ] as const;
  // Degrees of freedom belong to the null distribution, so they take the null ratio, not the observed one.
  const partsUnderNull = [
    (control.variance / control.count) * nullRatio * nullRatio,
    treatment.variance / treatment.count,
  ] as const;
  const { method, assumptions } = options.reportAs ?? {
    method: "mean-ratio-delta",
    assumptions: [independentRequests, fixedLook, finiteVariance],
  };
  const counts = options.effectiveCounts ?? ([control.count, treatment.count] as const);
  return tResult({
    method,
    assumptions,
    estimate: ratio,
    parts,
    partsUnderNull,
    counts,
    nullValue: nullRatio,
    alternative,
    level,
    arms: [control, treatment],
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

interface TInput {
  readonly method: string;
  readonly assumptions: readonly string[];
  readonly estimate: number;
  /** What each arm adds to the squared standard error. */
  readonly parts: readonly [control: number, treatment: number];
  /** The same under the null, up to a common factor, where it differs. */
  readonly partsUnderNull?: readonly [control: number, treatment: number];
  readonly counts: readonly [control: number, treatment: number];
  readonly nullValue: number;
  readonly alternative: Alternative;
  readonly level: number;
  readonly arms: readonly [control: SampleMoments, treatment: SampleMoments];
}

/** Student t with Welch and Satterthwaite's degrees of freedom. */
function tResult({ parts, partsUnderNull = parts, counts, arms, ...input }: TInput): TTestResult | NotComputable {
  const standardError = Math.sqrt(parts[0] + parts[1]);
  const [a, b] = partsUnderNull;
  const degreesOfFreedom = 1 / ((a / (a + b)) ** 2 / (counts[0] - 1) + (b / (a + b)) ** 2 / (counts[1] - 1));
  const data =
    `both arms are constant: control at ${arms[0].mean} (${arms[0].count} values), treatment at ${arms[1].mean} ` +
    `(${arms[1].count} values)`;
  const result = waldResult({ ...input, centre: input.estimate, standardError, degreesOfFreedom, data });
  return result.computable ? { ...result, standardError, degreesOfFreedom } : result;
}
