import type { EffectKind } from "../../effect.ts";
import { placeOf, type QuantileRegions, type QuantileStratum } from "./quantile-positions.ts";
import { type QuantileScale, quantileScale } from "./quantile-scale.ts";

/** An effect common to all strata, and half its deviance. */
export interface CommonEffect {
  readonly effect: number;
  /** Not less than the half deviance of the best common effect on the raw values. */
  readonly cost: number;
}

/** Candidates tried between the smallest and the largest effect of a single stratum, then around the best of them. */
const candidates = 65;

/**
 * The effect that fits all strata best, with what it costs at most. Strata whose effects differ cost something even at
 * the best common effect; that part says nothing about which common effect it is.
 */
export function bestCommonEffect(strata: readonly QuantileStratum[], kind: EffectKind): CommonEffect {
  const known = found[kind].get(strata);
  if (known !== undefined) return known;
  const best = searchBest(strata, kind);
  found[kind].set(strata, best);
  return best;
}

/** What was found for these very strata, which every claim about a metric asks for again. */
const found: Readonly<Record<EffectKind, WeakMap<readonly QuantileStratum[], CommonEffect>>> = {
  difference: new WeakMap(),
  ratio: new WeakMap(),
};

function searchBest(strata: readonly QuantileStratum[], kind: EffectKind): CommonEffect {
  const scale = quantileScale(kind);
  const own = strata
    .map(({ control, treatment }) => scale.between(middle(control), middle(treatment)))
    .filter(Number.isFinite);
  if (own.length === 0) return { effect: Number.NaN, cost: 0 };
  let low = Math.min(...own);
  let high = Math.max(...own);
  let best: CommonEffect = { effect: low, cost: Infinity };
  for (let round = 0; round < 3; round++) {
    const step = (high - low) / (candidates - 1);
    for (let i = 0; i < candidates; i++) {
      const effect = low + i * step;
      const cost = strata.reduce((sum, stratum) => sum + costAtEdges(stratum, scale, effect), 0);
      if (cost < best.cost) best = { effect, cost };
    }
    [low, high] = [Math.max(low, best.effect - step), Math.min(high, best.effect + step)];
  }
  return best;
}

/** The middle of the place where the quantile most likely lies. */
function middle(regions: QuantileRegions): number {
  return (regions.lower(regions.valley) + regions.upper(regions.valley)) / 2;
}

/**
 * What an effect costs at most: control quantiles at bin edges, where ranks are known, and the dearer end of the
 * treatment's place, or the very value they are tied with. Both costs fall towards their valleys and rise after them,
 * so only edges between the two valleys are tried.
 */
function costAtEdges({ control, treatment }: QuantileStratum, scale: QuantileScale, effect: number): number {
  const carried = (i: number): number => scale.carry(control.upper(i), effect);
  let first = control.valley;
  while (first > 0 && carried(first) >= treatment.upper(treatment.valley)) first--;
  first = Math.max(0, first - 1);
  let place = placeOf(treatment, carried(first));
  let least = Infinity;
  for (let i = first; i + 1 < control.size; i++) {
    const quantile = carried(i);
    while (place + 1 < treatment.size && treatment.upper(place) < quantile) place++;
    const tied = place + 1 < treatment.size && treatment.upper(place + 1) === quantile;
    const dearest = tied
      ? treatment.cost(place + 1)
      : Math.max(treatment.costAtUpper(Math.max(0, place - 1)), treatment.costAtUpper(place));
    least = Math.min(least, (isValue(control, i) ? control.cost(i) : control.costAtUpper(i)) + dearest);
    if (i > control.valley && place > treatment.valley + 1) break;
  }
  return least;
}

function isValue(regions: QuantileRegions, place: number): boolean {
  return regions.lower(place) === regions.upper(place);
}
