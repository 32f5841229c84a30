import type { Groups } from "./groups.ts";
import type { StatisticPlan } from "./plan.ts";
import { type GrowingStatistic, addValues, fieldsOf } from "./statistic.ts";

const nothing = new Float64Array(0);

/** Adds the rows of one group to the statistics, column by column. */
export function addGroup(
  statistics: readonly GrowingStatistic[],
  plans: readonly StatisticPlan[],
  { order, starts }: Groups,
  group: number,
  columns: Readonly<Record<string, Float64Array>>,
): void {
  const from = starts[group] as number;
  const to = starts[group + 1] as number;
  for (const [index, plan] of plans.entries()) {
    const [first, second] = fieldsOf(plan).map((field) => gather(columns[field] as Float64Array, order, from, to));
    addValues(statistics[index] as GrowingStatistic, plan, first as Float64Array, second ?? nothing);
  }
}

function gather(column: Float64Array, order: Int32Array, from: number, to: number): Float64Array {
  const values = new Float64Array(to - from);
  for (let i = from; i < to; i++) values[i - from] = column[order[i] as number] as number;
  return values;
}
