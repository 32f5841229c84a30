import { absorbBucket, type GrowingBucket } from "./clusters.ts";
import { GroupedColumns, groupRows, groupsOfParts } from "./groups.ts";
import type { PlacedCell, Placement } from "./placement.ts";
import type { Plan, StatisticPlan } from "./plan.ts";
import type { Scratch } from "./scratch.ts";
import { fittingWidth, narrowestSliceMs, sliceOf, sliceStatistics } from "./slices.ts";
import { addGroup, emptyStatistic } from "./statistic.ts";
import type { Cluster, TimeSlices } from "./summary.ts";

/** The slices that the rows of a batch fall into. */
export interface SliceParts {
  /** Number of a row's slice among those of the batch. */
  readonly partOf: Int32Array;
  /** Key of each of them. */
  readonly keys: readonly number[];
}

/** One arm in one epoch, while records come in. */
interface Series {
  readonly epoch: number;
  readonly arm: string;
  buckets: Map<number, GrowingBucket>;
}

/**
 * The slices of a summary that still grows. How wide they are depends on the set of records only, not on their order:
 * it is the narrowest width at which at most `mostSlices` slices hold records.
 */
export class SliceTable {
  readonly #arms: readonly string[];
  readonly #plans: readonly StatisticPlan[];
  readonly #series = new Map<string, Series>();
  #widthMs = narrowestSliceMs;
  #keys = new Set<number>();

  constructor(plan: Plan) {
    this.#arms = plan.arms;
    this.#plans = sliceStatistics(plan.statistics);
  }

  /** Numbers the slices of a batch's rows; rows without a cell are in none. Makes all slices wider where need be. */
  partsOf(timestamp: Float64Array, { cellOf }: Placement, scratch: Scratch): SliceParts {
    const partOf = scratch.integers("slice", cellOf.length);
    const numbers = new Map<number, number>();
    const width = this.#widthMs;
    let from = Infinity;
    let to = -Infinity;
    let part = -1;
    for (let row = 0; row < cellOf.length; row++) {
      if ((cellOf[row] as number) < 0) continue;
      const at = timestamp[row] as number;
      if (at < from || at >= to) {
        const key = sliceOf(at, width);
        from = key * width;
        to = from + width;
        part = numbers.get(key) ?? numbers.size;
        numbers.set(key, part);
      }
      partOf[row] = part;
    }
    return this.#fit(partOf, [...numbers.keys()]);
  }

  /** Adds rows, grouped by cell and slice: the groups of this cell begin at `firstGroup`. */
  add({ slot, arm }: PlacedCell, { keys }: SliceParts, rows: GroupedColumns, firstGroup: number): void {
    const series = this.#seriesOf(slot.epoch, this.#arms[arm] as string);
    const { starts } = rows.groups;
    for (const [part, key] of keys.entries()) {
      const start = starts[firstGroup + part] as number;
      const end = starts[firstGroup + part + 1] as number;
      if (start === end) continue;
      const bucket = this.#bucket(series, key);
      bucket.records += end - start;
      addGroup(bucket.statistics, this.#plans, rows, start, end);
    }
  }

  absorb({ widthMs, series }: TimeSlices): void {
    const own = this.#widthMs;
    const common = Math.max(own, widthMs);
    const theirs = series.flatMap(({ buckets }) =>
      buckets.map(({ key }) => Math.floor(Number(key) / (common / widthMs))),
    );
    const ours = [...this.#keys].map((key) => Math.floor(key / (common / own)));
    this.#widen(fittingWidth([...ours, ...theirs], common));
    const factor = this.#widthMs / widthMs;
    for (const { epoch, arm, buckets } of series) {
      const into = this.#seriesOf(epoch, arm);
      for (const from of buckets) absorbBucket(this.#bucket(into, Math.floor(Number(from.key) / factor)), from);
    }
  }

  /** `null` where no record has a timestamp. */
  build(): TimeSlices | null {
    if (this.#keys.size === 0) return null;
    const series = [...this.#series.values()]
      .sort((a, b) => a.epoch - b.epoch || this.#arms.indexOf(a.arm) - this.#arms.indexOf(b.arm))
      .map(({ epoch, arm, buckets }): Cluster => ({
        epoch,
        arm,
        identified: true,
        buckets: [...buckets.values()].sort((a, b) => Number(a.key) - Number(b.key)),
      }));
    return { widthMs: this.#widthMs, series };
  }

  #fit(partOf: Int32Array, keys: readonly number[]): SliceParts {
    const before = this.#widthMs;
    const fresh = keys.filter((key) => !this.#keys.has(key));
    if (fresh.length === 0) return { partOf, keys };
    this.#widen(fittingWidth([...this.#keys, ...fresh], before));
    const factor = this.#widthMs / before;
    if (factor === 1) {
      for (const key of fresh) this.#keys.add(key);
      return { partOf, keys };
    }
    const numbers = new Map<number, number>();
    const renumbered = Int32Array.from(keys, (key) => {
      const wide = Math.floor(key / factor);
      const number = numbers.get(wide) ?? numbers.size;
      numbers.set(wide, number);
      return number;
    });
    for (const key of numbers.keys()) this.#keys.add(key);
    return { partOf: partOf.map((part) => renumbered[part] as number), keys: [...numbers.keys()] };
  }

  #widen(widthMs: number): void {
    if (widthMs === this.#widthMs) return;
    const factor = widthMs / this.#widthMs;
    this.#widthMs = widthMs;
    this.#keys = new Set([...this.#keys].map((key) => Math.floor(key / factor)));
    for (const series of this.#series.values()) {
      const narrow = series.buckets;
      series.buckets = new Map();
      for (const [key, from] of narrow) absorbBucket(this.#bucket(series, Math.floor(key / factor)), from);
    }
  }

  #bucket(series: Series, key: number): GrowingBucket {
    let bucket = series.buckets.get(key);
    if (bucket === undefined) {
      bucket = { key: String(key), records: 0, statistics: this.#plans.map(emptyStatistic) };
      series.buckets.set(key, bucket);
      this.#keys.add(key);
    }
    return bucket;
  }

  #seriesOf(epoch: number, arm: string): Series {
    const key = `${epoch} ${arm}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { epoch, arm, buckets: new Map() };
      this.#series.set(key, series);
    }
    return series;
  }
}

/** Rows grouped by epoch, arm and slice, where their own grouping is another. */
export function addBySlice(
  table: SliceTable,
  parts: SliceParts,
  placed: Placement,
  columns: Readonly<Record<string, Float64Array>>,
  scratch: Scratch,
): void {
  const { cells, cellOf } = placed;
  const places = new Map<string, number>();
  const first: PlacedCell[] = [];
  const placeOfCell = Int32Array.from(cells, (cell) => {
    const key = `${cell.slot.epoch} ${cell.arm}`;
    let place = places.get(key);
    if (place === undefined) {
      place = first.push(cell) - 1;
      places.set(key, place);
    }
    return place;
  });
  const placeOf = cellOf.map((cell) => (cell < 0 ? -1 : (placeOfCell[cell] as number)));
  const groupOf = groupsOfParts(placeOf, parts.keys.length, parts.partOf, scratch);
  const rows = new GroupedColumns(groupRows(groupOf, first.length * parts.keys.length, scratch), columns, scratch);
  for (const [place, cell] of first.entries()) table.add(cell, parts, rows, place * parts.keys.length);
}
