import { mergeStatistics } from "../../summary/statistic.ts";
import type { Statistic, Summary } from "../../summary/summary.ts";

/**
 * What does a summary hold of one field of one arm, over all periods?
 *
 * @returns the first statistic that reads the field; undefined when the plan keeps none, or the arm has no records.
 */
export function statisticOf(summary: Summary, arm: string, field: string): Statistic | undefined {
  const index = summary.plan.statistics.findIndex((plan) => "field" in plan && plan.field === field);
  const cells = summary.cells.filter((cell) => cell.arm === arm && cell.segment === null);
  if (index < 0 || cells.length === 0) return undefined;
  return mergeStatistics(
    summary.plan.statistics,
    cells.map(({ statistics }) => statistics),
  )[index];
}
