import { mergeStatistics } from "../../summary/statistic.ts";
import type { Cell, Summary } from "../../summary/summary.ts";
import { millisecondsPerDay } from "../../time.ts";
import { slicesOf } from "./time-slices.ts";

const stretchCount = 8;

/**
 * A summary with the periods of each stretch of the experiment merged into one: what does not ask for single periods
 * reads it at a fraction of the cost.
 */
export interface TimeParts {
  /**
   * The same records in fewer cells; statistics merge without rounding, so everything read from it is the same to the
   * bit.
   */
  readonly whole: Summary;
  /** The stretches in order of time; `null` without timestamps, or with too few periods to cut. */
  readonly parts: readonly TimePart[] | null;
}

/** A part of the experiment. */
export interface TimePart {
  readonly summary: Summary;
  /** Middle, days since 1970-01-01 UTC. */
  readonly day: number;
}

/** Cuts an experiment into eight stretches of about equally many records. */
export function timePartsOf(summary: Summary): TimeParts {
  const stretchOf = assign(summary);
  const cells: Cell[][] = Array.from({ length: stretchCount }, () => []);
  let period: number | null = null;
  let stretch = 0;
  for (const cell of summary.cells) {
    if (cell.period !== period) {
      period = cell.period;
      stretch = stretchOf?.get(period as number) ?? 0;
    }
    (cells[stretch] as Cell[]).push(cell);
  }
  const merged = cells.map((own) => mergePeriods(own, summary));
  // Slices that are made of periods are no longer to be had from merged cells.
  const slices = slicesOf(summary);
  const whole = { ...summary, slices, cells: mergePeriods(merged.flat(), summary) };
  if (stretchOf === null) return { whole, parts: null };
  const days = middleDays(stretchOf, summary.plan.periodMs);
  const parts = merged.map((own, index): TimePart => ({
    day: days[index] as number,
    summary: {
      ...summary,
      clusters: [],
      instances: [],
      slices: null,
      cells: own.filter(({ segment }) => segment === null),
    },
  }));
  return { whole, parts: parts.filter(({ summary: { cells: own } }) => own.length > 0) };
}

/** One cell for each epoch, arm and segment, with the records of all its periods. */
function mergePeriods(cells: readonly Cell[], { plan }: Summary): Cell[] {
  const lists: Cell[][] = [];
  const byEpoch = new Map<number, Map<string, Map<string | null, Cell[]>>>();
  for (const cell of cells) {
    const byArm = entryOf(byEpoch, cell.epoch, () => new Map<string, Map<string | null, Cell[]>>());
    const bySegment = entryOf(byArm, cell.arm, () => new Map<string | null, Cell[]>());
    const list = entryOf(
      bySegment,
      cell.segment === null ? null : JSON.stringify([cell.segment.field, cell.segment.value]),
      (): Cell[] => lists[lists.push([]) - 1] as Cell[],
    );
    list.push(cell);
  }
  return lists.map((list): Cell => {
    const first = list[0] as Cell;
    if (list.length === 1) return first;
    return {
      ...first,
      records: list.reduce((sum, { records }) => sum + records, 0),
      statistics: mergeStatistics(
        plan.statistics,
        list.map(({ statistics }) => statistics),
      ),
    };
  });
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}

/** The middle of each stretch's periods, days since 1970-01-01 UTC. */
function middleDays(stretchOf: ReadonlyMap<number, number>, periodMs: number): number[] {
  const totals = Array.from({ length: stretchCount }, () => ({ sum: 0, periods: 0 }));
  for (const [period, stretch] of stretchOf) {
    const total = totals[stretch] as { sum: number; periods: number };
    total.sum += period;
    total.periods++;
  }
  return totals.map(({ sum, periods }) => (sum / periods + periodMs / 2) / millisecondsPerDay);
}

/** The stretch of every period. */
function assign(summary: Summary): ReadonlyMap<number, number> | null {
  const records = new Map<number, number>();
  let period: number | null = null;
  let count = 0;
  for (const cell of summary.cells) {
    if (cell.period === null) return null;
    if (cell.period !== period) {
      if (period !== null) records.set(period, count);
      period = cell.period;
      count = records.get(period) ?? 0;
    }
    if (cell.segment === null) count += cell.records;
  }
  if (period !== null) records.set(period, count);
  if (records.size < stretchCount) return null;
  const total = [...records.values()].reduce((sum, own) => sum + own, 0);
  const stretchOf = new Map<number, number>();
  let before = 0;
  for (const at of [...records.keys()].sort((a, b) => a - b)) {
    const own = records.get(at) as number;
    stretchOf.set(at, Math.min(stretchCount - 1, Math.floor(((before + own / 2) / total) * stretchCount)));
    before += own;
  }
  return stretchOf;
}
