import type { EffectKind } from "../../policy/policy.ts";
import type { Interval } from "../interval.ts";
import { bestCommonEffect } from "./quantile-common-effect.ts";
import type { QuantileRegions, QuantileStratum } from "./quantile-regions.ts";
import { type QuantileScale, quantileScale } from "./quantile-scale.ts";

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
export function profileQuantileInterval(strata: readonly QuantileStratum[], kind: EffectKind, threshold: number): Interval {
  const scale = quantileScale(kind);
  const [first, ...others] = strata;
  if (first === undefined) return scale.range;
  if (others.length === 0) return walk(first, scale, threshold);
  return searchEnds(strata, scale, threshold + bestCommonEffect(strata, kind).cost);
}

/**
 * Half the profile deviance of an effect: the least that any control quantile, in each stratum its own, makes it cost,
 * less what the best common effect costs. Never more than the deviance of the raw values.
 */
export function profileQuantileDeviance(strata: readonly QuantileStratum[], kind: EffectKind, effect: number): number {
  const scale = quantileScale(kind);
  const cost = strata.reduce((sum, stratum) => sum + leastCost(stratum, scale, effect, effect), 0);
  return strata.length === 1 ? cost : Math.max(0, cost - bestCommonEffect(strata, kind).cost);
}

/** Walks the places of the control quantile outwards from its valley, with the places of the treatment that they afford. */
function walk({ control, treatment }: QuantileStratum, scale: QuantileScale, threshold: number): Interval {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  const affordable = threshold - (treatment.deviance[treatment.valley] as number);
  for (const step of [-1, 1]) {
    let low = treatment.valley;
    let high = treatment.valley;
    const place = furthest(control, step, affordable);
    for (let i = place; step === -1 ? i <= control.valley : i >= control.valley; i -= step) {
      const budget = threshold - (control.deviance[i] as number);
      if (!(budget > (treatment.deviance[treatment.valley] as number))) continue;
      while (low > 0 && (treatment.deviance[low - 1] as number) < budget) low--;
      while (high + 1 < treatment.deviance.length && (treatment.deviance[high + 1] as number) < budget) high++;
      least = Math.min(least, scale.between(control.upper[i] as number, treatment.lower[low] as number));
      most = Math.max(most, scale.between(control.lower[i] as number, treatment.upper[high] as number));
    }
  }
  return [Number.isNaN(least) ? scale.range[0] : least, Number.isNaN(most) ? scale.range[1] : most];
}

function furthest(regions: QuantileRegions, step: number, budget: number): number {
  let place = regions.valley;
  while (place + step >= 0 && place + step < regions.deviance.length && (regions.deviance[place + step] as number) < budget) place += step;
  return place;
}

/** The least cost of any pair of places that some effect in [from, to] connects. */
function leastCost({ control, treatment }: QuantileStratum, scale: QuantileScale, from: number, to: number): number {
  const last = treatment.deviance.length - 1;
  let low = 0;
  let high = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < control.deviance.length; i++) {
    const carriedLow = scale.carry(control.lower[i] as number, from);
    const carriedHigh = scale.carry(control.upper[i] as number, to);
    while (low < last && (treatment.upper[low] as number) <= carriedLow) low++;
    while (high < last && (treatment.upper[high] as number) < carriedHigh) high++;
    const cost = (control.deviance[i] as number) + (treatment.deviance[Math.min(Math.max(treatment.valley, low), Math.max(low, high))] as number);
    if (cost < least) least = cost;
  }
  return least;
}

/** Resolution of the ends when several strata must be searched, relative to the effect. */
const resolution = 1e-6;

/**
 * The ends for several strata: no effect outside every stratum's own interval can be affordable, and between those the
 * outermost affordable effect is bisected from outside, on ranges of effects whose least possible cost is known.
 */
function searchEnds(strata: readonly QuantileStratum[], scale: QuantileScale, threshold: number): Interval {
  const own = strata.map((stratum) => walk(stratum, scale, threshold));
  const from = Math.max(...own.map(([low]) => low));
  const to = Math.min(...own.map(([, high]) => high));
  const affordable = (a: number, b: number): boolean => strata.reduce((sum, stratum) => sum + leastCost(stratum, scale, a, b), 0) < threshold;
  return [outermost(affordable, from, to, 1), outermost(affordable, from, to, -1)];
}

function outermost(affordable: (a: number, b: number) => boolean, from: number, to: number, direction: 1 | -1): number {
  const unbounded = direction === 1 ? from : to;
  if (!Number.isFinite(unbounded) || unbounded === 0) {
    if (affordable(unbounded, unbounded)) return unbounded;
  }
  const low = Number.isFinite(from) ? from : -Number.MAX_VALUE;
  const high = Number.isFinite(to) ? to : Number.MAX_VALUE;
  const stack: [number, number][] = [[low, high]];
  while (stack.length > 0) {
    const [a, b] = stack.pop() as [number, number];
    if (!affordable(a, b)) continue;
    const middle = midpoint(a, b);
    if (b - a <= resolution * Math.max(Math.abs(a), Math.abs(b)) || middle <= a || middle >= b) return direction === 1 ? a : b;
    if (direction === 1) stack.push([middle, b], [a, middle]);
    else stack.push([a, middle], [middle, b]);
  }
  return Number.NaN;
}

/** The middle of a range: geometric where both ends have one sign and differ greatly, so that huge ranges shrink fast. */
function midpoint(a: number, b: number): number {
  if (a > 0 && b / a > 4) return Math.sqrt(a) * Math.sqrt(b);
  if (b < 0 && a / b > 4) return -Math.sqrt(-a) * Math.sqrt(-b);
  if (a < 0 && b > 0 && b - a > 4) return 0;
  if (a === 0 && b > 1e-6) return b > 1 ? 1 : b / 1024;
  if (b === 0 && a < -1e-6) return a < -1 ? -1 : a / 1024;
  return a / 2 + b / 2;
}
