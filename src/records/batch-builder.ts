import type { RecordBatch } from "./batch.ts";
import { satisfies } from "./expression.ts";
import type { CompiledField, CompiledMapping } from "./fields.ts";
import { type RecordQuality, type RejectionCode, type RejectionSample, samplesPerCode } from "./quality.ts";
import { TextColumnBuilder } from "./text-column.ts";
import { parseTimestamp } from "./timestamp.ts";

/** Rows per batch: large enough that per-batch work does not count, small enough to stay in cache. */
export const rowsPerBatch = 16_384;

/** Turns rows, given as raw values in the order of `mapping.columns`, into record batches. */
export class BatchBuilder {
  readonly #mapping: CompiledMapping;
  readonly #source: string;
  #length = 0;
  #rows = 0;
  #filtered = 0;
  #rejected: Partial<Record<RejectionCode, number>> = {};
  #samples: RejectionSample[] = [];
  #columns: Columns;

  /** @param source - name of the file or stream, for messages. */
  constructor(mapping: CompiledMapping, source: string) {
    this.#mapping = mapping;
    this.#source = source;
    this.#columns = createColumns(mapping);
  }

  get full(): boolean {
    return this.#length === rowsPerBatch;
  }

  /** Rows read since the last batch was taken. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds one row; it is accepted, filtered, or rejected with a reason. */
  add(raw: readonly unknown[], line: number): void {
    this.#rows++;
    for (const { index, expression } of this.#mapping.where) {
      if (expression.kind === "comparison" && !satisfies(raw[index], expression.operator, expression.literal)) {
        this.#filtered++;
        return;
      }
    }
    const problem = this.#write(raw, this.#length);
    if (problem === undefined) this.#length++;
    else this.#reject(problem.code, line, problem.field.field, raw[problem.field.index]);
  }

  /** Counts a row that could not even be taken apart. */
  reject(code: RejectionCode, line: number, field: string, value: unknown): void {
    this.#rows++;
    this.#reject(code, line, field, value);
  }

  /** The batch of all rows since the last one, and starts the next. */
  take(): RecordBatch {
    const { arm, timestamp, unit, requestId, numbers, segments } = this.#columns;
    const length = this.#length;
    const columns = numbers.map(({ field, values }) => [field, values.subarray(0, length)] as const);
    const batch: RecordBatch = {
      length,
      arm: arm.build(length),
      timestamp: timestamp?.subarray(0, length) ?? null,
      unit: unit?.build(length) ?? null,
      requestId: requestId?.build(length) ?? null,
      numbers: Object.fromEntries(columns),
      segments: Object.fromEntries(segments.map(({ field, column }) => [field, column.build(length)])),
      quality: this.#quality(columns),
    };
    this.#length = 0;
    this.#rows = 0;
    this.#filtered = 0;
    this.#rejected = {};
    this.#samples = [];
    this.#columns = createColumns(this.#mapping);
    return batch;
  }

  #write(raw: readonly unknown[], row: number): { readonly code: RejectionCode; readonly field: CompiledField } | undefined {
    const { arm, timestamp, unit, requestId, numbers, segments } = this.#mapping;
    const columns = this.#columns;
    const name = textOf(arm, raw);
    if (name === undefined) return { code: "arm-missing", field: arm };
    columns.arm.set(row, name);
    if (timestamp !== null && columns.timestamp !== null) {
      const at = parseTimestamp(raw[timestamp.index], timestamp.expression.kind === "column" ? timestamp.expression.factor : 1);
      if (Number.isNaN(at)) return { code: "timestamp-invalid", field: timestamp };
      columns.timestamp[row] = at;
    }
    if (unit !== null) {
      const id = textOf(unit, raw);
      if (id === undefined) return { code: "unit-missing", field: unit };
      columns.unit?.set(row, id);
    }
    if (requestId !== null) columns.requestId?.set(row, textOf(requestId, raw));
    for (const [index, field] of numbers.entries()) {
      const value = numberOf(field, raw);
      const problem = problemOf(field.field, value);
      if (problem !== undefined) return { code: problem, field };
      (columns.numbers[index] as { values: Float64Array }).values[row] = value ?? Number.NaN;
    }
    for (const [index, field] of segments.entries()) columns.segments[index]?.column.set(row, textOf(field, raw));
    return undefined;
  }

  #reject(code: RejectionCode, line: number, field: string, value: unknown): void {
    const count = (this.#rejected[code] ?? 0) + 1;
    this.#rejected[code] = count;
    if (count <= samplesPerCode) this.#samples.push({ code, source: this.#source, line, field, value: shorten(value) });
  }

  #quality(numbers: readonly (readonly [string, Float64Array])[]): RecordQuality {
    const missing = numbers.map(([field, values]) => [field, countMissing(values)] as const).filter(([, count]) => count > 0);
    return {
      rows: this.#rows,
      accepted: this.#length,
      filtered: this.#filtered,
      rejected: this.#rejected,
      samples: this.#samples,
      missing: Object.fromEntries(missing),
    };
  }
}

interface Columns {
  readonly arm: TextColumnBuilder;
  readonly timestamp: Float64Array | null;
  readonly unit: TextColumnBuilder | null;
  readonly requestId: TextColumnBuilder | null;
  readonly numbers: readonly { readonly field: string; readonly values: Float64Array }[];
  readonly segments: readonly { readonly field: string; readonly column: TextColumnBuilder }[];
}

function createColumns(mapping: CompiledMapping): Columns {
  const text = (): TextColumnBuilder => new TextColumnBuilder(rowsPerBatch);
  return {
    arm: text(),
    timestamp: mapping.timestamp === null ? null : new Float64Array(rowsPerBatch),
    unit: mapping.unit === null ? null : text(),
    requestId: mapping.requestId === null ? null : text(),
    numbers: mapping.numbers.map(({ field }) => ({ field, values: new Float64Array(rowsPerBatch) })),
    segments: mapping.segments.map(({ field }) => ({ field, column: text() })),
  };
}

function textOf({ index, expression }: CompiledField, raw: readonly unknown[]): string | undefined {
  const value = raw[index];
  if (expression.kind === "comparison") return String(satisfies(value, expression.operator, expression.literal));
  return value === null || value === undefined || value === "" ? undefined : String(value);
}

/** The number, `undefined` when missing, NaN when the raw value is not a number. */
function numberOf({ index, expression }: CompiledField, raw: readonly unknown[]): number | undefined {
  const value = raw[index];
  if (expression.kind === "comparison") return satisfies(value, expression.operator, expression.literal) ? 1 : 0;
  if (typeof value === "number") return value * expression.factor;
  if (value === null || value === undefined) return undefined;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim();
  if (text === "") return undefined;
  const lower = text.toLowerCase();
  if (lower === "true") return 1;
  if (lower === "false") return 0;
  return Number(text) * expression.factor;
}

function problemOf(field: string, value: number | undefined): RejectionCode | undefined {
  if (value === undefined) return undefined;
  if (Number.isNaN(value)) return field === "success" ? "success-not-boolean" : "not-a-number";
  if (field === "success") return value === 0 || value === 1 ? undefined : "success-not-boolean";
  if (!Number.isFinite(value)) return "not-finite";
  return value < 0 && field.endsWith("Ms") ? "negative-duration" : undefined;
}

function countMissing(values: Float64Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) count++;
  return count;
}

function shorten(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
