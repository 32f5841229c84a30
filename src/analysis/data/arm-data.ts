import { cannot, SummaryError } from "../../errors.ts";
import type { Metric } from "../../policy/policy.ts";
import { type Plan, statisticIndex, type StatisticPlan } from "../../summary/plan.ts";
import { absorbStatistic, emptyStatistic } from "../../summary/statistic.ts";
import type { Cell, Cluster, Segment, Statistic, Summary } from "../../summary/summary.ts";
import { slicesOf } from "./time-slices.ts";

/** All that a summary holds about one metric of one arm. */
export interface ArmData {
  /** Where it was read from. */
  readonly summary: Summary;
  readonly arm: string;
  /** One statistic per epoch, over all its periods; `null` where the arm had no records. */
  readonly epochs: readonly (Statistic | null)[];
  readonly records: number;
  /** The arm's units by epoch; empty when requests are assigned one by one. */
  readonly clusters: readonly Cluster[];
  /** The arm's instances (pods, hosts, replicas) by epoch; empty where none was recorded. */
  readonly instances: readonly Cluster[];
  /** The arm's slices of time by epoch, keys ascending; empty without timestamps. */
  readonly slices: readonly Cluster[];
  /** Width of a slice, milliseconds. */
  readonly sliceMs: number;
  /** Where in a cluster's buckets this metric's statistic stands. */
  readonly statistic: number;
  /** The latency of the same requests, whose mean shows earliest how long noise lasts; `null` where none is kept. */
  readonly latency: { readonly statistic: number; readonly epochs: readonly (Statistic | null)[] } | null;
}

/** Collects an arm's statistic for a metric, epoch by epoch. */
export function armData(summary: Summary, metric: Metric, arm: string, segment: Segment | null = null): ArmData {
  const statistic = statisticIndex(summary.plan, metric);
  if (statistic < 0) {
    throw new SummaryError(
      cannot(
        "analyze the summary",
        `metric ${JSON.stringify(metric.name)}`,
        "one that the summary's plan keeps",
        summary.plan.statistics,
      ),
      {
        code: "metric-not-summarized",
        field: metric.name,
        value: summary.plan.statistics,
        fix: "Summarize the records again with this policy",
      },
    );
  }
  const cells = summary.cells.filter((cell) => cell.arm === arm && sameSegment(cell.segment, segment));
  const latency = segment === null ? latencyIndex(summary.plan) : -1;
  const epochs = byEpoch(cells, summary.plan, statistic);
  const own = (clusters: readonly Cluster[]): readonly Cluster[] =>
    segment === null ? clusters.filter((cluster) => cluster.arm === arm) : [];
  const slices = slicesOf(summary);
  return {
    summary,
    arm,
    epochs,
    records: cells.reduce((sum, cell) => sum + cell.records, 0),
    clusters: own(summary.clusters),
    instances: own(summary.instances),
    slices: own(slices?.series ?? []),
    sliceMs: slices?.widthMs ?? summary.plan.periodMs,
    statistic,
    latency:
      latency < 0
        ? null
        : { statistic: latency, epochs: latency === statistic ? epochs : byEpoch(cells, summary.plan, latency) },
  };
}

/** One statistic of an arm's cells per epoch, over all its periods. */
function byEpoch(cells: readonly Cell[], { statistics, epochStarts }: Plan, statistic: number): (Statistic | null)[] {
  const plan = statistics[statistic] as StatisticPlan;
  const lists: Statistic[][] = Array.from({ length: epochStarts.length + 1 }, () => []);
  for (const cell of cells) (lists[cell.epoch] as Statistic[]).push(cell.statistics[statistic] as Statistic);
  return lists.map((list) => (list.length > 1 ? merged(plan, list) : (list[0] ?? null)));
}

/** Where the distribution or the mean of latencies stands; -1 where none is kept. */
function latencyIndex({ statistics }: Plan): number {
  return statistics.findIndex(
    (plan) => (plan.kind === "sketch" || plan.kind === "moments") && plan.field === "latencyMs",
  );
}

function merged(plan: StatisticPlan, statistics: readonly Statistic[]): Statistic {
  const whole = emptyStatistic(plan);
  for (const statistic of statistics) absorbStatistic(whole, statistic);
  return whole;
}

function sameSegment(a: Segment | null, b: Segment | null): boolean {
  return a === b || (a !== null && b !== null && a.field === b.field && a.value === b.value);
}
