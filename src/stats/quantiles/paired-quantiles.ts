import { type NotComputable, notComputable, requireFinite, requireProbability } from "../../errors.ts";
import { binomialLogCdf, binomialLogSurvival } from "../../math/binomial.ts";
import { fixedLook, independentPairs } from "../assumptions.ts";
import type { EffectKind } from "../effect.ts";
import { pairedDifferences } from "../means/paired-differences.ts";
import { finiteSample, requireSameLength } from "../means/sample-moments.ts";
import { requireOneOf, testOptions } from "../options.ts";
import { fromLog } from "../proportions/binomial-test.ts";
import type { IntervalResult, TestResult } from "../result.ts";
import { moverDifference, moverRatio } from "./mover.ts";
import { intervalAtRanks, quantileInterval, type QuantileOptions, quantileRanks } from "./quantile-interval.ts";

/**
 * How does the treatment change a typical (or an extreme) request, when both versions answered the same ones?
 *
 * @param control - Values of the control, one per pair.
 * @param treatment - Values of the treatment in the same order.
 * @param options - `probability`: level of the quantile of the differences, in (0, 1), default 0.5, the median change;
 * alternative, level, `nullDifference` (default 0).
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
  options: Partial<QuantileOptions> & { readonly nullDifference?: number } = {},
): TestResult | NotComputable {
  const action = "compare pairs";
  const { alternative, level } = testOptions(action, options);
  const { probability = 0.5, nullDifference = 0 } = options;
  requireFinite(action, "nullDifference", nullDifference);
  requireProbability(action, "probability", probability);
  const differences = Float64Array.from(pairedDifferences(action, control, treatment)).sort();
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
 * @param options - `probability`: level of the quantile, in (0, 1), such as 0.99; confidence level, alternative;
 * `effect`: `"difference"` (default) or `"ratio"`.
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
 * pairedQuantileDifference(controlLatencies, treatmentLatencies, { probability: 0.99 });
 * ```
 */
export function pairedQuantileDifference(
  control: ArrayLike<number>,
  treatment: ArrayLike<number>,
  options: QuantileOptions & { readonly effect?: EffectKind },
): IntervalResult | NotComputable {
  const action = "compare paired quantiles";
  const { effect = "difference" } = options;
  requireOneOf(action, "effect", effect, ["difference", "ratio"]);
  const { alternative } = testOptions(action, options);
  const [cs, ts] = [finiteSample(action, "control", control), finiteSample(action, "treatment", treatment)];
  requireSameLength(action, "treatment", ts, cs.length);
  const mirrored = alternative === "two-sided" ? alternative : alternative === "less" ? "greater" : "less";
  const c = quantileInterval(cs, { ...options, alternative: mirrored });
  if (!c.computable) return c;
  const t = quantileInterval(ts, options);
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
  const scale = Math.sqrt(c * (n - c) * t * (n - t));
  return scale === 0 ? 0 : (both * n - c * t) / scale;
}
