import type { Summary } from "../../summary/summary.ts";
import { millisecondsPerHour } from "../../time.ts";

/** A period with less than this share of a typical one's records is thin: alone it does not count as time. */
const thinShare = 0.05;

/** A stretch with no more than this share of all records, apart from the rest, does not count as time. */
const strayShare = 0.01;

/** A pause of at most a day, or of half a cycle where that is longer, is part of the experiment, such as a night. */
const longestPauseHours = 24;

/** The time in which arms had records together. */
export interface OccupiedTime {
  /** Hours that count; `null` without timestamps. */
  readonly hours: number | null;
  /** The same in whole periods, for counting cycles. */
  readonly periodHours: number;
  /** Start of every period that counts, ascending, milliseconds since 1970-01-01 UTC. */
  readonly periods: readonly number[];
  /** Records of a typical period. */
  readonly typical: number;
  /** Records that lie far from all time that counts, and from when to when; `null` when there are none. */
  readonly stray: { readonly records: number; readonly first: number; readonly last: number } | null;
}

interface Period {
  readonly start: number;
  readonly records: number;
}

/**
 * How long did these arms really have traffic together?
 *
 * A minimum duration must not be met by a single record that is dated wrong. So the time is that of periods in which
 * every arm has records: thin periods count only next to full ones, pauses of more than a day (or half a cycle) do not
 * count, and neither does a stretch that holds no more than 1 % of the records.
 *
 * @param arms - the arms that must have records in a period; of several the smallest counts.
 * @param cycleHours - length of the rhythm of traffic, in hours; `null` when there is none.
 */
export function occupiedTime(
  summary: Pick<Summary, "cells" | "plan" | "quality">,
  arms: readonly string[],
  cycleHours: number | null,
): OccupiedTime | null {
  const { plan, quality } = summary;
  const periods = jointPeriods(summary, arms);
  if (periods === null) return null;
  const typical = typicalRecords(periods);
  const total = periods.reduce((sum, { records }) => sum + records, 0);
  const pause = Math.max(longestPauseHours, (cycleHours ?? 0) / 2) * millisecondsPerHour;
  const stretches = stretchesOf(fullPeriods(periods, thinShare * typical, plan.periodMs), pause, plan.periodMs).filter(
    (stretch) => stretch.reduce((sum, { records }) => sum + records, 0) > strayShare * total,
  );
  const spans = stretches.map((stretch) => ({
    from: (stretch[0] as Period).start,
    to: (stretch.at(-1) as Period).start + plan.periodMs,
  }));
  const { first, last } = quality.extent ?? { first: -Infinity, last: Infinity };
  const lengths = spans.map(({ from, to }) => Math.max(0, Math.min(to, last) - Math.max(from, first)));
  const strays = periods.filter(
    ({ start }) => !spans.some(({ from, to }) => start >= from - pause - plan.periodMs && start <= to + pause),
  );
  return {
    hours: sum(lengths) / millisecondsPerHour,
    periodHours: sum(spans.map(({ from, to }) => to - from)) / millisecondsPerHour,
    periods: periods.flatMap(({ start }) => (spans.some(({ from, to }) => start >= from && start < to) ? [start] : [])),
    typical,
    stray:
      strays.length === 0
        ? null
        : {
            records: sum(strays.map(({ records }) => records)),
            first: (strays[0] as Period).start,
            last: (strays.at(-1) as Period).start + plan.periodMs,
          },
  };
}

/** The periods in which all arms have records, with those of the smallest; `null` without timestamps. */
function jointPeriods({ cells }: Pick<Summary, "cells">, arms: readonly string[]): Period[] | null {
  const counts = new Map<number, Map<string, number>>();
  for (const { period, segment, arm, records } of cells) {
    if (segment !== null || !arms.includes(arm)) continue;
    if (period === null) return null;
    const own = counts.get(period) ?? new Map<string, number>();
    own.set(arm, (own.get(arm) ?? 0) + records);
    counts.set(period, own);
  }
  return [...counts]
    .map(([start, own]) => ({ start, records: Math.min(...arms.map((arm) => own.get(arm) ?? 0)) }))
    .filter(({ records }) => records > 0)
    .sort((a, b) => a.start - b.start);
}

/** Records of the period in which a typical record lies: many thin periods do not lower it. */
function typicalRecords(periods: readonly Period[]): number {
  const counts = periods.map(({ records }) => records).sort((a, b) => a - b);
  const half = sum(counts) / 2;
  let seen = 0;
  return counts.find((count) => (seen += count) >= half) ?? 0;
}

/** The periods that are not thin, and thin ones that follow or precede them without a gap. */
function fullPeriods(periods: readonly Period[], least: number, periodMs: number): Period[] {
  const kept = new Set(periods.filter(({ records }) => records >= least).map(({ start }) => start));
  for (const { start } of periods) if (kept.has(start - periodMs)) kept.add(start);
  for (const { start } of [...periods].reverse()) if (kept.has(start + periodMs)) kept.add(start);
  return periods.filter(({ start }) => kept.has(start));
}

/** Cuts periods at pauses. */
function stretchesOf(periods: readonly Period[], pause: number, periodMs: number): Period[][] {
  const stretches: Period[][] = [];
  for (const period of periods) {
    const before = stretches.at(-1)?.at(-1);
    if (before === undefined || period.start - before.start - periodMs > pause) stretches.push([period]);
    else (stretches.at(-1) as Period[]).push(period);
  }
  return stretches;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
