import { absorbStatistic, emptyStatistic, type GrowingStatistic } from "../summary/statistic.ts";
import type { Cell, Summary } from "../summary/summary.ts";

const stretchCount = 8;
const millisecondsPerDay = 86_400_000;

/** A summary with the periods of each stretch of the experiment merged into one: what does not ask for single periods reads it at a fraction of the cost. */
export interface Stretches {
  /** The same records in fewer cells; statistics merge without rounding, so everything read from it is the same to the bit. */
  readonly whole: Summary;
  /** The stretches in order of time; `null` without timestamps, or with too few periods to cut. */
  readonly parts: readonly Stretch[] | null;
}

/** A part of the experiment. */
export interface Stretch {
  readonly summary: Summary;
  /** Middle, days since 1970-01-01 UTC. */
  readonly day: number;
}

/** Cuts an experiment into eight stretches of about equally many records. */
export function stretchesOf(summary: Summary): Stretches {
  const stretchOf = assign(summary);
  const cells: Cell[][] = Array.from({ length: stretchCount }, () => []);
  const merged = new Map<string, { -readonly [Key in keyof Cell]: Cell[Key] }>();
  for (const cell of summary.cells) {
    const stretch = stretchOf?.get(cell.period as number) ?? 0;
    const key = JSON.stringify([stretch, cell.epoch, cell.arm, cell.segment]);
    let into = merged.get(key);
    if (into === undefined) {
      into = { ...cell, records: 0, statistics: summary.plan.statistics.map(emptyStatistic) };
      merged.set(key, into);
      (cells[stretch] as Cell[]).push(into);
    }
    into.records += cell.records;
    for (const [index, statistic] of cell.statistics.entries()) absorbStatistic(into.statistics[index] as GrowingStatistic, statistic);
  }
  const whole = { ...summary, cells: cells.flat() };
  if (stretchOf === null) return { whole, parts: null };
  const parts = cells.map((own, index): Stretch => {
    const periods = [...stretchOf].filter(([, stretch]) => stretch === index).map(([period]) => period);
    const middle = periods.reduce((sum, period) => sum + period, 0) / periods.length + summary.plan.periodMs / 2;
    return { day: middle / millisecondsPerDay, summary: { ...summary, clusters: [], cells: own.filter(({ segment }) => segment === null) } };
  });
  return { whole, parts: parts.filter(({ summary: { cells: own } }) => own.length > 0) };
}

/** The stretch of every period. */
function assign(summary: Summary): ReadonlyMap<number, number> | null {
  const records = new Map<number, number>();
  for (const { period, segment, records: count } of summary.cells) {
    if (period === null) return null;
    if (segment === null) records.set(period, (records.get(period) ?? 0) + count);
  }
  if (records.size < stretchCount) return null;
  const total = [...records.values()].reduce((sum, count) => sum + count, 0);
  const stretchOf = new Map<number, number>();
  let before = 0;
  for (const period of [...records.keys()].sort((a, b) => a - b)) {
    const count = records.get(period) as number;
    stretchOf.set(period, Math.min(stretchCount - 1, Math.floor(((before + count / 2) / total) * stretchCount)));
    before += count;
  }
  return stretchOf;
}
