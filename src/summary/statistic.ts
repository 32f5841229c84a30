import { CoMoments } from "../sketch/comoments.ts";
import { Moments } from "../sketch/moments.ts";
import { QuantileSketch } from "../sketch/quantile-sketch.ts";
import type { StatisticPlan } from "./plan.ts";
import type { Statistic } from "./summary.ts";

/** A statistic that still grows. */
export type GrowingStatistic =
  | { readonly kind: "count"; trials: number; successes: number }
  | Exclude<Statistic, { readonly kind: "count" }>;

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

/** Adds the values of some records; missing values (NaN) are left out. */
export function addValues(statistic: GrowingStatistic, plan: StatisticPlan, values: Float64Array, second: Float64Array): void {
  if (statistic.kind === "count") {
    const threshold = plan.kind === "count-above" ? plan.threshold : 0.5;
    let trials = 0;
    let successes = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value === value) trials++;
      if (value > threshold) successes++;
    }
    statistic.trials += trials;
    statistic.successes += successes;
  } else if (statistic.kind === "sketch") statistic.sketch.addAll(values);
  else if (statistic.kind === "moments") statistic.moments.addAll(values);
  else statistic.comoments.addAll(values, second);
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
export function mergeStatistics(plans: readonly StatisticPlan[], lists: readonly (readonly Statistic[])[]): Statistic[] {
  return plans.map((plan, index) => {
    const merged = emptyStatistic(plan);
    for (const list of lists) absorbStatistic(merged, list[index] as Statistic);
    return merged;
  });
}
