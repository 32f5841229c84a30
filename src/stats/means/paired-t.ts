import { type NotComputable, notComputable, requireFinite, requireProbability } from "../../errors.ts";
import { binomialLogCdf, binomialLogSurvival } from "../../math/binomial.ts";
import { finiteVariance, fixedLook, independentPairs } from "../assumptions.ts";
import { testOptions } from "../options.ts";
import { fromLog } from "../proportions/binomial-test.ts";
import { moverDifference, moverRatio } from "../quantiles/mover.ts";
import { intervalAtRanks, quantileInterval, quantileRanks } from "../quantiles/quantile-interval.ts";
import type { IntervalResult, TestOptions, TestResult } from "../result.ts";
import type { TTestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { finiteSample, momentsOf, requireMoments, requireSameLength, type SampleMoments } from "./sample-moments.ts";

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
 * How does the treatment change a typical (or an extreme) request, when both versions answered the same ones?
 *
 * @param control - Values of the control, one per pair.
 * @param treatment - Values of the treatment in the same order.
 * @param probability - Level of the quantile of the differences, in (0, 1); default 0.5, the median change.
 * @param options - Alternative, level, `nullDifference` (default 0).
 * @returns The quantile of the differences treatment - control with its order-statistic interval, and the sign test of
 * `nullDifference`; the statistic is the number of differences below it, ties split. `NotComputable` without pairs or
 * where no order statistic bounds the quantile. It is not the difference of the quantiles: see
 * {@link pairedQuantileDifference}.
 *
 * Exact (conservative), at one look, for independent pairs.
 *
 * Source: W. J. Dixon and A. M. Mood 1946 (sign test), doi:10.1080/01621459.1946.10501898; W. R. Thompson 1936,
 * doi:10.1214/aoms/1177732502.
 *
 * @throws {RangeError} Values that are not finite, samples of different lengths, a probability outside (0, 1).
 *
 * @example
 * ```ts
 * pairedChangeQuantile([10, 12, 9, 11, 14, 10], [11, 15, 10, 13, 15, 12]); // median change 1.5 ... exact interval
 * ```
 */
export function pairedChangeQuantile(
  control: ArrayLike<number>,
  treatment: ArrayLike<number>,
  probability: number = 0.5,
  options: TestOptions & { readonly nullDifference?: number } = {},
): TestResult | NotComputable {
  const action = "compare pairs";
  const { alternative, level } = testOptions(action, options);
  const { nullDifference = 0 } = options;
  requireFinite(action, "nullDifference", nullDifference);
  requireProbability(action, "probability", probability);
  const differences = Float64Array.from(differencesOf(action, control, treatment)).sort();
  const count = differences.length;
  if (count === 0) return notComputable("no-data", "there are 0 pairs");
  const interval = intervalAtRanks(
    differences,
    quantileRanks(count, probability, level, alternative),
    probability,
    level,
    {
      method: "paired-change-quantile",
      guarantee: "exact",
      assumptions: [independentPairs, fixedLook],
    },
  );
  if (!interval.computable) return interval;
  const below = differences.filter((d) => d < nullDifference).length;
  const atMost = differences.filter((d) => d <= nullDifference).length;
  // The quantile exceeds the null when too few differences lie at or below it.
  const greater = binomialLogCdf(atMost, count, probability);
  const less = binomialLogSurvival(below - 1, count, probability);
  const lnP = alternative === "greater" ? greater : alternative === "less" ? less : Math.LN2 + Math.min(greater, less);
  return { ...interval, alternative, nullValue: nullDifference, statistic: (below + atMost) / 2, ...fromLog(lnP) };
}

/**
 * By how much (and by which factor) do two versions differ in a quantile, when both answered the same requests?
 *
 * @param control - Values of the control, one per pair.
 * @param treatment - Values of the treatment in the same order.
 * @param probability - Level of the quantile, in (0, 1), e.g. 0.99.
 * @param options - Confidence level, alternative; `effect` difference (default) or ratio.
 * @returns The difference treatment - control (or ratio treatment / control) of the two quantiles. The arms'
 * order-statistic intervals are combined with the correlation of "slower than its arm's quantile" across pairs.
 * `NotComputable` as {@link quantileInterval}.
 *
 * Asymptotic, at one look, for independent pairs.
 *
 * Source: G. Y. Zou and A. Donner 2008, doi:10.1002/sim.3095; R. R. Bahadur 1966 (the quantile as a share of
 * exceedances), doi:10.1214/aoms/1177699450.
 *
 * @throws {RangeError} Values that are not finite, samples of different lengths, a probability outside (0, 1).
 *
 * @example
 * ```ts
 * pairedQuantileDifference(controlLatencies, treatmentLatencies, 0.99);
 * ```
 */
export function pairedQuantileDifference(
  control: ArrayLike<number>,
  treatment: ArrayLike<number>,
  probability: number,
  options: TestOptions & { readonly effect?: "difference" | "ratio" } = {},
): IntervalResult | NotComputable {
  const action = "compare paired quantiles";
  const { effect = "difference" } = options;
  const { alternative } = testOptions(action, options);
  const [cs, ts] = [finiteSample(action, "control", control), finiteSample(action, "treatment", treatment)];
  requireSameLength(action, "treatment", ts, cs.length);
  const mirrored = alternative === "two-sided" ? alternative : alternative === "less" ? "greater" : "less";
  const c = quantileInterval(cs, probability, { ...options, alternative: mirrored });
  if (!c.computable) return c;
  const t = quantileInterval(ts, probability, options);
  if (!t.computable) return t;
  const correlation = exceedanceCorrelation(cs, ts, c.estimate, t.estimate);
  const assumptions = [independentPairs, fixedLook];
  return effect === "ratio"
    ? moverRatio(c, t, { method: "paired-quantile-ratio-mover-log", assumptions, correlation })
    : moverDifference(c, t, { method: "paired-quantile-difference-mover", assumptions, correlation });
}

/** The correlation across pairs of "value above its arm's quantile"; 0 where an arm has no such value. */
function exceedanceCorrelation(
  control: readonly number[],
  treatment: readonly number[],
  controlAt: number,
  treatmentAt: number,
): number {
  let [both, onlyControl, onlyTreatment] = [0, 0, 0];
  control.forEach((value, i) => {
    const [c, t] = [value > controlAt, (treatment[i] as number) > treatmentAt];
    if (c && t) both += 1;
    else if (c) onlyControl += 1;
    else if (t) onlyTreatment += 1;
  });
  const n = control.length;
  const [c, t] = [both + onlyControl, both + onlyTreatment];
  const spread = Math.sqrt(c * (n - c) * t * (n - t));
  return spread === 0 ? 0 : (both * n - c * t) / spread;
}

/** The moments of the differences treatment - control within pairs. */
export function pairedDifferenceMoments(control: ArrayLike<number>, treatment: ArrayLike<number>): SampleMoments {
  return momentsOf(differencesOf("compare pairs", control, treatment));
}

function differencesOf(action: string, control: ArrayLike<number>, treatment: ArrayLike<number>): number[] {
  const [c, t] = [finiteSample(action, "control", control), finiteSample(action, "treatment", treatment)];
  requireSameLength(action, "treatment", t, c.length);
  return t.map((value, i) => value - (c[i] as number));
}
