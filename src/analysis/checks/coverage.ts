import type { Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import { millisecondsPerHour } from "../../time.ts";
import type { CoverageCheck } from "../analysis.ts";
import { recordsByArm } from "../data/record-counts.ts";
import { type OccupiedTime, occupiedTime } from "./occupied-time.ts";

/**
 * Which part of the traffic's rhythm do the data cover? Of several treatments that with the fewest whole cycles counts.
 *
 * @returns `null` without timestamps or without a cycle.
 */
export function coverageCheck(summary: Summary, policy: Policy): CoverageCheck | null {
  const { control, treatments, cycleHours, minimumCycles } = policy;
  if (cycleHours === null) return null;
  const records = recordsByArm(summary);
  const times = treatments
    .filter((treatment) => (records[treatment] ?? 0) > 0)
    .flatMap((treatment) => occupiedTime(summary, [control, treatment], cycleHours) ?? []);
  const [first, ...others] = times;
  if (first === undefined) return null;
  const shortest = others.reduce((least, time) => (time.periodHours < least.periodHours ? time : least), first);
  const { periodMs } = summary.plan;
  const cycle = cycleHours * millisecondsPerHour;
  const slots = Math.max(1, Math.round(cycle / periodMs));
  const slotOf = (start: number): number => Math.floor((((start % cycle) + cycle) % cycle) / periodMs);
  const covered = new Set(shortest.periods.map(slotOf));
  return {
    cycleHours,
    covered: Math.min(slots, covered.size),
    slots,
    wholeCycles: wholeCyclesOf(shortest, cycleHours),
    minimumCycles,
  };
}

/** How many whole cycles fit into the time in which both arms had records? */
export function wholeCyclesOf({ periodHours }: OccupiedTime, cycleHours: number): number {
  return Math.floor(periodHours / cycleHours + 1e-9);
}
