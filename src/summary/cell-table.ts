import { addGroup } from "./gather.ts";
import type { Groups } from "./groups.ts";
import type { PeriodSlot } from "./periods.ts";
import type { Plan } from "./plan.ts";
import { type GrowingStatistic, absorbStatistic, emptyStatistic } from "./statistic.ts";
import type { Cell, Segment } from "./summary.ts";

interface GrowingCell {
  readonly epoch: number;
  readonly period: number | null;
  readonly segment: Segment | null;
  readonly arm: string;
  records: number;
  readonly statistics: readonly GrowingStatistic[];
}

/** The cells of a summary that still grows. */
export class CellTable {
  readonly #plan: Plan;
  readonly #cells = new Map<string, GrowingCell>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /**
   * Adds grouped rows. Group numbers are `slot * arms + arm` for all records, and `(slot * arms + arm) * values + value`
   * for the values of a segment.
   */
  add(
    slots: readonly PeriodSlot[],
    segment: { readonly field: string; readonly values: readonly string[] } | null,
    groups: Groups,
    columns: Readonly<Record<string, Float64Array>>,
  ): void {
    const { arms, statistics } = this.#plan;
    const values = segment?.values.length ?? 1;
    for (let group = 0; group + 1 < groups.starts.length; group++) {
      const records = (groups.starts[group + 1] as number) - (groups.starts[group] as number);
      if (records === 0) continue;
      const place = Math.floor(group / values);
      const { epoch, period } = slots[Math.floor(place / arms.length)] as PeriodSlot;
      const value = segment?.values[group % values];
      const cell = this.#cell(epoch, period, segment === null ? null : { field: segment.field, value: value as string }, arms[place % arms.length] as string);
      cell.records += records;
      addGroup(cell.statistics, statistics, groups, group, columns);
    }
  }

  absorb(from: Cell): void {
    const cell = this.#cell(from.epoch, from.period, from.segment, from.arm);
    cell.records += from.records;
    for (const [index, statistic] of cell.statistics.entries()) absorbStatistic(statistic, from.statistics[index] as GrowingStatistic);
  }

  /** The cells by epoch, period, segment and arm. */
  build(): Cell[] {
    const { arms } = this.#plan;
    const text = (segment: Segment | null): string => (segment === null ? "" : JSON.stringify([segment.field, segment.value]));
    return [...this.#cells.values()].sort((a, b) => {
      const [left, right] = [text(a.segment), text(b.segment)];
      return (
        a.epoch - b.epoch ||
        (a.period ?? 0) - (b.period ?? 0) ||
        (left < right ? -1 : left > right ? 1 : 0) ||
        arms.indexOf(a.arm) - arms.indexOf(b.arm)
      );
    });
  }

  #cell(epoch: number, period: number | null, segment: Segment | null, arm: string): GrowingCell {
    const key = JSON.stringify([epoch, period, segment?.field, segment?.value, arm]);
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { epoch, period, segment, arm, records: 0, statistics: this.#plan.statistics.map(emptyStatistic) };
      this.#cells.set(key, cell);
    }
    return cell;
  }
}
