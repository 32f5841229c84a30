import { type NotComputable, notComputable, requireNumber } from "../errors.ts";
import type { CountBounds, Histogram, HistogramBins, QuantileEstimate } from "./histogram.ts";

/**
 * The rank of the order statistic that is the p-quantile of n values: the smallest k with k / n >= p, at least 1 (the
 * inverse of the empirical distribution function, type 1 of Hyndman and Fan 1996). A product n * p within rounding
 * error of an integer counts as that integer, so that p = 0.07 of 1,000 is rank 70.
 */
export function quantileRank(n: number, p: number): number {
  const position = n * p;
  const nearest = Math.round(position);
  const rank = Math.abs(position - nearest) <= 4 * Number.EPSILON * position ? nearest : Math.ceil(position);
  return Math.min(n, Math.max(1, rank));
}

/**
 * The point of `[lower, upper]` with the smallest worst relative error: the harmonic mean when both have one sign, else
 * the middle.
 */
function representative(lower: number, upper: number): number {
  if (lower === upper) return lower;
  if (lower > 0 && upper < Infinity) return lower / (0.5 + 0.5 * (lower / upper));
  if (upper < 0 && lower > -Infinity) return upper / (0.5 + 0.5 * (upper / lower));
  if (lower === -Infinity || upper === Infinity) return lower === -Infinity ? upper : lower;
  return lower / 2 + upper / 2;
}

/** A bin as an estimate of a value in it. */
export function estimateIn({ lower, upper }: { lower: number; upper: number }): QuantileEstimate {
  return { value: representative(lower, upper), lower, upper };
}

/** The smallest or the largest value itself, for the first and the last rank where the extremes are exact. */
export function extremeOfRank(histogram: Histogram, k: number): QuantileEstimate | undefined {
  if (!histogram.extremesExact || (k !== 1 && k !== histogram.count)) return undefined;
  const value = k === 1 ? histogram.min : histogram.max;
  return { value, lower: value, upper: value };
}

/** The order statistic of rank k, counted from 1, up to the bin that holds it. */
export function orderStatisticOf(histogram: Histogram, k: number): QuantileEstimate {
  const extreme = extremeOfRank(histogram, k);
  if (extreme !== undefined) return extreme;
  const { lower, upper, count } = histogram.bins();
  let i = 0;
  for (let seen = count[0] as number; seen < k; seen += count[i] as number) i++;
  return estimateIn({ lower: lower[i] as number, upper: upper[i] as number });
}

/**
 * Bounds on how many values are at most x: exact when x is an edge or an extreme, else the bin that holds x is the
 * slack.
 */
export function rankOf(histogram: Histogram, x: number): CountBounds {
  requireNumber("rank a number", "x", "a number", x, () => true);
  const { count, min, max, extremesExact } = histogram;
  if (count === 0 || x < min) return { lower: 0, upper: 0 };
  if (x >= max) return { lower: count, upper: count };
  const bins: HistogramBins = histogram.bins();
  let below = 0;
  let i = 0;
  for (; i < bins.count.length && (bins.upper[i] as number) <= x; i++) below += bins.count[i] as number;
  const cut = i < bins.count.length && ((bins.lower[i] as number) < x || (i === 0 && x === min));
  const upper = cut ? below + (bins.count[i] as number) : below;
  return extremesExact ? { lower: Math.max(1, below), upper: Math.min(count - 1, upper) } : { lower: below, upper };
}

/** Bounds on how many values exceed x. */
export function countAboveOf(histogram: Histogram, x: number): CountBounds {
  const atMost = rankOf(histogram, x);
  return { lower: histogram.count - atMost.upper, upper: histogram.count - atMost.lower };
}

/** A share of the values known up to the bin that a threshold cuts. */
export interface CumulativeShare {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** Share of values that are at most x; the point assumes an even spread inside the bin that x cuts. */
export function cdfOf(histogram: Histogram, x: number): CumulativeShare | NotComputable {
  const { lower, upper } = rankOf(histogram, x);
  const n = histogram.count;
  if (n === 0) return notComputable("no-data", "a share of no values");
  let value = lower / n;
  if (lower !== upper) {
    const bins = histogram.bins();
    let i = 0;
    while ((bins.upper[i] as number) <= x) i++;
    const from = bins.lower[i] as number;
    const to = bins.upper[i] as number;
    const part = Number.isFinite(to - from) ? (x - from) / (to - from) : 0;
    value = (lower + (upper - lower) * part) / n;
  }
  return { value, lower: lower / n, upper: upper / n };
}

/** Quantile of a histogram; see `QuantileSketch.quantile`. */
export function quantileOf(histogram: Histogram, p: number): QuantileEstimate | NotComputable {
  requireNumber("compute a quantile", "p", "a number from 0 to 1", p, (x) => x >= 0 && x <= 1);
  if (histogram.count === 0) return notComputable("no-data", "a quantile of no values");
  return orderStatisticOf(histogram, quantileRank(histogram.count, p));
}
