import { devianceTerm } from "../../math/deviance.ts";
import type { HistogramBins } from "../../sketch/histogram.ts";

/**
 * The half deviance of "the p-quantile lies here", for every place it may lie: below all bins, in each bin, in each gap
 * between bins, above all. In place i, q lies in (lower[i], upper[i]].
 */
export interface QuantileRegions {
  /** Number of places. */
  readonly size: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The place with the smallest half deviance, which is 0 but for rounding of ranks. */
  readonly valley: number;
  /** Half deviance of place i; falls towards the valley and rises after it. Computed when asked for: most places never are. */
  cost(place: number): number;
  /** Half deviance of the quantile lying exactly at `upper[i]`, where ranks are known. */
  costAtUpper(place: number): number;
}

/** Where the quantile of each arm may lie, in one allocation epoch. */
export interface QuantileStratum {
  readonly control: QuantileRegions;
  readonly treatment: QuantileRegions;
}

/** How a rank speaks against a quantile: called with the number of values above it. */
export type RankDeviance = (above: number) => number;

/**
 * Half the binomial deviance K ln(K / np) + X ln(X / n(1-p)) of seeing X of n values above the p-quantile, divided by the
 * design effect.
 */
export function binomialRankDeviance(count: number, probability: number, designEffect = 1): RankDeviance {
  const expected = count * (1 - probability);
  return (above) => {
    const difference = expected - above;
    return (devianceTerm(above, expected, difference) + devianceTerm(count - above, count * probability, -difference)) / designEffect;
  };
}

/**
 * Lists the places where a quantile may lie, with what each costs. Within a bin ranks are only known to lie between those
 * of its ends, so the cheapest is taken: intervals built on these are honest about the bins too.
 *
 * @param mostLikely - the number of values above the quantile at which `deviance` is smallest.
 */
export function quantileRegions(bins: HistogramBins, count: number, mostLikely: number, deviance: RankDeviance): QuantileRegions {
  const size = 2 * bins.count.length + 1;
  const lower = new Float64Array(size);
  const upper = new Float64Array(size);
  const aboveUpper = new Float64Array(size);
  let above = count;
  let edge = Number.NEGATIVE_INFINITY;
  let valley = -1;
  for (let i = 0; i < size; i++) {
    const bin = i >> 1;
    const inBin = i % 2 === 1;
    if (inBin) above -= bins.count[bin] as number;
    lower[i] = edge;
    edge = inBin ? (bins.upper[bin] as number) : bin < bins.count.length ? (bins.lower[bin] as number) : Number.POSITIVE_INFINITY;
    upper[i] = edge;
    aboveUpper[i] = above;
    if (valley === -1 && above <= mostLikely) valley = i;
  }
  const known = new Float64Array(size).fill(Number.NaN);
  return {
    size,
    lower,
    upper,
    valley,
    cost(place) {
      const cost = known[place] as number;
      if (!Number.isNaN(cost)) return cost;
      const before = place === 0 ? count : (aboveUpper[place - 1] as number);
      return (known[place] = deviance(Math.min(before, Math.max(aboveUpper[place] as number, mostLikely))));
    },
    costAtUpper: (place) => deviance(aboveUpper[place] as number),
  };
}
