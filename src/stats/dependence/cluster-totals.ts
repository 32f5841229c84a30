/** What one cluster (a slice of time, an instance, a unit) contributes to the effect of one epoch. */
export interface ClusterContribution {
  /** Allocation epoch, counted from 0. */
  readonly epoch: number;
  /** Which cluster; the same key in both arms is the same cluster. */
  readonly key: number | string;
  readonly control: ClusterTotal;
  readonly treatment: ClusterTotal;
}

/** Records of one arm in a cluster, and how much of the metric they add up to. */
export interface ClusterTotal {
  readonly n: number;
  readonly total: number;
}

/** An arm that has nothing in a cluster. */
export const nothing: ClusterTotal = { n: 0, total: 0 };

/**
 * Which arms a variance is of: of the effect of arms side by side (`both`), of the effect where arms did not run at the
 * same time (`apart`: what both share does not cancel), or of the level of one arm.
 */
export type Arms = "both" | "apart" | "control" | "treatment";

/** The arms that a variance is of. */
export function armsOf(arms: Arms): readonly ("control" | "treatment")[] {
  return arms === "both" || arms === "apart" ? ["control", "treatment"] : [arms];
}

/** Variance of a single record of an arm in an epoch, 0 or more. */
export type RecordVariance = (arm: "control" | "treatment", epoch: number) => number;

/** One cluster's deviation from its arms' means, on the scale of the combined effect. */
export interface Deviation {
  readonly key: number | string;
  /** Deviation of the effect that the cluster causes. */
  readonly deviation: number;
  /** Its variance under independence. */
  readonly variance: number;
}

/** The deviations of all clusters, and what their squares add up to under independence. */
export interface Deviations {
  readonly clusters: readonly Deviation[];
  readonly expected: number;
  /** Effective number of clusters of each arm: 1 / sum of the squared shares of its records. */
  readonly effective: { readonly control: number; readonly treatment: number };
  /** Share of the clusters that hold records of both arms. */
  readonly shared: number;
}

interface ArmTotals {
  n: number;
  total: number;
  squares: number;
}

/**
 * How far does each cluster pull the effect away from what its arms' means say?
 *
 * Each epoch is centred on its own means and weighted by its precision, as the common effect of all epochs is. A
 * cluster of several epochs counts once. What both arms of a cluster share cancels.
 *
 * @param contributions - in the order in which clusters follow each other.
 * @param varianceOf - of a single record.
 * @param arms - `both` for the effect treatment - control; one arm for its level.
 */
export function deviationsOf(
  contributions: readonly ClusterContribution[],
  varianceOf: RecordVariance,
  arms: Arms,
): Deviations {
  const used = armsOf(arms);
  const epochs = new Map<number, { control: ArmTotals; treatment: ArmTotals }>();
  for (const cluster of contributions) {
    const totals = epochs.get(cluster.epoch) ?? { control: noTotals(), treatment: noTotals() };
    epochs.set(cluster.epoch, totals);
    for (const arm of used) {
      totals[arm].n += cluster[arm].n;
      totals[arm].total += cluster[arm].total;
      totals[arm].squares += cluster[arm].n ** 2;
    }
  }
  const weights = new Map<number, number>();
  let expected = 0;
  for (const [epoch, totals] of epochs) {
    if (used.some((arm) => totals[arm].n === 0)) continue;
    const variance = used.reduce((sum, arm) => sum + varianceOf(arm, epoch) / totals[arm].n, 0);
    if (!(variance > 0)) continue;
    const weight = 1 / variance;
    weights.set(epoch, weight);
    for (const arm of used) {
      const { n, squares } = totals[arm];
      expected += weight ** 2 * (varianceOf(arm, epoch) / n) * (1 - squares / n ** 2);
    }
  }
  const found = new Map<number | string, { deviation: number; variance: number; arms: Set<string> }>();
  for (const cluster of contributions) {
    const weight = weights.get(cluster.epoch);
    if (weight === undefined) continue;
    const totals = epochs.get(cluster.epoch) as { control: ArmTotals; treatment: ArmTotals };
    for (const arm of used) {
      const { n, total } = totals[arm];
      const own = cluster[arm];
      if (own.n === 0) continue;
      const key = arms === "apart" ? `${arm} ${cluster.epoch} ${cluster.key}` : cluster.key;
      const at = found.get(key) ?? { deviation: 0, variance: 0, arms: new Set<string>() };
      found.set(key, at);
      at.arms.add(arm);
      const sign = arm === "control" ? -1 : 1;
      at.deviation += (sign * weight * (own.total - (total / n) * own.n)) / n;
      at.variance += (weight ** 2 * varianceOf(arm, cluster.epoch) * own.n) / n ** 2;
    }
  }
  const clusters = [...found].map(([key, { deviation, variance }]) => ({ key, deviation, variance }));
  const both = [...found.values()].filter((at) => at.arms.size > 1).length;
  const effectiveOf = (arm: "control" | "treatment"): number => {
    const byKey = new Map<number | string, number>();
    for (const cluster of contributions)
      if (cluster[arm].n > 0) byKey.set(cluster.key, (byKey.get(cluster.key) ?? 0) + cluster[arm].n);
    const n = [...byKey.values()].reduce((sum, own) => sum + own, 0);
    return n === 0 ? 0 : n ** 2 / [...byKey.values()].reduce((sum, own) => sum + own ** 2, 0);
  };
  return {
    clusters: clusters.filter(({ variance }) => variance > 0),
    expected,
    effective: { control: effectiveOf("control"), treatment: effectiveOf("treatment") },
    shared: found.size === 0 ? 0 : both / found.size,
  };
}

function noTotals(): ArmTotals {
  return { n: 0, total: 0, squares: 0 };
}
