import type { GroupedColumns } from "./groups.ts";
import type { PlacedCell } from "./placement.ts";
import type { Plan } from "./plan.ts";
import { otherValues, SegmentValues } from "./segment-values.ts";
import { absorbStatistic, addGroup, emptyStatistic, type GrowingStatistic } from "./statistic.ts";
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
  readonly #values = new Map<string, SegmentValues>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Adds the rows of the groups from `from` up to, not including, `to`; all are of one cell and segment. */
  add({ slot, arm }: PlacedCell, segment: Segment | null, rows: GroupedColumns, from: number, to: number): void {
    const start = rows.groups.starts[from] as number;
    const end = rows.groups.starts[to] as number;
    if (start === end) return;
    const cell = this.#cell(slot.epoch, slot.period, this.#kept(segment), this.#plan.arms[arm] as string);
    cell.records += end - start;
    addGroup(cell.statistics, this.#plan.statistics, rows, start, end);
  }

  absorb(from: Cell): void {
    absorbCell(this.#cell(from.epoch, from.period, this.#kept(from.segment), from.arm), from);
  }

  /** The cells by epoch, period, segment and arm. */
  build(): Cell[] {
    const { arms } = this.#plan;
    const text = (segment: Segment | null): string =>
      segment === null ? "" : JSON.stringify([segment.field, segment.value]);
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

  #kept(segment: Segment | null): Segment | null {
    if (segment === null) return null;
    const { field } = segment;
    let values = this.#values.get(field);
    if (values === undefined) {
      values = new SegmentValues();
      this.#values.set(field, values);
    }
    const value = values.nameOf(segment.value, (evicted) => this.#fold(field, evicted));
    return value === segment.value ? segment : { field, value };
  }

  /** Moves the cells of a value to those of the other values. */
  #fold(field: string, value: string): void {
    for (const [key, cell] of this.#cells) {
      if (cell.segment?.field !== field || cell.segment.value !== value) continue;
      this.#cells.delete(key);
      absorbCell(this.#cell(cell.epoch, cell.period, { field, value: otherValues }, cell.arm), cell);
    }
  }
}

function absorbCell(into: GrowingCell, from: Cell): void {
  into.records += from.records;
  for (const [index, statistic] of into.statistics.entries())
    absorbStatistic(statistic, from.statistics[index] as GrowingStatistic);
}
