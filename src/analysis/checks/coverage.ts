import type { Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { CoverageCheck } from "../analysis.ts";

const millisecondsPerHour = 3_600_000;

/** Which part of the traffic's rhythm do the data cover? `null` without timestamps or without a cycle. */
export function coverageCheck({ cells, plan }: Summary, { cycleHours, minimumCycles }: Policy): CoverageCheck | null {
  if (cycleHours === null) return null;
  const cycle = cycleHours * millisecondsPerHour;
  const slots = Math.max(1, Math.round(cycle / plan.periodMs));
  const covered = new Set<number>();
  let [first, last] = [Infinity, -Infinity];
  let period: number | null = null;
  for (const cell of cells) {
    if (cell.period === null || cell.segment !== null || cell.period === period) continue;
    period = cell.period;
    first = Math.min(first, period);
    last = Math.max(last, period);
    covered.add(Math.floor((((period % cycle) + cycle) % cycle) / plan.periodMs));
  }
  if (period === null) return null;
  const span = last + plan.periodMs - first;
  return {
    cycleHours,
    covered: Math.min(slots, covered.size),
    slots,
    wholeCycles: Math.floor(span / cycle + 1e-9),
    minimumCycles,
  };
}
