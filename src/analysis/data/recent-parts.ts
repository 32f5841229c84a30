import type { Metric } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { ArmData } from "./arm-data.ts";
import { type ArmReader, armReader } from "./arm-reader.ts";
import { summaryAfter } from "./summary-until.ts";

/** The latest part of an experiment, for one metric of one comparison. */
export interface RecentPart {
  /** Start of a period, milliseconds since 1970-01-01 UTC. */
  readonly since: number;
  /** From there to the last record, milliseconds. */
  readonly lengthMs: number;
  /** Periods of the experiment that end before it, at least 1. */
  readonly periodsBefore: number;
  readonly control: ArmData;
  readonly treatment: ArmData;
}

/** The recent parts of an experiment, the longest first; empty without timestamps, or within one period. */
export type RecentParts = (metric: Metric, control: string, treatment: string) => Iterable<RecentPart>;

/** The recent parts, as shares of the time seen. */
const shares = [1 / 2, 1 / 4, 1 / 8] as const;

/** The last half, quarter and eighth of an experiment's time, in whole periods; each is read once it is asked for. */
export function recentParts(summary: Summary): RecentParts {
  const { periodMs } = summary.plan;
  const readers = new Map<number, ArmReader>();
  return function* (metric, control, treatment) {
    const [first, last] = extentOf(summary);
    if (first === null || last === null) return;
    const end = last + periodMs;
    const lastRecord = Math.min(end, summary.quality.extent?.last ?? end);
    let known = first;
    for (const share of shares) {
      const periodsBefore = Math.floor(((end - first) * (1 - share)) / periodMs);
      const since = first + periodsBefore * periodMs;
      if (since <= known) continue;
      known = since;
      const read = readers.get(since) ?? armReader(summaryAfter(summary, since));
      readers.set(since, read);
      const [c, t] = [read(metric, control), read(metric, treatment)];
      if (c.records === 0 || t.records === 0) continue;
      yield { since, lengthMs: lastRecord - since, periodsBefore, control: c, treatment: t };
    }
  };
}

/** Starts of the first and last period that hold records. */
function extentOf({ cells }: Summary): readonly [number | null, number | null] {
  let first: number | null = null;
  let last: number | null = null;
  for (const { period } of cells) {
    if (period === null) continue;
    first = first === null || period < first ? period : first;
    last = last === null || period > last ? period : last;
  }
  return [first, last];
}
