import { type Arms, armsOf, type ClusterContribution, deviationsOf, type RecordVariance } from "./cluster-totals.ts";
import type { CorrectionPart } from "./variance-correction.ts";

/**
 * How much do clusters (replicas, runs, users) inflate the variance of an effect?
 *
 * Clusters of one arm only each add their own variance; clusters that serve both arms add that of their difference.
 *
 * @param contributions - by epoch and cluster, in any order.
 * @param varianceOf - of a single record.
 * @param arms - `both` for an effect, one arm for its level.
 * @returns the correction; `null` where an arm has fewer than 2 clusters, which can't be told from the arm itself.
 *
 * Asymptotic in the number of records of a cluster; holds with few clusters by Student's distribution. Source: between
 * cluster variance with Satterthwaite's degrees of freedom (F. E. Satterthwaite 1946, doi:10.2307/3002019).
 */
export function clusterCorrection(
  contributions: readonly ClusterContribution[],
  varianceOf: RecordVariance,
  arms: Arms,
): CorrectionPart | null {
  const { clusters, expected, effective, shared } = deviationsOf(contributions, varianceOf, arms);
  const used = armsOf(arms);
  const names = (arm: "control" | "treatment"): number =>
    new Set(contributions.filter((cluster) => cluster[arm].n > 0).map(({ key }) => key)).size;
  if (used.some((arm) => names(arm) < 2)) return null;
  if (!(expected > 0)) return { weight: 1, factor: 1, degreesOfFreedom: Infinity };
  const factor = clusters.reduce((sum, { deviation }) => sum + deviation ** 2, 0) / expected;
  // Values whose squares are beyond a double say nothing here; the metric itself is then not computable.
  if (!Number.isFinite(factor)) return { weight: 1, factor: 1, degreesOfFreedom: Infinity };
  if (arms === "both" && shared < 0.5) {
    const [c, t] = used.map((arm) => armVariance(contributions, varianceOf, arm, effective[arm]));
    const sum = (c?.variance ?? 0) + (t?.variance ?? 0);
    const uncertainty = [c, t].reduce((all, own) => all + (own === undefined ? 0 : own.variance ** 2 / own.degrees), 0);
    return { weight: 1, factor, degreesOfFreedom: uncertainty > 0 ? Math.max(1, sum ** 2 / uncertainty) : Infinity };
  }
  const variance = clusters.reduce((sum, own) => sum + own.variance, 0);
  const squares = clusters.reduce((sum, own) => sum + own.variance ** 2, 0);
  return { weight: 1, factor, degreesOfFreedom: Math.max(1, variance ** 2 / squares - 1) };
}

function armVariance(
  contributions: readonly ClusterContribution[],
  varianceOf: RecordVariance,
  arm: "control" | "treatment",
  effective: number,
): { readonly variance: number; readonly degrees: number } {
  const totals = contributions.reduce((sum, own) => ({ n: sum.n + own[arm].n, total: sum.total + own[arm].total }), {
    n: 0,
    total: 0,
  });
  const own = deviationsOf(contributions, varianceOf, arm);
  // Back from precision weights to the variance of the arm's mean.
  const variance = own.clusters.reduce((sum, { deviation }) => sum + deviation ** 2, 0);
  const expected = own.clusters.reduce((sum, cluster) => sum + cluster.variance, 0);
  const meanVariance = totals.n === 0 ? 0 : averageVariance(contributions, varianceOf, arm) / totals.n;
  const scale = expected > 0 ? meanVariance / expected : 0;
  return {
    variance: (variance * scale * effective) / Math.max(1e-9, effective - 1),
    degrees: Math.max(1, effective - 1),
  };
}

function averageVariance(
  contributions: readonly ClusterContribution[],
  varianceOf: RecordVariance,
  arm: "control" | "treatment",
): number {
  let weighted = 0;
  let n = 0;
  for (const own of contributions) {
    weighted += own[arm].n * varianceOf(arm, own.epoch);
    n += own[arm].n;
  }
  return n === 0 ? 0 : weighted / n;
}
