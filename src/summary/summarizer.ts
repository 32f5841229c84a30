import { RecordsError, cannot } from "../errors.ts";
import type { RecordBatch, TextColumn } from "../records/batch.ts";
import { emptyQuality, mergeQuality } from "../records/quality.ts";
import { CellTable } from "./cell-table.ts";
import { ClusterTable } from "./cluster-table.ts";
import { groupRows } from "./groups.ts";
import { type PeriodSlot, periodSlot, timelessSlot } from "./periods.ts";
import type { Plan } from "./plan.ts";
import { fieldsOf } from "./statistic.ts";
import type { Summary, SummaryQuality } from "./summary.ts";

/** Builds a summary from a stream of batches. */
export interface Summarizer {
  /** Adds the records of a batch. */
  addBatch(batch: RecordBatch): void;
  /** The summary of all records so far; more may be added afterwards. */
  summary(): Summary;
}

/**
 * Starts a summary that batches are added to one by one: the one stateful builder, for streams.
 *
 * @param plan - what to keep, see `planFor`.
 * @throws RecordsError from `addBatch` when a batch lacks a column that the plan needs.
 * @example
 * ```ts
 * const summarizer = createSummarizer(planFor(policy));
 * for await (const batch of readNdjson(source, mapping, "log")) summarizer.addBatch(batch);
 * const summary = summarizer.summary();
 * ```
 */
export function createSummarizer(plan: Plan): Summarizer {
  return new BatchSummarizer(plan);
}

