import type { RecordBatch, TextColumn } from "./batch.ts";
import { mergeConditions } from "./condition-facts.ts";
import { DirectColumns, isDirect } from "./direct-columns.ts";
import { type ColumnMemory, plainMemory } from "./json/line-accelerator.ts";
import type { Compute } from "./mapping/compute.ts";
import { NumberWriter, requestIdReader, TextWriter, timestampReader } from "./mapping/field-writers.ts";
import type { CompiledField, CompiledMapping } from "./mapping/fields.ts";
import { conditionOf } from "./mapping/row-compute.ts";
import {
  type RecordQuality,
  type RejectionCode,
  type RejectionSample,
  samplesPerCode,
  type UnusableCode,
} from "./quality.ts";
import { RowTokens } from "./row-tokens.ts";

/** Rows per batch: large enough that per-batch work does not count, small enough to stay in cache. */
export const rowsPerBatch = 16_384;

/** A row that was turned away, whole. */
export interface RejectedRow extends RejectionSample {
  readonly code: RejectionCode;
  /** The row as it was read: a line of text, or the values of the mapped columns. */
  readonly row: unknown;
}

/** Told of every row that is turned away, as it happens. */
export type OnRejected = (row: RejectedRow) => void;

/** What was lost of one arm so far. */
interface GrowingDamage {
  rejected: number;
  readonly unusable: Record<string, number>;
}

/** A value of the row being added that can't be used. */
interface Flaw {
  readonly code: UnusableCode;
  readonly field: CompiledField;
}

/** Turns rows, given as tokens in the order of `mapping.columns`, into record batches. */
export class BatchBuilder {
  /** The row to be added next. */
  readonly row: RowTokens;
  /** Gives the row being added as it was read, for those who want rejected rows whole. */
  original: (() => unknown) | undefined = undefined;
  /** Where plain rows may be written past {@link row}; `undefined` when a field is more than a column. */
  readonly direct: DirectColumns | undefined = undefined;
  readonly #reuse: boolean;
  readonly #memory: ColumnMemory;
  readonly #columns: readonly string[];
  readonly #source: string;
  readonly #onRejected: OnRejected | undefined;
  readonly #where: readonly Compute<boolean>[];
  readonly #arm: TextWriter;
  readonly #timestamp: CompiledField | null;
  readonly #instantOf: Compute<number>;
  readonly #unit: TextWriter | null;
  readonly #instance: TextWriter | null;
  readonly #unitRequired: boolean;
  readonly #requestId: CompiledField | null;
  readonly #idOf: Compute<number>;
  readonly #numbers: readonly NumberWriter[];
  readonly #segments: readonly TextWriter[];
  #instants: Float64Array = new Float64Array(0);
  #ids: Float64Array = new Float64Array(0);
  #length = 0;
  #rows = 0;
  #filtered = 0;
  #subSamples = 0;
  #rejected: Partial<Record<RejectionCode, number>> = {};
  #samples: RejectionSample[] = [];
  #sampled: Partial<Record<RejectionSample["code"], number>> = {};
  #damage = new Map<string, GrowingDamage>();
  /** What can't be used of the row being added. */
  #flaws: Flaw[] = [];

  /**
   * @param source - name of the file or stream, for messages; @param reuse - whether a batch may be written over once
   * the next is begun; @param memory - where its arrays come from.
   */
  constructor(
    mapping: CompiledMapping,
    source: string,
    onRejected?: OnRejected,
    reuse = false,
    memory: ColumnMemory = plainMemory,
  ) {
    const text = (field: CompiledField): TextWriter => new TextWriter(field, rowsPerBatch, memory);
    this.row = new RowTokens(mapping.columns.length);
    this.#columns = mapping.columns;
    this.#source = source;
    this.#onRejected = onRejected;
    this.#where = mapping.where.map((field) => conditionOf(field));
    this.#arm = text(mapping.arm);
    this.#timestamp = mapping.timestamp;
    this.#instantOf = mapping.timestamp === null ? () => Number.NaN : timestampReader(mapping.timestamp);
    this.#unit = mapping.unit === null ? null : text(mapping.unit);
    this.#instance = mapping.instance === null ? null : text(mapping.instance);
    this.#unitRequired = mapping.unitRequired;
    this.#requestId = mapping.requestId;
    this.#idOf = mapping.requestId === null ? () => Number.NaN : requestIdReader(mapping.requestId);
    this.#numbers = mapping.numbers.map((field) => new NumberWriter(field, rowsPerBatch, memory));
    this.#segments = mapping.segments.map(text);
    this.#reuse = reuse;
    this.#memory = memory;
    this.#renewPlain();
    if (isDirect(mapping)) this.direct = new DirectColumns(mapping);
    this.#pointDirect();
  }

