import { isNotComputable } from "../../errors.ts";
import type { Metric } from "../../policy/policy.ts";
import type { TokenPrice } from "../../policy/prices.ts";
import { type ClusterTotal, nothing } from "../../stats/dependence/cluster-totals.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { ArmData } from "../data/arm-data.ts";
import { recordVariances } from "./mean.ts";
import { countsOf } from "./proportion.ts";

/** What a metric counts of an arm's clusters. */
export interface ClusterTotals {
  /** Whether events are counted (failures, slow requests), or values added up. */
  readonly counted: "events" | "records";
  /** Records of a cluster's statistics that have the metric, and what they add up to. */
  totalOf(statistics: readonly Statistic[], epoch: number): ClusterTotal;
  /** Variance of what counts of a single record, given its mean in an epoch. */
  varianceOf(epoch: number, mean: number): number;
}

/** The mean latency of an arm's requests, which tells earliest how long noise lasts; `null` where none is kept. */
export function latencyTotals({ latency }: ArmData): ClusterTotals | null {
  return latency === null ? null : sums(latency, undefined);
}

/** What a metric counts: successes, requests beyond the arm's own quantile, sums. */
export function clusterTotals(metric: Metric, arm: ArmData): ClusterTotals {
  switch (metric.kind) {
    case "proportion":
    case "exceedance":
      return {
        counted: "events",
        totalOf: (statistics) => {
          const { trials, successes } = countsOf(statistics[arm.statistic] ?? null);
          return { n: trials, total: successes };
        },
        varianceOf: (_epoch, mean) => mean * (1 - mean),
      };
    case "quantile":
      return beyondQuantile(arm, metric.probability);
    case "mean":
    case "ratio":
      return sums(arm, undefined);
    case "cost":
      return sums(arm, metric.prices[arm.arm]);
  }
}

/** Requests slower than the arm's own quantile of the epoch. Clusters keep coarse buckets: any bound near it serves. */
function beyondQuantile(arm: ArmData, probability: number): ClusterTotals {
  const bounds = arm.epochs.map((statistic) => {
    if (statistic?.kind !== "sketch" || statistic.sketch.count === 0) return Number.NaN;
    const quantile = statistic.sketch.quantile(probability);
    return isNotComputable(quantile) ? Number.NaN : quantile.upper;
  });
  return {
    counted: "events",
    totalOf: (statistics, epoch) => {
      const statistic = statistics[arm.statistic];
      const bound = bounds[epoch] ?? Number.NaN;
      if (statistic?.kind !== "sketch" || statistic.sketch.count === 0 || Number.isNaN(bound)) return nothing;
      return { n: statistic.sketch.count, total: statistic.sketch.countAboveBucket(bound) };
    },
    varianceOf: (_epoch, mean) => mean * (1 - mean),
  };
}

/** Sums of values; for a ratio how far the numerator is above its share of the denominator. */
function sums(arm: Pick<ArmData, "epochs" | "statistic">, price: TokenPrice | undefined): ClusterTotals {
  const weights = arm.epochs.map((statistic): readonly [number, number] => {
    if (price !== undefined) return [price.inputPerMillion / 1e6, price.outputPerMillion / 1e6];
    return statistic?.kind === "comoments" ? [1, -statistic.comoments.sumX / statistic.comoments.sumY] : [1, 0];
  });
  const variances = recordVariances(arm, price);
  return {
    counted: "records",
    totalOf: (statistics, epoch) => {
      const statistic = statistics[arm.statistic];
      if (statistic?.kind === "moments") return { n: statistic.moments.count, total: statistic.moments.sum };
      if (statistic?.kind === "sketch")
        return {
          n: statistic.sketch.count,
          total: typeof statistic.sketch.sum === "number" ? statistic.sketch.sum : 0,
        };
      if (statistic?.kind !== "comoments") return nothing;
      const [a, b] = weights[epoch] as readonly [number, number];
      return { n: statistic.comoments.count, total: a * statistic.comoments.sumX + b * statistic.comoments.sumY };
    },
    varianceOf: (epoch) => variances[epoch] as number,
  };
}
