import { type NotComputable, notComputable, requireCount, requireProbability } from "../../errors.ts";
import { binomialCdf, binomialSurvival } from "../../math/binomial.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import { finiteSample } from "../means/sample-moments.ts";
import { testOptions } from "../options.ts";
import { tailOf } from "../proportions/one-sample.ts";
import type { Alternative, IntervalResult, TestOptions } from "../result.ts";

/** Ranks (from 1) of the order statistics that bound a quantile; null where no order statistic does. */
export interface QuantileRanks {
  readonly lower: number | null;
  readonly upper: number | null;
  /** Rank of the estimate: the smallest value with at least a share `probability` of the sample at or below it. */
  readonly estimate: number;
}

/**
 * Which order statistics bound a quantile with guaranteed coverage, whatever the distribution?
 *
 * @param count - Number of independent values.
 * @param probability - Level of the quantile, in (0, 1), e.g. 0.99.
 * @param level - Confidence level, in (0, 1).
 * @param alternative - `"two-sided"` splits the error; `"greater"` asks for a lower bound only, `"less"` for an upper
 * one only.
 * @returns The ranks; P(lower order statistic > quantile) and P(upper < quantile) are each at most the error of their
 * side.
 *
 * Exact (conservative), at one look, for independent values, ties and gaps included.
 *
 * Source: W. R. Thompson 1936, doi:10.1214/aoms/1177732502.
 *
 * @throws {RangeError} A count that is not a non-negative integer, probabilities outside (0, 1).
 *
 * @example
 * ```ts
 * quantileRanks(1000, 0.99, 0.95); // ranks 983 and 997, estimate 990
 * ```
 */
export function quantileRanks(
  count: number,
  probability: number,
  level: number,
  alternative: Alternative = "two-sided",
): QuantileRanks {
  const action = "bound a quantile";
  requireCount(action, "count", count);
  requireProbability(action, "probability", probability);
  requireProbability(action, "level", level);
  const tail = tailOf(level, alternative);
  // The number of values below the quantile is binomial: rank r lies above it with P(B <= r - 1), below it with P(B >=
  // r).
  let lower: number | null = null;
  if (alternative !== "less") {
    const r = largest(count, (rank) => binomialCdf(rank - 1, count, probability) <= tail);
    lower = r >= 1 ? r : null;
  }
  let upper: number | null = null;
  if (alternative !== "greater") {
    const r = largest(count, (rank) => binomialSurvival(rank - 1, count, probability) > tail) + 1;
    upper = r <= count ? r : null;
  }
  return { lower, upper, estimate: Math.max(1, Math.ceil(count * probability - 1e-9)) };
}

/** Options of the methods for quantiles. */
export interface QuantileOptions extends TestOptions {
  /** Level of the quantile, in (0, 1): 0.99 for the P99. */
  readonly probability: number;
}

/**
 * Which values of a quantile fit what one arm showed?
 *
 * @param values - Values of the arm, finite, any order.
 * @param options - `probability`: level of the quantile, in (0, 1); confidence level, alternative.
 * @returns The sample quantile in the unit of the values with its order-statistic interval; an end is infinite where
 * the sample is too small to bound it. `NotComputable` without values, or where neither end is bounded
 * (`rank-outside-sample`).
 *
 * Exact (conservative), at one look, for independent values.
 *
 * Source: W. R. Thompson 1936, doi:10.1214/aoms/1177732502.
 *
 * @throws {RangeError} Values that are not finite, probabilities outside (0, 1).
 *
 * @example
 * ```ts
 * quantileInterval(latencies, { probability: 0.99 }); // { estimate: 812, interval: [790, 861] }
 * ```
 */
export function quantileInterval(values: ArrayLike<number>, options: QuantileOptions): IntervalResult | NotComputable {
  const action = "bound a quantile";
  const { alternative, level } = testOptions(action, options);
  const { probability } = options;
  requireProbability(action, "probability", probability);
  const sorted = Float64Array.from(finiteSample(action, "values", values)).sort();
  if (sorted.length === 0) return notComputable("no-data", "the arm has 0 values");
  return intervalAtRanks(sorted, quantileRanks(sorted.length, probability, level, alternative), probability, level, {
    method: "order-statistic",
    guarantee: "exact",
    assumptions: [independentRequests, fixedLook],
  });
}

/** The interval that ranks cut out of a sorted sample. */
export function intervalAtRanks(
  sorted: Float64Array,
  ranks: QuantileRanks,
  probability: number,
  level: number,
  report: Pick<IntervalResult, "method" | "guarantee" | "assumptions">,
): IntervalResult | NotComputable {
  if (ranks.lower === null && ranks.upper === null) {
    return notComputable(
      "rank-outside-sample",
      `${sorted.length} values don't bound the ${probability} quantile at level ${level}`,
    );
  }
  return {
    computable: true,
    ...report,
    estimate: sorted[ranks.estimate - 1] as number,
    interval: [
      ranks.lower === null ? -Infinity : (sorted[ranks.lower - 1] as number),
      ranks.upper === null ? Infinity : (sorted[ranks.upper - 1] as number),
    ],
    level,
  };
}

/** The largest rank from 0 to count for which a condition holds that holds up to some rank; 0 counts as holding. */
function largest(count: number, holds: (rank: number) => boolean): number {
  let low = 0;
  let high = count + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