class BatchSummarizer implements Summarizer {
  readonly #plan: Plan;
  readonly #armIndex: ReadonlyMap<string, number>;
  readonly #slots: PeriodSlot[] = [];
  readonly #slotIndex = new Map<string, number>();
  #slot: PeriodSlot = { epoch: -1, period: null, from: 0, to: 0 };
  #slotAt = -1;
  readonly #cells: CellTable;
  readonly #clusters: ClusterTable;
  #quality: SummaryQuality = { records: emptyQuality, otherArms: {}, outsideWindow: 0, failures: {}, extent: null };

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#armIndex = new Map(plan.arms.map((arm, index) => [arm, index]));
    this.#cells = new CellTable(plan);
    this.#clusters = new ClusterTable(plan);
  }

  addBatch(batch: RecordBatch): void {
    const records = mergeQuality(this.#quality.records, batch.quality);
    this.#quality = { ...this.#quality, records };
    if (batch.length === 0) return;
    this.#requireColumns(batch);
    const arms = this.#plan.arms.length;
    const cellOf = this.#placeRows(batch);
    const columns = withLatencyOfFailures(batch, this.#plan);
    const cells = groupRows(cellOf, batch.length, this.#slots.length * arms);
    this.#cells.add(this.#slots, null, cells, columns);
    for (const field of this.#plan.segments) {
      const segment = batch.segments[field] as TextColumn;
      const values = segment.values.length;
      const groupOf = cellOf.map((cell, row) => (cell < 0 || (segment.codes[row] as number) < 0 ? -1 : cell * values + (segment.codes[row] as number)));
      this.#cells.add(this.#slots, { field, values: segment.values }, groupRows(groupOf, batch.length, this.#slots.length * arms * values), columns);
    }
    if (this.#plan.units && batch.unit !== null) this.#clusters.add(this.#slots, cellOf, batch.unit, columns);
    this.#noteFailures(batch, cellOf);
  }

  summary(): Summary {
    return { plan: this.#plan, cells: this.#cells.build(), clusters: this.#clusters.build(), quality: this.#quality };
  }

  /** The cell (slot x arm) of each row, or -1; counts what belongs to none. */
  #placeRows(batch: RecordBatch): Int32Array {
    const { arm, timestamp, length } = batch;
    const armOf = arm.values.map((name) => this.#armIndex.get(name) ?? -1);
    const others = new Int32Array(arm.values.length);
    const cellOf = new Int32Array(length);
    const arms = this.#plan.arms.length;
    const start = this.#plan.start ?? Number.NEGATIVE_INFINITY;
    const end = this.#plan.end ?? Number.POSITIVE_INFINITY;
    let { first, last } = this.#quality.extent ?? { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    let outside = 0;
    for (let row = 0; row < length; row++) {
      cellOf[row] = -1;
      const code = arm.codes[row] as number;
      const index = armOf[code] as number;
      if (index < 0) {
        others[code] = (others[code] as number) + 1;
        continue;
      }
      let slot = 0;
      if (timestamp !== null) {
        const at = timestamp[row] as number;
        if (at < start || at >= end) {
          outside++;
          continue;
        }
        if (at < first) first = at;
        if (at > last) last = at;
        slot = this.#slotOf(at);
      }
      cellOf[row] = slot * arms + index;
    }
    if (timestamp === null && this.#slots.length === 0) this.#slots.push(timelessSlot);
    const otherArms: Record<string, number> = { ...this.#quality.otherArms };
    for (const [code, name] of arm.values.entries()) if ((others[code] as number) > 0) otherArms[name] = (otherArms[name] ?? 0) + (others[code] as number);
    const extent = first <= last ? { first, last } : null;
    this.#quality = { ...this.#quality, otherArms, outsideWindow: this.#quality.outsideWindow + outside, extent };
    return cellOf;
  }

  #slotOf(timestamp: number): number {
    if (timestamp >= this.#slot.from && timestamp < this.#slot.to) return this.#slotAt;
    const slot = periodSlot(this.#plan, timestamp);
    const key = `${slot.epoch} ${slot.period}`;
    let at = this.#slotIndex.get(key);
    if (at === undefined) {
      at = this.#slots.push(slot) - 1;
      this.#slotIndex.set(key, at);
    }
    this.#slot = slot;
    this.#slotAt = at;
    return at;
  }

  #requireColumns(batch: RecordBatch): void {
    const missing = (field: string, requirement: string): RecordsError =>
      new RecordsError(cannot("summarize the records", field, requirement, Object.keys(batch.numbers)), {
        code: "field-not-mapped", field, value: Object.keys(batch.numbers), fix: `Map it: ${field}=COLUMN`,
      });
    for (const field of this.#plan.statistics.flatMap(fieldsOf)) if (batch.numbers[field] === undefined) throw missing(field, "one of the mapped fields, since a metric of the policy needs it");
    for (const field of this.#plan.segments) if (batch.segments[field] === undefined) throw missing(`segment.${field}`, "mapped, since the policy looks at this segment");
    if (this.#plan.units && batch.unit === null) throw missing("unit", "mapped, since the policy names a unit");
    const timed = this.#plan.start !== null || this.#plan.end !== null || this.#plan.epochStarts.length > 0;
    const mixed = this.#slots.length > 0 && (batch.timestamp === null) !== (this.#slots[0] === timelessSlot);
    if ((timed || mixed) && batch.timestamp === null) throw missing("timestamp", mixed ? "in all sources or in none" : "mapped, since the policy has a start, an end or an allocation history");
    if (mixed) throw missing("timestamp", "in all sources or in none");
  }

  #noteFailures(batch: RecordBatch, cellOf: Int32Array): void {
    const success = batch.numbers["success"];
    const latency = batch.numbers["latencyMs"];
    if (success === undefined) return;
    const { arms } = this.#plan;
    const counts = arms.map(() => ({ count: 0, zeroLatency: 0 }));
    for (let row = 0; row < batch.length; row++) {
      const cell = cellOf[row] as number;
      if (cell < 0 || success[row] !== 0) continue;
      const arm = counts[cell % arms.length] as { count: number; zeroLatency: number };
      arm.count++;
      if (latency !== undefined && latency[row] === 0) arm.zeroLatency++;
    }
    const failures = Object.fromEntries(
      arms.map((arm, index) => {
        const before = this.#quality.failures[arm] ?? { count: 0, zeroLatency: 0 };
        const now = counts[index] as { count: number; zeroLatency: number };
        return [arm, { count: before.count + now.count, zeroLatency: before.zeroLatency + now.zeroLatency }];
      }),
    );
    this.#quality = { ...this.#quality, failures };
  }
}

/** The numeric columns, with durations of failed requests treated as the plan says. */
function withLatencyOfFailures(batch: RecordBatch, plan: Plan): Readonly<Record<string, Float64Array>> {
  const success = batch.numbers["success"];
  const latency = batch.numbers["latencyMs"];
  if (plan.latencyOfFailures === "as-recorded" || success === undefined || latency === undefined) return batch.numbers;
  const replacement = plan.latencyOfFailures === "exclude" ? Number.NaN : Number.POSITIVE_INFINITY;
  return { ...batch.numbers, latencyMs: latency.map((value, row) => (success[row] === 0 ? replacement : value)) };
}
