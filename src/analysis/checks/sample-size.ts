import type { Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { SampleSizeCheck } from "../analysis.ts";
import { recordsByArm } from "../data/record-counts.ts";

const millisecondsPerHour = 3_600_000;

/** Does every arm have enough records, over enough time, and is the planned end reached? */
export function sampleSizeCheck(summary: Summary, policy: Policy): SampleSizeCheck {
  const records = recordsByArm(summary);
  const counts = Object.values(records);
  const { extent } = summary.quality;
  const hours = extent === null ? null : (extent.last - extent.first) / millisecondsPerHour;
  const { minimumSampleSize: minimum, maximumSampleSize: maximum, minimumDurationHours: minimumHours } = policy;
  return {
    records,
    minimum,
    maximum,
    hours,
    minimumHours,
    reachedMinimum:
      counts.every((count) => count >= minimum) && (minimumHours === 0 || (hours !== null && hours >= minimumHours)),
    reachedMaximum: maximum !== null && counts.every((count) => count >= maximum),
    reachedEnd: reachesEnd(summary, policy),
    recordsPerHour: hours === null || hours === 0 ? null : counts.reduce((sum, count) => sum + count, 0) / hours,
  };
}

/** Records reach up to the end when the last period that begins before it holds some. */
function reachesEnd({ quality, plan }: Summary, { end }: Policy): boolean {
  if (end === null || quality.extent === null) return false;
  const lastPeriod = Math.floor((Date.parse(end) - 1) / plan.periodMs) * plan.periodMs;
  return quality.extent.last >= lastPeriod || quality.outsideWindow > 0;
}
