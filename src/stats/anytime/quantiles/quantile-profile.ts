import type { EffectKind } from "../../effect.ts";
import type { Interval } from "../../interval.ts";
import { placeOf, type QuantileRegions, type QuantileStratum } from "./quantile-positions.ts";
import { type QuantileScale, quantileScale } from "./quantile-scale.ts";

/**
 * The effects whose cost, summed over strata, stays below a threshold.
 *
 * @returns an interval; `[Infinity, -Infinity]`, which holds nothing, when no effect is that cheap.
 */
export function quantileCostInterval(
  strata: readonly QuantileStratum[],
  kind: EffectKind,
  threshold: number,
): Interval {
  const scale = quantileScale(kind);
  const [first, ...others] = strata;
  if (first === undefined) return scale.range;
  return others.length === 0 ? walk(first, scale, threshold) : searchEnds(strata, scale, threshold);
}

/**
 * The least that any effect in [from, to] costs: in each stratum with the control quantile that makes it cheapest.
 */
export function quantileCost(strata: readonly QuantileStratum[], kind: EffectKind, from: number, to: number): number {
  const scale = quantileScale(kind);
  return strata.reduce((sum, stratum) => sum + leastCost(stratum, scale, from, to), 0);
}

/**
 * Walks the places of the control quantile outwards from its valley, with the places of the treatment that they afford.
 */
function walk({ control, treatment }: QuantileStratum, scale: QuantileScale, threshold: number): Interval {
  let least = Infinity;
  let most = -Infinity;
  const cheapest = treatment.cost(treatment.valley);
  for (const step of [-1, 1]) {
    let low = treatment.valley;
    let high = treatment.valley;
    const place = furthest(control, step, threshold - cheapest);
    for (let i = place; step === -1 ? i <= control.valley : i >= control.valley; i -= step) {
      const budget = threshold - control.cost(i);
      if (!(budget > cheapest)) continue;
      while (low > 0 && treatment.cost(low - 1) < budget) low--;
      while (high + 1 < treatment.size && treatment.cost(high + 1) < budget) high++;
      least = Math.min(least, scale.between(control.upper(i), treatment.lower(low)));
      most = Math.max(most, scale.between(control.lower(i), treatment.upper(high)));
    }
  }
  return [Number.isNaN(least) ? scale.range[0] : least, Number.isNaN(most) ? scale.range[1] : most];
}

function furthest(regions: QuantileRegions, step: number, budget: number): number {
  let place = regions.valley;
  while (place + step >= 0 && place + step < regions.size && regions.cost(place + step) < budget) place += step;
  return place;
}

/**
 * The least cost of any pair of places that some effect in [from, to] connects.
 *
 * Both costs fall towards their valleys and rise after them, so the cheapest pair lies between the two valleys, and
 * only the control's places between its own and the one that carries over to the treatment's are tried.
 */
function leastCost({ control, treatment }: QuantileStratum, scale: QuantileScale, from: number, to: number): number {
  const last = treatment.size - 1;
  // An endless effect on a quantile of 0, or endlessly far on the other side, leaves the treatment's free.
  const carriedLow = (i: number): number => numberOr(-Infinity, scale.carry(control.lower(i), from));
  const carriedHigh = (i: number): number => numberOr(Infinity, scale.carry(control.upper(i), to));
  let first = control.valley;
  while (first > 0 && !(carriedHigh(first) < treatment.upper(treatment.valley))) first--;
  let low = placeOf(treatment, carriedLow(first));
  let high = placeOf(treatment, carriedHigh(first));
  let least = Infinity;
  for (let i = first; i < control.size; i++) {
    const [lowest, highest] = [carriedLow(i), carriedHigh(i)];
    // A place is open below, unless it is, or is carried to, a single value; a single value lies in the last of the
    // places that end at it.
    const isValue = !(lowest < scale.carry(control.upper(i), from));
    while (low < last && (treatment.upper(low) < lowest || (!isValue && treatment.upper(low) === lowest))) low++;
    while (high < last && (treatment.upper(high) < highest || treatment.upper(high + 1) === highest)) high++;
    const cost = control.cost(i) + treatment.cost(Math.min(Math.max(treatment.valley, low), Math.max(low, high)));
    if (cost < least) least = cost;
    if (i >= control.valley && low >= treatment.valley && !isValue) break;
  }
  return least;
}

/**
 * The ends for several strata: no effect outside every stratum's own interval can be affordable, and between those the
 * outermost affordable effect is bisected from outside, on ranges of effects whose least possible cost is known.
 */
function searchEnds(strata: readonly QuantileStratum[], scale: QuantileScale, threshold: number): Interval {
  const own = strata.map((stratum) => walk(stratum, scale, threshold));
  const from = Math.max(...own.map(([low]) => low));
  const to = Math.min(...own.map(([, high]) => high));
  const affordable = (a: number, b: number): boolean =>
    strata.reduce((sum, stratum) => sum + leastCost(stratum, scale, a, b), 0) < threshold;
  return [outermost(affordable, from, to, 1), outermost(affordable, from, to, -1)];
}

/**
 * The affordable end of [from, to] that comes first in a direction, up to the resolution; the infinite end on its other
 * side if there is none.
 */
function outermost(affordable: (a: number, b: number) => boolean, from: number, to: number, direction: 1 | -1): number {
  const outside = direction === 1 ? from : to;
  if (!Number.isFinite(outside) && affordable(outside, outside)) return outside;
  const stack: [number, number][] = [[Math.max(from, -Number.MAX_VALUE), Math.min(to, Number.MAX_VALUE)]];
  for (let range = stack.pop(); range !== undefined; range = stack.pop()) {
    const [a, b] = range;
    if (!affordable(a, b)) continue;
    if (b - a <= resolution * Math.max(magnitude(a), magnitude(b))) return direction === 1 ? a : b;
    const middle = middleOf(a, b);
    const halves: [number, number][] = [
      [a, middle],
      [middle, b],
    ];
    stack.push(...(direction === 1 ? halves.reverse() : halves));
  }
  return direction * Infinity;
}

function numberOr(otherwise: number, value: number): number {
  return Number.isNaN(value) ? otherwise : value;
}

/**
 * Resolution of the ends when several strata must be searched, relative to the effect or, near 0, to the least
 * magnitude.
 */
const resolution = 1e-6;
const leastMagnitude = 1e-12;

const magnitude = (effect: number): number => Math.abs(effect) + leastMagnitude;

/** The middle on a scale that is logarithmic, and linear around 0, so that huge ranges shrink fast. */
function middleOf(a: number, b: number): number {
  const scaled = (effect: number): number =>
    Math.sign(effect) * (Math.log(magnitude(effect)) - Math.log(leastMagnitude));
  const middle = (scaled(a) + scaled(b)) / 2;
  return Math.sign(middle) * (Math.exp(Math.abs(middle) + Math.log(leastMagnitude)) - leastMagnitude);
}
