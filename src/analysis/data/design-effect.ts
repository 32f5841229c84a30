import { type NotComputable, notComputable } from "../../errors.ts";
import { bucketOfUnit, unitBuckets } from "../../summary/clusters.ts";
import type { Cluster, Statistic } from "../../summary/summary.ts";

/** How much units inflate a variance, and how well that is known. */
export interface DesignEffect {
  /** Variance with units over variance with independent requests; at least 1. */
  readonly factor: number;
  /** Units, or hash buckets of units, less one. */
  readonly degreesOfFreedom: number;
}

/** What a unit bucket contributes: how much it has, and how much of it counts. */
export interface BucketTotal {
  readonly n: number;
  readonly total: number;
}

/**
 * By how much do an arm's units inflate the variance of its mean?
 *
 * @param clusters - the arm's units by epoch.
 * @param totalOf - what counts of a bucket's statistic in an epoch: successes, a sum, requests slower than a quantile.
 * @param varianceOf - variance of what counts, of a single request of an epoch.
 * @returns the factor, at least 1; or not computable with fewer than two units.
 * Source: bucketed between-unit variance, see METHODS T18-T20; Kish 1965 for the design effect.
 */
export function designEffect(
  clusters: readonly Cluster[],
  totalOf: (statistic: readonly Statistic[], epoch: number) => BucketTotal,
  varianceOf: (epoch: number, mean: number) => number,
): DesignEffect | NotComputable {
  const identified = clusters.every((cluster) => cluster.identified);
  const deviations = new Map<string, number>();
  let independent = 0;
  for (const { epoch, buckets, identified: named } of clusters) {
    const totals = buckets.map(({ key, statistics }) => ({
      key: named && !identified ? String(bucketOfUnit(key)) : key,
      ...totalOf(statistics, epoch),
    }));
    const n = totals.reduce((sum, bucket) => sum + bucket.n, 0);
    if (n === 0) continue;
    const mean = totals.reduce((sum, { total }) => sum + total, 0) / n;
    independent += n * varianceOf(epoch, mean);
    for (const bucket of totals)
      deviations.set(bucket.key, (deviations.get(bucket.key) ?? 0) + bucket.total - mean * bucket.n);
  }
  const units = identified ? deviations.size : unitBuckets;
  if (units < 2)
    return notComputable(
      "too-few-units",
      `${units} unit${units === 1 ? "" : "s"} in the arm; at least 2 are needed to see how units differ`,
    );
  const between =
    [...deviations.values()].reduce((sum, deviation) => sum + deviation * deviation, 0) * (units / (units - 1));
  return { factor: independent > 0 ? Math.max(1, between / independent) : 1, degreesOfFreedom: units - 1 };
}

/** Degrees of freedom of a comparison of two arms; infinite where requests are independent. */
export function degreesOfFreedomOf(control: DesignEffect | null, treatment: DesignEffect | null): number {
  return control === null || treatment === null ? Infinity : control.degreesOfFreedom + treatment.degreesOfFreedom;
}
