import { cannot, isNotComputable, type NotComputable, notComputable, requireProbability } from "../../errors.ts";
import { fixedLook, independentUnits } from "../assumptions.ts";
import type { EffectKind } from "../effect.ts";
import { finiteSample } from "../means/sample-moments.ts";
import { clusteredMoments } from "../means/unit-totals.ts";
import { requireOneOf, testOptions } from "../options.ts";
import { criticalValue } from "../p-value.ts";
import type { Alternative, IntervalResult } from "../result.ts";
import { moverDifference, moverRatio } from "./mover.ts";
import { intervalAtRanks, type QuantileOptions } from "./quantile-interval.ts";

/** Values of one arm with the unit of each. */
export interface UnitValues {
  readonly values: ArrayLike<number>;
  /** Unit of each value, in the same order. */
  readonly units: ArrayLike<string | number>;
}

const assumptions: readonly string[] = [independentUnits, fixedLook];

/**
 * Which values of a quantile fit what one arm showed, when requests of a unit belong together?
 *
 * @param arm - Values, finite, with the unit of each.
 * @param options - `probability`: level of the quantile, in (0, 1), such as 0.99; confidence level, alternative.
 * @returns The sample quantile in the unit of the values with an interval from the order statistics at
 * `probability` -+ t x (clustered standard error of the share at or below the quantile); t has the degrees of freedom
 * that the units allow. An end is infinite where the share leaves (0, 1). `NotComputable` without values, with one
 * unit, or where neither end is bounded.
 *
 * Asymptotic in the number of units, at one look; no density estimate is involved.
 *
 * Source: R. S. Woodruff 1952, doi:10.1080/01621459.1952.10483443.
 *
 * @throws {RangeError} Values that are not finite, a probability outside (0, 1), lengths that differ.
 *
 * @example
 * ```ts
 * const values = [120, 180, 95, 240, 130, 150, 210, 99];
 * clusteredQuantileInterval({ values, units: ["a", "a", "b", "b", "c", "c", "d", "d"] }, { probability: 0.5 });
 * ```
 */
export function clusteredQuantileInterval(arm: UnitValues, options: QuantileOptions): IntervalResult | NotComputable {
  const action = "bound a clustered quantile";
  const { probability } = options;
  const { alternative, level } = testOptions(action, options);
  requireProbability(action, "probability", probability);
  const values = finiteSample(action, "values", arm.values);
  if (arm.units.length !== values.length)
    throw new RangeError(cannot(action, "units.length", `the ${values.length} of the values`, arm.units.length));
  if (values.length === 0) return notComputable("no-data", "the arm has 0 values");
  const sorted = Float64Array.from(values).sort();
  const estimateRank = Math.max(1, Math.ceil(values.length * probability - 1e-9));
  const quantile = sorted[estimateRank - 1] as number;
  const totals = new Map<string | number, { total: number; weight: number }>();
  values.forEach((value, i) => {
    const unit = arm.units[i] as string | number;
    const entry = totals.get(unit) ?? { total: 0, weight: 0 };
    totals.set(unit, entry);
    entry.weight += 1;
    if (value <= quantile) entry.total += 1;
  });
  const share = clusteredMoments(action, "arm", { units: [...totals.values()] }, "requests");
  if (isNotComputable(share)) return share;
  // Requests of a unit may look less alike than chance for a single quantile; the binomial variance stays the floor.
  const variance = Math.max(share.variance / share.count, (probability * (1 - probability)) / values.length);
  const reach = criticalValue(level, alternative, share.effectiveUnits - 1) * Math.sqrt(variance);
  const [low, high] = [
    Math.floor(values.length * (probability - reach)),
    Math.ceil(values.length * (probability + reach)) + 1,
  ];
  return intervalAtRanks(
    sorted,
    {
      lower: alternative === "less" || low < 1 ? null : low,
      upper: alternative === "greater" || high > values.length ? null : high,
      estimate: estimateRank,
    },
    probability,
    level,
    { method: "clustered-quantile-woodruff", guarantee: "asymptotic", assumptions },
  );
}

/**
 * By how much, or by which factor, do two arms differ in a quantile when requests of a unit belong together?
 *
 * @param control - Values of the control with their units.
 * @param treatment - Values of the treatment with their units.
 * @param options - `probability`: level of the quantile, in (0, 1), such as 0.99; confidence level, alternative;
 * `effect`: `"difference"` (treatment - control, the default) or `"ratio"`.
 * @returns The effect with its interval, open where an arm's interval is. `NotComputable` as
 * {@link clusteredQuantileInterval}.
 *
 * Asymptotic in the number of units, at one look.
 *
 * Source: R. S. Woodruff 1952, doi:10.1080/01621459.1952.10483443; G. Y. Zou and A. Donner 2008, doi:10.1002/sim.3095.
 *
 * @throws {RangeError} As {@link clusteredQuantileInterval}.
 *
 * @example
 * ```ts
 * const units = ["a", "a", "b", "b", "c", "c", "d", "d"];
 * const control = { values: [120, 180, 95, 240, 130, 150, 210, 99], units };
 * const treatment = { values: [110, 170, 99, 230, 140, 120, 190, 90], units };
 * clusteredQuantileComparison(control, treatment, { probability: 0.5, effect: "ratio" });
 * ```
 */
export function clusteredQuantileComparison(
  control: UnitValues,
  treatment: UnitValues,
  options: QuantileOptions & { readonly effect?: EffectKind },
): IntervalResult | NotComputable {
  const { effect = "difference", alternative = "two-sided" } = options;
  requireOneOf("compare clustered quantiles", "effect", effect, ["difference", "ratio"]);
  const mirrored: Alternative = alternative === "two-sided" ? alternative : alternative === "less" ? "greater" : "less";
  const c = clusteredQuantileInterval(control, { ...options, alternative: mirrored });
  if (!c.computable) return c;
  const t = clusteredQuantileInterval(treatment, options);
  if (!t.computable) return t;
  return effect === "ratio"
    ? moverRatio(c, t, { method: "clustered-quantile-ratio", assumptions })
    : moverDifference(c, t, { method: "clustered-quantile-difference", assumptions });
}
