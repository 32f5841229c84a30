import { cannot, SummaryError } from "../../errors.ts";
import type { Metric } from "../../policy/policy.ts";
import { statisticIndex, type StatisticPlan } from "../../summary/plan.ts";
import { absorbStatistic, emptyStatistic } from "../../summary/statistic.ts";
import type { Cluster, Segment, Statistic, Summary } from "../../summary/summary.ts";
import type { DesignEffect } from "./design-effect.ts";

/** All that a summary holds about one metric of one arm. */
export interface ArmData {
  readonly arm: string;
  /** One statistic per epoch, over all its periods; `null` where the arm had no records. */
  readonly epochs: readonly (Statistic | null)[];
  readonly records: number;
  /** The arm's units by epoch; empty when requests are assigned one by one. */
  readonly clusters: readonly Cluster[];
  /** Where in a cluster's buckets this metric's statistic stands. */
  readonly statistic: number;
  /** How much units inflate the variance, where it is known from elsewhere: a segment takes its arm's. */
  readonly inflation?: DesignEffect | null | undefined;
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
  const plan = summary.plan.statistics[statistic] as StatisticPlan;
  const byEpoch: Statistic[][] = Array.from({ length: summary.plan.epochStarts.length + 1 }, () => []);
  let records = 0;
  for (const cell of summary.cells) {
    if (cell.arm !== arm || !sameSegment(cell.segment, segment)) continue;
    records += cell.records;
    (byEpoch[cell.epoch] as Statistic[]).push(cell.statistics[statistic] as Statistic);
  }
  const epochs = byEpoch.map((list) => (list.length > 1 ? merged(plan, list) : (list[0] ?? null)));
  return {
    arm,
    epochs,
    records,
    clusters: segment === null ? summary.clusters.filter((cluster) => cluster.arm === arm) : [],
    statistic,
  };
}

function merged(plan: StatisticPlan, statistics: readonly Statistic[]): Statistic {
  const whole = emptyStatistic(plan);
  for (const statistic of statistics) absorbStatistic(whole, statistic);
  return whole;
}

function sameSegment(a: Segment | null, b: Segment | null): boolean {
  return a === b || (a !== null && b !== null && a.field === b.field && a.value === b.value);
}
