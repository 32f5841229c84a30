import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import { QuantileSketch } from "../../sketch/quantile-sketch.ts";
import { defaultPriorDeviation } from "../../stats/anytime/mixtures/normal-mixture.ts";
import { profileMixture } from "../../stats/anytime/proportions/profile-proportion.ts";
import { profileQuantileDeviance, profileQuantileInterval } from "../../stats/anytime/quantiles/profile-quantile.ts";
import { bestCommonEffect } from "../../stats/anytime/quantiles/quantile-common-effect.ts";
import {
  binomialRankDeviance,
  type QuantileRegions,
  quantileRegions,
  type QuantileStratum,
} from "../../stats/anytime/quantiles/quantile-positions.ts";
import { quantileScale } from "../../stats/anytime/quantiles/quantile-scale.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { Interval } from "../../stats/interval.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { ArmData } from "../data/arm-data.ts";
import { largestRatio } from "./common-effect.ts";
import type { ArmEngine, Deviance, MetricEngine } from "./engine.ts";

/** Engine for quantiles, such as P99 latency. */
export function quantileEngine(control: ArmData, treatment: ArmData, probability: number): MetricEngine {
  const c = armOf(control, probability);
  const t = armOf(treatment, probability);
  const epochs = control.epochs.flatMap((statistic, epoch) => {
    const [first, second] = [sketchOf(statistic), sketchOf(treatment.epochs[epoch] ?? null)];
    return first === null || second === null || first.count === 0 || second.count === 0
      ? []
      : [{ epoch, first, second }];
  });
  let known: readonly QuantileStratum[] | undefined;
  // Not needed for the estimate of a single epoch, which is all that a trend asks for.
  const strata = (): readonly QuantileStratum[] =>
    (known ??= epochs.map(({ epoch }) => ({ control: c.regionsIn(epoch), treatment: t.regionsIn(epoch) })));
  const estimate = (kind: EffectKind): number | NotComputable => {
    if (kind === "ratio" && (c.whole.min < 0 || t.whole.min < 0))
      return notComputable(
        "method-does-not-apply",
        "a ratio of quantiles needs values of 0 or more; state the margin and the rule as absolute",
      );
    const [only, ...others] = epochs;
    if (only === undefined) return notComputable("no-data", "no epoch has values of both arms");
    const effect =
      others.length === 0
        ? quantileScale(kind).between(pointOf(only.first, probability), pointOf(only.second, probability))
        : bestCommonEffect(strata(), kind).effect;
    if (Number.isNaN(effect))
      return notComputable("not-identified", "the quantiles of both arms are 0, or both are infinite");
    return kind === "ratio" && Math.abs(effect) >= largestRatio ? Math.sign(effect) * Infinity : effect;
  };
  return {
    arms: { control: quantileArm(c, probability), treatment: quantileArm(t, probability) },
    estimate,
    deviance: (kind, value) => {
      const effect = estimate(kind);
      return {
        deviance: 2 * profileQuantileDeviance(strata(), kind, value),
        above: typeof effect === "number" && effect > value,
      };
    },
    interval: (kind, threshold) => profileQuantileInterval(strata(), kind, threshold),
    information: epochs.reduce(
      (sum, { first, second }) => sum + (probability * (1 - probability)) / (1 / first.count + 1 / second.count),
      0,
    ),
    prior: defaultPriorDeviation,
    method: profileMixture,
    fixedTest: "profile-deviance-chi-square",
  };
}

/**
 * How many values bound the quantile on both sides at this threshold, whatever they are? With fewer, even a quantile
 * beyond the largest (or smallest) value is compatible with the data.
 */
export function valuesToBound(probability: number, threshold: number, factor: number): number {
  return Math.ceil((threshold * factor) / -Math.log(Math.max(probability, 1 - probability)));
}

interface QuantileArm {
  readonly whole: QuantileSketch;
  /** Where the arm's quantile may lie in an epoch. */
  regionsIn(epoch: number): QuantileRegions;
  /** The same over all epochs. */
  regions(): QuantileRegions;
}

function armOf(arm: ArmData, probability: number): QuantileArm {
  const sketches = arm.epochs.map(sketchOf);
  const filled = [...sketches.keys()].filter((epoch) => (sketches[epoch]?.count ?? 0) > 0);
  const [first, ...others] = filled.map((epoch) => sketches[epoch] as QuantileSketch);
  const whole =
    first === undefined
      ? new QuantileSketch()
      : others.reduce((merged, sketch) => merged.absorb(sketch), others.length === 0 ? first : first.clone());
  const regionsOf = (sketch: QuantileSketch): QuantileRegions =>
    quantileRegions(sketch, sketch.count * (1 - probability), binomialRankDeviance(sketch.count, probability, 1));
  const known: QuantileRegions[] = [];
  const regionsIn = (epoch: number): QuantileRegions => (known[epoch] ??= regionsOf(sketches[epoch] as QuantileSketch));
  let overall: QuantileRegions | undefined;
  return {
    whole,
    regionsIn,
    regions: () => (overall ??= filled.length === 1 ? regionsIn(filled[0] as number) : regionsOf(whole)),
  };
}

function quantileArm({ whole, regions }: QuantileArm, probability: number): ArmEngine {
  const rankDeviance = binomialRankDeviance(whole.count, probability, 1);
  const expected = whole.count * (1 - probability);
  return {
    n: whole.count,
    value: whole.count === 0 ? null : pointOf(whole, probability),
    information: whole.count * probability * (1 - probability),
    deviance: (level): Deviance => {
      const { lower, upper } = whole.countAbove(level);
      const above = Math.min(upper, Math.max(lower, expected));
      return { deviance: 2 * rankDeviance(above), above: lower + upper > 2 * expected };
    },
    interval: (threshold): Interval => {
      if (whole.count === 0) return [-Infinity, Infinity];
      const places = regions();
      let low = places.valley;
      let high = places.valley;
      while (low > 0 && places.cost(low - 1) < threshold) low--;
      while (high + 1 < places.size && places.cost(high + 1) < threshold) high++;
      return [places.lower(low), places.upper(high)];
    },
  };
}

function sketchOf(statistic: Statistic | null): QuantileSketch | null {
  return statistic?.kind === "sketch" ? statistic.sketch : null;
}

function pointOf(sketch: QuantileSketch, probability: number): number {
  const quantile = sketch.quantile(probability);
  return isNotComputable(quantile) ? Number.NaN : quantile.value;
}
