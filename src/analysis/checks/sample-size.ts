import type { Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { SampleSizeCheck } from "../analysis.ts";
import { recordsByArm } from "../data/record-counts.ts";
import { type OccupiedTime, occupiedTime } from "./occupied-time.ts";

/**
 * Does every arm that has records have enough, over enough time, and is the planned end reached?
 *
 * An arm without records is left out: its comparison has no data yet, and it must not hold up the others.
 */
export function sampleSizeCheck(summary: Summary, policy: Policy): SampleSizeCheck {
  const records = recordsByArm(summary);
  const counts = Object.values(records).filter((count) => count > 0);
  const hours = shortestHours(summary, policy, records);
  const { minimumSampleSize: minimum, maximumSampleSize: maximum, minimumDurationHours: minimumHours } = policy;
  return {
    records,
    minimum,
    maximum,
    hours,
    minimumHours,
    reachedMinimum: counts.length > 0 && reachesMinimum(counts, hours, policy),
    reachedMaximum: counts.length > 0 && reachesMaximum(counts, policy),
    reachedEnd: reachesEnd(summary, policy),
    stray: strayRecords(summary, policy),
    recordsPerHour: hours === null || hours === 0 ? null : counts.reduce((sum, count) => sum + count, 0) / hours,
  };
}

/** Whether all of these arms have the minimum sample size, over the minimum duration. */
export function reachesMinimum(
  counts: readonly number[],
  hours: number | null,
  { minimumSampleSize, minimumDurationHours }: Policy,
): boolean {
  const longEnough = minimumDurationHours === 0 || (hours !== null && hours >= minimumDurationHours);
  return longEnough && counts.every((count) => count >= minimumSampleSize);
}

/** Whether all of these arms have the maximum sample size. */
export function reachesMaximum(counts: readonly number[], { maximumSampleSize }: Policy): boolean {
  return maximumSampleSize !== null && counts.every((count) => count >= maximumSampleSize);
}

/** Records of any arm that lie far from the rest. */
function strayRecords(summary: Summary, { cycleHours }: Policy): SampleSizeCheck["stray"] {
  const strays = summary.plan.arms.flatMap((arm) => occupiedTime(summary, [arm], cycleHours)?.stray ?? []);
  return strays.length === 0
    ? null
    : {
        records: strays.reduce((sum, { records }) => sum + records, 0),
        first: Math.min(...strays.map(({ first }) => first)),
        last: Math.max(...strays.map(({ last }) => last)),
      };
}

function shortestHours(
  summary: Summary,
  { control, treatments, cycleHours }: Policy,
  records: Readonly<Record<string, number>>,
): number | null {
  const hours = treatments
    .filter((treatment) => (records[treatment] ?? 0) > 0)
    .map((treatment) => occupiedTime(summary, [control, treatment], cycleHours)?.hours ?? null);
  return hours.reduce((least, own) => (least === null || own === null ? own : Math.min(least, own)), hours[0] ?? null);
}

/**
 * The end is reached when the last period that begins before it holds records, or when a typical number of records came
 * after it. A single record with a wrong date does not end an experiment.
 */
function reachesEnd(summary: Summary, { end, control, treatments, cycleHours }: Policy): boolean {
  const { quality, plan, cells } = summary;
  if (end === null || quality.extent === null) return false;
  const lastPeriod = Math.floor((Date.parse(end) - 1) / plan.periodMs) * plan.periodMs;
  const times = treatments
    .map((treatment) => occupiedTime({ cells, plan, quality }, [control, treatment], cycleHours))
    .filter((time): time is OccupiedTime => time !== null);
  const typical = Math.max(1, ...times.map((time) => time.typical));
  return (
    times.some(({ periods }) => (periods.at(-1) ?? -Infinity) >= lastPeriod) ||
    (quality.outsideWindow > 0 && quality.afterEnd > 0.05 * typical)
  );
}
