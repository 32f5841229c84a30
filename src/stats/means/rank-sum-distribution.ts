import type { PValue } from "../p-value.ts";
import { fromLog } from "../proportions/binomial-test.ts";
import type { Alternative } from "../result.ts";

/** The exact null distribution of the Mann-Whitney statistic without ties. */
export interface RankSumDistribution {
  /** P(U <= u). */
  cdf(u: number): number;
  /** The largest rank r from the end of the pairwise differences with P(U <= r - 1) <= tail. */
  lowerRank(tail: number): number;
}

/** Builds the distribution by the recurrence over the larger value of the last pair, in probabilities. */
export function exactRankSumDistribution(first: number, second: number): RankSumDistribution {
  const pairs = first * second;
  // Counts of subsets by their statistic: multiply by (1 - q^(second + i)) / (1 - q^i), keeping the scale of
  // probabilities.
  const counts = new Float64Array(pairs + 1);
  counts[0] = 1;
  for (let i = 1; i <= first; i += 1) {
    const shift = second + i;
    for (let u = pairs; u >= shift; u -= 1) counts[u] = (counts[u] as number) - (counts[u - shift] as number);
    for (let u = i; u <= pairs; u += 1) counts[u] = (counts[u] as number) + (counts[u - i] as number);
    const scale = i / (second + i);
    for (let u = 0; u <= pairs; u += 1) counts[u] = (counts[u] as number) * scale;
  }
  const sums = new Float64Array(pairs + 1);
  let total = 0;
  for (let u = 0; u <= pairs; u += 1) {
    total += Math.max(0, counts[u] as number);
    sums[u] = total;
  }
  const cdf = (u: number): number => (u < 0 ? 0 : u >= pairs ? 1 : (sums[Math.floor(u)] as number));
  return {
    cdf,
    lowerRank: (tail) => {
      let rank = 0;
      while (rank < pairs && cdf(rank) <= tail) rank += 1;
      return rank;
    },
  };
}

/** The p-value of an observed statistic; both tails are alike. */
export function exactRankSumPValue(
  distribution: RankSumDistribution,
  statistic: number,
  alternative: Alternative,
  pairs: number,
): PValue {
  const less = distribution.cdf(statistic);
  const greater = distribution.cdf(pairs - statistic);
  if (alternative !== "two-sided") return fromLog(Math.log(alternative === "less" ? less : greater));
  return fromLog(Math.log(Math.min(1, 2 * Math.min(less, greater))));
}
