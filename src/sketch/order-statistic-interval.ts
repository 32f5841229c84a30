import { type NotComputable, notComputable, requireProbability } from "../errors.ts";
import { binomialQuantile } from "../math/binomial.ts";
import { orderStatisticOf } from "./bin-queries.ts";
import type { Histogram } from "./histogram.ts";

/** An interval between two order statistics, each taken at the far edge of its bucket. */
export interface OrderStatisticInterval {
  /** -Infinity when the sample is too small to bound the quantile from below. */
  readonly lower: number;
  /** Infinity when the sample is too small to bound the quantile from above. */
  readonly upper: number;
  /** Rank of the lower order statistic, 0 when there is none. */
  readonly lowerRank: number;
  /** Rank of the upper order statistic, count + 1 when there is none. */
  readonly upperRank: number;
}

/**
 * Between which values does the p-quantile of the population lie? The order statistics whose ranks a binomial count of
 * values below the quantile stays between.
 *
 * @param histogram - a sample of independent values from one population
 * @param p - a probability strictly between 0 and 1
 * @param level - confidence level, default 0.95, each tail with half of the rest
 * @returns an interval in the unit of the values; not computable when there are no values.
 *
 * Guarantee: exact, fixed horizon: coverage is at least `level` for any distribution, ties included; buckets only widen
 * it. Source: Thompson (1936), doi:10.1214/aoms/1177732502; David and Nagaraja (2003), Order Statistics, section 7.1.
 *
 * @throws {RangeError} when p or level is not strictly between 0 and 1.
 *
 * @example
 * ```ts
 * const sketch = new QuantileSketch();
 * sketch.addAll(Float64Array.from({ length: 1000 }, (_, i) => i + 1));
 * orderStatisticInterval(sketch, 0.5); // ranks 469 and 532: from 466.9... to 534.6...
 * ```
 */
export function orderStatisticInterval(
  histogram: Histogram,
  p: number,
  level: number = 0.95,
): OrderStatisticInterval | NotComputable {
  const action = "compute an order-statistic interval";
  requireProbability(action, "p", p);
  requireProbability(action, "level", level);
  const n = histogram.count;
  if (n === 0) return notComputable("no-data", "an interval for a quantile of no values");
  const tail = (1 - level) / 2;
  const lowerRank = binomialQuantile(tail, n, p);
  const upperRank = n - binomialQuantile(tail, n, 1 - p) + 1;
  return {
    lower: lowerRank === 0 ? -Infinity : orderStatisticOf(histogram, lowerRank).lower,
    upper: upperRank > n ? Infinity : orderStatisticOf(histogram, upperRank).upper,
    lowerRank,
    upperRank,
  };
}
