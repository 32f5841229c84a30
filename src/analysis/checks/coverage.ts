import type { Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { CoverageCheck } from "../analysis.ts";

const millisecondsPerHour = 3_600_000;

/** Which part of the traffic's rhythm do the data cover? `null` without timestamps or without a cycle. */
export function coverageCheck({ cells, plan }: Summary, { cycleHours, minimumCycles }: Policy): CoverageCheck | null {
  if (cycleHours === null) return null;
  const periods = new Set(cells.flatMap(({ period, segment }) => (period === null || segment !== null ? [] : [period])));
  if (periods.size === 0) return null;
  const cycle = cycleHours * millisecondsPerHour;
  const slots = Math.max(1, Math.round(cycle / plan.periodMs));
  const covered = new Set([...periods].map((period) => Math.floor((((period % cycle) + cycle) % cycle) / plan.periodMs)));
  const span = Math.max(...periods) + plan.periodMs - Math.min(...periods);
  return { cycleHours, covered: Math.min(slots, covered.size), slots, wholeCycles: Math.floor(span / cycle + 1e-9), minimumCycles };
}
