import { cannot, RecordsError } from "../errors.ts";
import type { RecordBatch, TextColumn } from "../records/batch.ts";
import { CellTable } from "./cell-table.ts";
import { ClusterTable } from "./cluster-table.ts";
import { unitBuckets } from "./clusters.ts";
import { GroupedColumns, groupRows, groupsOfParts } from "./groups.ts";
import { type Placement, placeRows } from "./placement.ts";
import { type Plan, requireSamePlan } from "./plan.ts";
import { QualityBuilder } from "./quality-builder.ts";
import { Scratch } from "./scratch.ts";
import { addBySlice, type SliceParts, SliceTable } from "./slice-table.ts";
import { fieldsOf } from "./statistic.ts";
import type { Summary } from "./summary.ts";

/** Up to so many groups, rows are sorted by cell and slice at once; of more, most would be empty. */
const mostGroups = 64;

/** Builds a summary from a stream of batches. */
export interface Summarizer {
  /** Adds the records of a batch. */
  addBatch(batch: RecordBatch): void;
  /** Adds what a summary of other records holds. @throws {SummaryError} when its plan is another. */
  absorb(summary: Summary): void;
  /** The summary of all records so far; more may be added afterwards. */
  summary(): Summary;
}

/**
 * Starts a summary that batches are added to one by one: the one stateful builder, for streams.
 *
 * @param plan - what to keep, see `planFor`.
 * @throws {RecordsError} from `addBatch` when a batch lacks a column that the plan needs.
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
  readonly #cells: CellTable;
  readonly #clusters: ClusterTable;
  readonly #instances: ClusterTable;
  readonly #slices: SliceTable;
  readonly #quality: QualityBuilder;
  readonly #scratch = new Scratch();
  /** Whether records have timestamps; unknown before the first. */
  #timed: boolean | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#cells = new CellTable(plan);
    this.#clusters = new ClusterTable(plan);
    this.#instances = new ClusterTable(plan);
    this.#slices = new SliceTable(plan);
    this.#quality = new QualityBuilder(plan);
  }

  addBatch(batch: RecordBatch): void {
    if (batch.length > 0) this.#requireColumns(batch);
    const placed = placeRows(batch, this.#plan, this.#scratch);
    this.#quality.addBatch(batch, placed);
    if (batch.length === 0) return;
    const columns = withLatencyOfFailures(batch, this.#plan);
    const units = this.#plan.units ? batch.unit : null;
    const slices = this.#slicesOf(batch, placed);
    const together = units === null && slices !== null && placed.cells.length * slices.keys.length <= mostGroups;
    const parts = units !== null ? unitBuckets : together ? slices.keys.length : 1;
    const groupOf =
      units !== null
        ? this.#clusters.groupsOf(placed, units, this.#scratch)
        : together
          ? groupsOfParts(placed.cellOf, parts, slices.partOf, this.#scratch)
          : placed.cellOf;
    const rows = new GroupedColumns(
      groupRows(groupOf, placed.cells.length * parts, this.#scratch),
      columns,
      this.#scratch,
    );
    for (const [index, cell] of placed.cells.entries()) {
      this.#cells.add(cell, null, rows, index * parts, (index + 1) * parts);
      if (units !== null) this.#clusters.add(cell, rows, index * parts);
      else if (together) this.#slices.add(cell, slices, rows, index * parts);
    }
    if (slices !== null && !together) addBySlice(this.#slices, slices, placed, columns, this.#scratch);
    const { instance = null } = batch;
    if (this.#plan.dependence && instance !== null) this.#addInstances(instance, placed, columns);
    for (const field of this.#plan.segments)
      this.#addSegment(field, batch.segments[field] as TextColumn, placed, columns);
  }

  absorb(summary: Summary): void {
    requireSamePlan(this.#plan, summary.plan);
    for (const cell of summary.cells) {
      this.#timed ??= cell.period !== null;
      this.#cells.absorb(cell);
    }
    for (const cluster of summary.clusters) this.#clusters.absorb(cluster);
    for (const cluster of summary.instances) this.#instances.absorb(cluster);
    if (summary.slices !== null) this.#slices.absorb(summary.slices);
    this.#quality.absorb(summary.quality);
  }

  summary(): Summary {
    return {
      plan: this.#plan,
      cells: this.#cells.build(),
      clusters: this.#clusters.build(),
      instances: this.#instances.build(),
      slices: this.#slices.build(),
      quality: this.#quality.build(),
    };
  }

  #slicesOf(batch: RecordBatch, placed: Placement): SliceParts | null {
    return this.#plan.dependence && batch.timestamp !== null
      ? this.#slices.partsOf(batch.timestamp, placed, this.#scratch)
      : null;
  }

  #addInstances(instance: TextColumn, placed: Placement, columns: Readonly<Record<string, Float64Array>>): void {
    const groupOf = this.#instances.groupsOf(placed, instance, this.#scratch);
    const groups = groupRows(groupOf, placed.cells.length * unitBuckets, this.#scratch);
    const rows = new GroupedColumns(groups, columns, this.#scratch);
    for (const [index, cell] of placed.cells.entries()) this.#instances.add(cell, rows, index * unitBuckets);
  }

  #addSegment(
    field: string,
    segment: TextColumn,
    placed: Placement,
    columns: Readonly<Record<string, Float64Array>>,
  ): void {
    const { partOf, codes } = numberParts(segment);
    const groupOf = groupsOfParts(placed.cellOf, codes.length, partOf, this.#scratch);
    const rows = new GroupedColumns(
      groupRows(groupOf, placed.cells.length * codes.length, this.#scratch),
      columns,
      this.#scratch,
    );
    for (const [index, cell] of placed.cells.entries()) {
      for (const [part, code] of codes.entries()) {
        const group = index * codes.length + part;
        this.#cells.add(cell, { field, value: segment.values[code] as string }, rows, group, group + 1);
      }
    }
  }

  #requireColumns(batch: RecordBatch): void {
    const missing = (field: string, requirement: string): RecordsError =>
      new RecordsError(cannot("summarize the records", field, requirement, Object.keys(batch.numbers)), {
        code: "field-not-mapped",
        field,
        value: Object.keys(batch.numbers),
        fix: `Map it: ${field}=COLUMN`,
      });
    for (const field of this.#plan.statistics.flatMap(fieldsOf))
      if (!Object.hasOwn(batch.numbers, field))
        throw missing(field, "one of the mapped fields, since a metric of the policy needs it");
    for (const field of this.#plan.segments)
      if (!Object.hasOwn(batch.segments, field))
        throw missing(`segment.${field}`, "mapped, since the policy looks at this segment");
    if (this.#plan.units && batch.unit === null) throw missing("unit", "mapped, since the policy names a unit");
    requireTexts("arm", batch.arm, batch.length);
    if (this.#plan.units) requireTexts("unit", batch.unit as TextColumn, batch.length);
    const timed = this.#plan.start !== null || this.#plan.end !== null || this.#plan.epochStarts.length > 0;
    const mixed = this.#timed !== undefined && (batch.timestamp !== null) !== this.#timed;
    this.#timed = batch.timestamp !== null;
    if ((timed || mixed) && batch.timestamp === null)
      throw missing(
        "timestamp",
        mixed ? "in all sources or in none" : "mapped, since the policy has a start, an end or an allocation history",
      );
    if (mixed) throw missing("timestamp", "in all sources or in none");
  }
}

/** @throws {RecordsError} when a row has no text. */
function requireTexts(field: string, { codes }: TextColumn, length: number): void {
  let signs = 0;
  for (let row = 0; row < length; row++) signs |= codes[row] as number;
  if (signs >= 0) return;
  const row = codes.findIndex((code) => code < 0);
  throw new RecordsError(
    cannot("summarize the records", `${field}.codes[${row}]`, "the number of a text in each row", codes[row]),
    {
      code: `${field}-missing`,
      field,
      value: codes[row],
      fix: "Leave out rows without it, as reading does",
    },
  );
}

/** The values of a segment that a batch has, numbered in the order of their appearance. */
function numberParts({ codes, values }: TextColumn): {
  readonly partOf: Int32Array;
  readonly codes: readonly number[];
} {
  const numbers = new Int32Array(values.length).fill(-1);
  const found: number[] = [];
  const partOf = codes.map((code) => {
    if (code < 0) return -1;
    if ((numbers[code] as number) < 0) numbers[code] = found.push(code) - 1;
    return numbers[code] as number;
  });
  return { partOf, codes: found };
}

/** The numeric columns, with durations of failed requests treated as the plan says. */
function withLatencyOfFailures(batch: RecordBatch, plan: Plan): Readonly<Record<string, Float64Array>> {
  const success = batch.numbers["success"];
  const latency = batch.numbers["latencyMs"];
  if (plan.latencyOfFailures === "as-recorded" || success === undefined || latency === undefined) return batch.numbers;
  const replacement = plan.latencyOfFailures === "exclude" ? Number.NaN : Infinity;
  return { ...batch.numbers, latencyMs: latency.map((value, row) => (success[row] === 0 ? replacement : value)) };
}
