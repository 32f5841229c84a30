import { devianceTerm } from "../../math/deviance.ts";
import type { HistogramBins } from "../../sketch/histogram.ts";

/**
 * The half deviance of "the p-quantile lies here", for every place it may lie: below all bins, in each bin, in each gap
 * between bins, above all. In place i, q lies in (lower(i), upper(i)].
 */
export interface QuantileRegions {
  /** Number of places. */
  readonly size: number;
  lower(place: number): number;
  upper(place: number): number;
  /** The place with the smallest half deviance, which is 0 but for rounding of ranks. */
  readonly valley: number;
  /** Half deviance of place i; falls towards the valley and rises after it. Computed when asked for: most places never are. */
  cost(place: number): number;
  /** Half deviance of the quantile lying exactly at `upper(place)`, where ranks are known. */
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
  return new BinRegions(bins, count, mostLikely, deviance);
}

/** Place i is a gap where i is even, and bin (i - 1) / 2 where it is odd. Only ranks from the top down to the lowest place asked for are added up. */
class BinRegions implements QuantileRegions {
  readonly size: number;
  readonly valley: number;
  private readonly bins: HistogramBins;
  private readonly count: number;
  private readonly mostLikely: number;
  private readonly deviance: RankDeviance;
  /** Number of values in the highest 0, 1, 2... bins, and its half deviance: -1 where it was not asked for. */
  private readonly above: number[] = [0];
  private readonly costs: number[] = [-1];

  constructor(bins: HistogramBins, count: number, mostLikely: number, deviance: RankDeviance) {
    const binCount = bins.count.length;
    this.size = 2 * binCount + 1;
    this.bins = bins;
    this.count = count;
    this.mostLikely = mostLikely;
    this.deviance = deviance;
    let first = binCount;
    while (first > 0 && this.aboveBin(first - 1) <= mostLikely) first--;
    this.valley = Math.max(0, 2 * first - 1);
  }

  lower(place: number): number {
    if (place % 2 === 1) return this.bins.lower[place >> 1] as number;
    return place === 0 ? Number.NEGATIVE_INFINITY : (this.bins.upper[(place >> 1) - 1] as number);
  }

  upper(place: number): number {
    if (place % 2 === 1) return this.bins.upper[place >> 1] as number;
    return place === this.size - 1 ? Number.POSITIVE_INFINITY : (this.bins.lower[place >> 1] as number);
  }

  cost(place: number): number {
    const [least, most] = [(place + 1) >> 1, place >> 1];
    if (this.aboveBin(least) >= this.mostLikely) return this.costAbove(least);
    return this.aboveBin(most) <= this.mostLikely ? this.costAbove(most) : this.deviance(this.mostLikely);
  }

  costAtUpper(place: number): number {
    return this.costAbove((place + 1) >> 1);
  }

  private costAbove(bin: number): number {
    const above = this.aboveBin(bin);
    const bins = this.bins.count.length - bin;
    let cost = this.costs[bins] as number;
    if (cost === -1) {
      cost = this.deviance(above);
      this.costs[bins] = cost;
    }
    return cost;
  }

  /** Number of values above bin `bin - 1`. */
  private aboveBin(bin: number): number {
    const { above, costs } = this;
    const { count } = this.bins;
    for (let next = count.length - above.length; next >= bin; next--) {
      above.push(next === 0 ? this.count : (above[above.length - 1] as number) + (count[next] as number));
      costs.push(-1);
    }
    return above[count.length - bin] as number;
  }
}

/** The first place that ends at or above a value; the last one where none does. */
export function placeOf(regions: QuantileRegions, value: number): number {
  let low = 0;
  let high = regions.size - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (regions.upper(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
