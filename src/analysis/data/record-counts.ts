import type { Summary } from "../../summary/summary.ts";

/** How many records does each arm of the plan have? 0 for an arm without any. */
export function recordsByArm({ plan, cells }: Pick<Summary, "plan" | "cells">): Record<string, number> {
  const records: Record<string, number> = Object.fromEntries(plan.arms.map((arm) => [arm, 0]));
  for (const cell of cells) if (cell.segment === null) records[cell.arm] = (records[cell.arm] ?? 0) + cell.records;
  return records;
}
