import { CoMoments } from "../sketch/comoments.ts";
import { Moments } from "../sketch/moments.ts";
import { QuantileSketch } from "../sketch/quantile-sketch.ts";
import type { GroupedColumns } from "./groups.ts";
import type { StatisticPlan } from "./plan.ts";
import type { Statistic } from "./summary.ts";

/** A statistic that still grows. */
export type GrowingStatistic =
  { readonly kind: "count"; trials: number; successes: number } | Exclude<Statistic, { readonly kind: "count" }>;

/** The statistic of no records. */
export function emptyStatistic(plan: StatisticPlan): GrowingStatistic {
  switch (plan.kind) {
    case "count":
    case "count-above":
      return { kind: "count", trials: 0, successes: 0 };
    case "sketch":
      return { kind: "sketch", sketch: new QuantileSketch({ scale: plan.scale }) };
    case "moments":
      return { kind: "moments", moments: new Moments() };
    case "comoments":
      return { kind: "comoments", comoments: new CoMoments() };
  }
}

/** The numeric fields that a statistic reads. */
export function fieldsOf(plan: StatisticPlan): readonly string[] {
  return plan.kind === "comoments" ? [plan.x, plan.y] : [plan.field];
}

/** Adds the rows from `start` up to, not including, `end` to the statistics; missing values (NaN) are left out. */
export function addGroup(
  statistics: readonly GrowingStatistic[],
  plans: readonly StatisticPlan[],
  rows: GroupedColumns,
  start: number,
  end: number,
): void {
  for (let index = 0; index < plans.length; index++) {
    const plan = plans[index] as StatisticPlan;
    const statistic = statistics[index] as GrowingStatistic;
    if (plan.kind === "comoments") {
      if (statistic.kind === "comoments")
        statistic.comoments.addAll(rows.column(plan.x).subarray(start, end), rows.column(plan.y).subarray(start, end));
      continue;
    }
    const values = rows.column(plan.field);
    if (statistic.kind === "count")
      addCount(statistic, plan.kind === "count-above" ? plan.threshold : 0.5, values, start, end);
    else if (statistic.kind === "sketch") statistic.sketch.addAll(values, start, end);
    else if (statistic.kind === "moments") statistic.moments.addAll(values.subarray(start, end));
  }
}

function addCount(
  statistic: { trials: number; successes: number },
  threshold: number,
  values: Float64Array,
  start: number,
  end: number,
): void {
  let trials = 0;
  let successes = 0;
  for (let i = start; i < end; i++) {
    const value = values[i] as number;
    if (value === value) trials++;
    if (value > threshold) successes++;
  }
  statistic.trials += trials;
  statistic.successes += successes;
}

/** Adds all that another statistic of the same plan holds; the other is not changed. */
export function absorbStatistic(into: GrowingStatistic, from: Statistic): void {
  if (into.kind === "count" && from.kind === "count") {
    into.trials += from.trials;
    into.successes += from.successes;
  } else if (into.kind === "sketch" && from.kind === "sketch") into.sketch.absorb(from.sketch);
  else if (into.kind === "moments" && from.kind === "moments") into.moments.absorb(from.moments);
  else if (into.kind === "comoments" && from.kind === "comoments") into.comoments.absorb(from.comoments);
}

/** The statistic of all records of both lists together. */
export function mergeStatistics(
  plans: readonly StatisticPlan[],
  lists: readonly (readonly Statistic[])[],
): Statistic[] {
  return plans.map((plan, index) => {
    const merged = emptyStatistic(plan);
    for (const list of lists) absorbStatistic(merged, list[index] as Statistic);
    return merged;
  });
}
