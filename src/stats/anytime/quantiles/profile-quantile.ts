import type { EffectKind } from "../../effect.ts";
import type { Interval } from "../../interval.ts";
import { bestCommonEffect } from "./quantile-common-effect.ts";
import type { QuantileStratum } from "./quantile-positions.ts";
import { quantileCost, quantileCostInterval } from "./quantile-profile.ts";

/**
 * Which effects on a quantile are compatible with the data?
 *
 * @param strata - one pair per allocation epoch, from `quantileRegions`.
 * @param kind - `difference`: treatment - control; `ratio`: treatment / control, for values that are not negative.
 * @param threshold - on half the profile deviance: `mixtureThreshold` for a sequence valid at any time,
 * chi-square(1) / 2 for one look.
 * @returns the effects whose deviance stays below the threshold; infinite (or 0, for a ratio) where the sample is too
 * small to bound that side. Wider than the interval from raw values by less than a bucket at each end, never narrower.
 * No density is estimated: Wilks' theorem with one nuisance parameter holds whatever the two distributions are.
 */
export function profileQuantileInterval(
  strata: readonly QuantileStratum[],
  kind: EffectKind,
  threshold: number,
): Interval {
  return quantileCostInterval(
    strata,
    kind,
    strata.length === 1 ? threshold : threshold + bestCommonEffect(strata, kind).cost,
  );
}

/**
 * Half the profile deviance of an effect: the least that any control quantile, in each stratum its own, makes it cost,
 * less what the best common effect costs. Never more than the deviance of the raw values.
 */
export function profileQuantileDeviance(strata: readonly QuantileStratum[], kind: EffectKind, effect: number): number {
  const cost = quantileCost(strata, kind, effect, effect);
  return strata.length === 1 ? cost : Math.max(0, cost - bestCommonEffect(strata, kind).cost);
}
