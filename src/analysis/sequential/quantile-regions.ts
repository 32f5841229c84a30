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
  const binCount = bins.count.length;
  const size = 2 * binCount + 1;
  // Place i lies between edges i and i + 1: a gap, a bin, a gap, ... above[j] values lie above bin j - 1.
  const edges = new Float64Array(size + 1);
  const above = new Float64Array(binCount + 1);
  let left = count;
  let valley = count <= mostLikely ? 0 : -1;
  edges[0] = Number.NEGATIVE_INFINITY;
  above[0] = count;
  for (let bin = 0; bin < binCount; bin++) {
    edges[2 * bin + 1] = bins.lower[bin] as number;
    edges[2 * bin + 2] = bins.upper[bin] as number;
    left -= bins.count[bin] as number;
    above[bin + 1] = left;
    if (valley === -1 && left <= mostLikely) valley = 2 * bin + 1;
  }
  edges[size] = Number.POSITIVE_INFINITY;
  return {
    size,
    lower: edges.subarray(0, size),
    upper: edges.subarray(1),
    valley,
    cost: (place) => deviance(Math.min(above[place >> 1] as number, Math.max(above[(place + 1) >> 1] as number, mostLikely))),
    costAtUpper: (place) => deviance(above[(place + 1) >> 1] as number),
  };
}
