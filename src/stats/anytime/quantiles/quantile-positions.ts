import { devianceTerm } from "../../../math/deviance.ts";
import type { Histogram, HistogramTail } from "../../../sketch/histogram.ts";

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
  /**
   * Half deviance of place i; falls towards the valley and rises after it. Computed when asked for: most places never
   * are.
   */
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
 * Half the binomial deviance K ln(K / np) + X ln(X / n(1-p)) of seeing X of n values above the p-quantile, divided by
 * the design effect.
 */
export function binomialRankDeviance(count: number, probability: number, designEffect = 1): RankDeviance {
  const expected = count * (1 - probability);
  return (above) => {
    const difference = expected - above;
    return (
      (devianceTerm(above, expected, difference) + devianceTerm(count - above, count * probability, -difference)) /
      designEffect
    );
  };
}

/**
 * Lists the places where a quantile may lie, with what each costs. Within a bin ranks are only known to lie between
 * those of its ends, so the cheapest is taken: intervals built on these are honest about the bins too.
 *
 * @param histogram - must not change as long as the places are in use: its lower bins are listed when they are asked
 * for.
 * @param mostLikely - the number of values above the quantile at which `deviance` is smallest.
 */
export function quantileRegions(histogram: BinSource, mostLikely: number, deviance: RankDeviance): QuantileRegions {
  return new BinRegions(histogram, mostLikely, deviance);
}

/** What regions need of a histogram. */
type BinSource = Pick<Histogram, "count" | "bins" | "binsFromRank">;

/**
 * Place i is a gap where i is even, and bin (i - 1) / 2 where it is odd. Only the upper bins are listed, unless a lower
 * one is asked for.
 */
class BinRegions implements QuantileRegions {
  readonly size: number;
  readonly valley: number;
  readonly #histogram: BinSource;
  readonly #mostLikely: number;
  readonly #deviance: RankDeviance;
  /**
   * The bins listed, with how many values lie in them from each one up (0 beyond the last), and what that costs: -1
   * where it was not asked for.
   */
  #tail!: HistogramTail;
  #above!: Float64Array;
  #costs!: Float64Array;

  constructor(histogram: BinSource, mostLikely: number, deviance: RankDeviance) {
    this.#histogram = histogram;
    this.#mostLikely = mostLikely;
    this.#deviance = deviance;
    // Far enough for most intervals around the valley; a wider one pays for the list of all.
    const rank = histogram.count - Math.ceil(1.25 * mostLikely) - 64;
    this.#list(rank < 1 ? undefined : histogram.binsFromRank?.(rank));
    const { binsBelow, count } = this.#tail;
    this.size = 2 * (binsBelow + count.length) + 1;
    const first = this.#above.findIndex((values) => values <= mostLikely);
    this.valley = Math.max(0, 2 * (binsBelow + first) - 1);
  }

  lower(place: number): number {
    return place % 2 === 1 ? this.#lowerOf(place >> 1) : place === 0 ? -Infinity : this.#upperOf((place >> 1) - 1);
  }

  upper(place: number): number {
    return place % 2 === 1 ? this.#upperOf(place >> 1) : place === this.size - 1 ? Infinity : this.#lowerOf(place >> 1);
  }

  #lowerOf(bin: number): number {
    const at = this.#listed(bin);
    return this.#tail.lower[at] as number;
  }

  #upperOf(bin: number): number {
    const at = this.#listed(bin);
    return this.#tail.upper[at] as number;
  }

  cost(place: number): number {
    const most = this.#listed(place >> 1);
    const least = most + (place % 2);
    if ((this.#above[least] as number) >= this.#mostLikely) return this.#costAbove(least);
    return (this.#above[most] as number) <= this.#mostLikely ? this.#costAbove(most) : this.#deviance(this.#mostLikely);
  }

  costAtUpper(place: number): number {
    return this.#costAbove(this.#listed((place + 1) >> 1));
  }

  #costAbove(at: number): number {
    let cost = this.#costs[at] as number;
    if (cost === -1) {
      cost = this.#deviance(this.#above[at] as number);
      this.#costs[at] = cost;
    }
    return cost;
  }

  /** Where in the tail a bin stands; lists all bins when it lies below. */
  #listed(bin: number): number {
    if (bin < this.#tail.binsBelow) this.#list();
    return bin - this.#tail.binsBelow;
  }

  #list(tail: HistogramTail = { ...this.#histogram.bins(), binsBelow: 0 }): void {
    const { count, binsBelow } = tail;
    this.#tail = tail;
    this.#above = new Float64Array(count.length + 1);
    this.#costs = new Float64Array(count.length + 1).fill(-1);
    for (let i = count.length - 1; i >= 0; i--) this.#above[i] = (this.#above[i + 1] as number) + (count[i] as number);
    if (binsBelow === 0) this.#above[0] = this.#histogram.count;
  }
}

/** The first place that ends at or above a value; the last one where none does. */
export function placeOf(regions: QuantileRegions, value: number): number {
  let low = regions.valley;
  let high = regions.size - 1;
  // Ever longer steps down, so that bins far below the place are not listed for it.
  for (let step = 1; low > 0 && !(regions.upper(low) < value); step *= 2) {
    high = low;
    low = Math.max(0, low - step);
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if (regions.upper(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