  /** Rows of the batch so far. */
  get length(): number {
    return this.#length;
  }

  get full(): boolean {
    return this.#length === rowsPerBatch;
  }

  /** Adds the row that `row` holds; it is accepted, filtered, or rejected with a reason. */
  add(line: number): void {
    this.#rows++;
    const { row } = this;
    for (const condition of this.#where) {
      if (!condition(row)) {
        this.#filtered++;
        return;
      }
    }
    const problem = this.#write(row, this.#length);
    if (problem === undefined) {
      if (this.#flaws.length > 0) this.#noteFlaws(line);
      this.#length++;
      return;
    }
    this.#flaws = [];
    const arm = problem.code === "arm-missing" ? undefined : this.#armAt(this.#length);
    this.#reject(problem.code, line, problem.field.field, row.value(problem.field.index), undefined, arm);
  }

  /**
   * Counts a row that could not be taken apart.
   *
   * @param arm - the row's arm, where it can be told all the same.
   */
  reject(code: RejectionCode, line: number, field: string, value: unknown, arm?: string): void {
    this.#rows++;
    this.#reject(code, line, field, value, value, arm);
  }

  /** Counts a row that is part of another one. */
  leaveOutSubSample(): void {
    this.#rows++;
    this.#subSamples++;
  }

  /** Counts a line that the tool writes beside requests. */
  leaveOutOther(): void {
    this.#rows++;
    this.#filtered++;
  }

  /** The batch of all rows since the last one, and starts the next. */
  take(): RecordBatch {
    const length = this.#length;
    const columnOf = ({ values, codes }: TextWriter): TextColumn => ({ values, codes: codes.subarray(0, length) });
    const batch: RecordBatch = {
      length,
      arm: columnOf(this.#arm),
      timestamp: this.#timestamp === null ? null : this.#instants.subarray(0, length),
      unit: this.#unit === null ? null : columnOf(this.#unit),
      instance: this.#instance === null ? null : columnOf(this.#instance),
      requestId: this.#requestId === null ? null : this.#ids.subarray(0, length),
      numbers: Object.fromEntries(this.#numbers.map(({ field, values }) => [field.field, values.subarray(0, length)])),
      segments: Object.fromEntries(this.#segments.map((writer) => [writer.field.field, columnOf(writer)])),
      quality: this.#quality(),
      damage: Object.fromEntries(this.#damage),
    };
    for (const writer of [this.#arm, this.#unit, this.#instance, ...this.#segments]) writer?.renew(this.#reuse);
    if (!this.#reuse) {
      for (const writer of this.#numbers) writer.renew();
      this.#renewPlain();
    }
    this.#pointDirect();
    this.#length = 0;
    this.#rows = 0;
    this.#filtered = 0;
    this.#subSamples = 0;
    this.#rejected = {};
    this.#samples = [];
    this.#sampled = {};
    if (this.#damage.size > 0) this.#damage = new Map();
    return batch;
  }

  /** Counts rows that were written to {@link direct}. */
  addWritten(rows: number): void {
    this.#rows += rows;
    this.#length += rows;
  }

  #pointDirect(): void {
    const { direct } = this;
    if (direct === undefined) return;
    for (const writer of [this.#arm, this.#unit, this.#instance, ...this.#segments])
      if (writer !== null && !writer.fillConstant()) direct.pointText(writer.field.index, writer);
    for (const { field, values } of this.#numbers) direct.pointNumbers(field.index, values);
    if (this.#timestamp !== null) direct.pointNumbers(this.#timestamp.index, this.#instants);
    if (this.#requestId !== null) direct.pointNumbers(this.#requestId.index, this.#ids);
  }

  #renewPlain(): void {
    if (this.#timestamp !== null) this.#instants = this.#memory.numbers(rowsPerBatch);
    if (this.#requestId !== null) this.#ids = this.#memory.numbers(rowsPerBatch);
  }

  #write(row: RowTokens, at: number): { readonly code: RejectionCode; readonly field: CompiledField } | undefined {
    if (!this.#arm.write(row, at)) return { code: "arm-missing", field: this.#arm.field };
    if (this.#timestamp !== null) {
      const instant = this.#instantOf(row);
      if (instant !== instant) return { code: "timestamp-invalid", field: this.#timestamp };
      this.#instants[at] = instant;
    }
    if (this.#unit !== null && !this.#unit.write(row, at) && this.#unitRequired)
      return { code: "unit-missing", field: this.#unit.field };
    this.#instance?.write(row, at);
    if (this.#requestId !== null) this.#ids[at] = this.#idOf(row);
    const numbers = this.#numbers;
    for (let index = 0; index < numbers.length; index++) {
      const writer = numbers[index] as NumberWriter;
      const code = writer.write(row, at);
      if (code === undefined) continue;
      if (code === "success-not-boolean") return { code, field: writer.field };
      this.#flaws.push({ code, field: writer.field });
    }
    const segments = this.#segments;
    for (let index = 0; index < segments.length; index++) (segments[index] as TextWriter).write(row, at);
    return undefined;
  }

  #reject(
    code: RejectionCode,
    line: number,
    field: string,
    value: unknown,
    row: unknown,
    arm: string | undefined,
  ): void {
    this.#rejected[code] = (this.#rejected[code] ?? 0) + 1;
    if (arm !== undefined) this.#damageOf(arm).rejected++;
    this.#sample(code, line, field, value);
    this.#onRejected?.({
      code,
      source: this.#source,
      line,
      field,
      value: shorten(value),
      row: row ?? this.#wholeRow(),
    });
  }

  /** Keeps a row or a value as an example, while there are few of its kind. */
  #sample(code: RejectionSample["code"], line: number, field: string, value: unknown): void {
    const count = (this.#sampled[code] ?? 0) + 1;
    this.#sampled[code] = count;
    if (count <= samplesPerCode) this.#samples.push({ code, source: this.#source, line, field, value: shorten(value) });
  }

  /** Counts the values of the row being added that can't be used. */
  #noteFlaws(line: number): void {
    const { unusable } = this.#damageOf(this.#armAt(this.#length));
    for (const { code, field } of this.#flaws) {
      unusable[field.field] = (unusable[field.field] ?? 0) + 1;
      this.#sample(code, line, field.field, this.row.value(field.index));
    }
    this.#flaws = [];
  }

  #armAt(at: number): string {
    return this.#arm.values[this.#arm.codes[at] as number] as string;
  }

  #damageOf(arm: string): GrowingDamage {
    let damage = this.#damage.get(arm);
    if (damage === undefined) {
      damage = { rejected: 0, unusable: {} };
      this.#damage.set(arm, damage);
    }
    return damage;
  }

  #wholeRow(): unknown {
    return (
      this.original?.() ?? Object.fromEntries(this.#columns.map((column, index) => [column, this.row.value(index)]))
    );
  }

  #quality(): RecordQuality {
    const missing = this.#numbers
      .map(({ field, values }) => [field.field, countMissing(values, this.#length)] as const)
      .filter(([, count]) => count > 0);
    const conditions = this.#numbers.flatMap(({ watch }) => (watch === undefined ? [] : [watch.facts()]));
    const withoutUnit = this.#unitRequired || this.#unit === null ? 0 : countAbsent(this.#unit.codes, this.#length);
    return {
      rows: this.#rows,
      accepted: this.#length,
      filtered: this.#filtered,
      subSamples: this.#subSamples,
      rejected: this.#rejected,
      samples: this.#samples,
      missing: Object.fromEntries([...missing, ...(withoutUnit > 0 ? [["unit", withoutUnit] as const] : [])]),
      ...(conditions.length === 0 ? {} : { conditions: mergeConditions(conditions, []) }),
    };
  }
}

function countAbsent(codes: Int32Array, length: number): number {
  let count = 0;
  for (let i = 0; i < length; i++) if ((codes[i] as number) < 0) count++;
  return count;
}

function countMissing(values: Float64Array, length: number): number {
  let count = 0;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    const a =
      (values[i] as number) + (values[i + 1] as number) + ((values[i + 2] as number) + (values[i + 3] as number));
    const sum =
      a +
      ((values[i + 4] as number) + (values[i + 5] as number) + ((values[i + 6] as number) + (values[i + 7] as number)));
    // Only where one of them is NaN, or they are too large to be added.
    if (sum - sum !== 0) for (let j = i; j < i + 8; j++) count += Number(Number.isNaN(values[j]));
  }
  for (; i < length; i++) count += Number(Number.isNaN(values[i]));
  return count;
}

function shorten(value: unknown): string {
  const text = typeof value === "string" ? value : asText(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Objects that hold themselves, or bigints, have no JSON. */
function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
