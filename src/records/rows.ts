import { BatchBuilder, type OnRejected } from "./batch-builder.ts";
import type { RecordBatch } from "./batch.ts";
import { type ColumnPath, columnPath, keyValueList, valueAtPath } from "./column-path.ts";
import type { DirectColumns } from "./direct-columns.ts";
import type { LineAccelerator } from "./json/line-accelerator.ts";
import { nestedRows } from "./json/nested-rows.ts";
import {
  type CompiledMapping,
  compileMapping,
  type FieldMapping,
  settleMapping,
  unknownColumn,
} from "./mapping/fields.ts";
import type { RejectionCode } from "./quality.ts";
import { token } from "./row-tokens.ts";

/**
 * How many rows are looked at before deciding which optional fields a source has, and how many where there is nothing
 * to decide.
 */
export const rowsLookedAt = { open: 1000, settled: 20 } as const;

/** How rows are read. */
export interface RowOptions {
  /** Told of every rejected row. */
  readonly onRejected?: OnRejected | undefined;
  /** Each batch is done with before the next is asked for, so that its arrays may be written again. */
  readonly reuse?: boolean | undefined;
  /** Takes plain lines of NDJSON faster; with `reuse` only, and by one reader at a time. @internal */
  readonly accelerator?: LineAccelerator | undefined;
}

/**
 * Turns objects already in memory into record batches.
 *
 * @param rows - any objects; a mapped key may be a dotted path into nested ones.
 * @param mapping - from which keys the fields come.
 * @returns batches in the order of the rows; rows that can't be used are counted in their `quality`.
 * @throws {RecordsError} when a mapped key never appears.
 * @example
 * ```ts
 * const batches = [...batchesFromRows([{ version: "v1", ms: 120 }], { fields: { arm: "version", latencyMs: "ms" } })];
 * ```
 */
export function* batchesFromRows(
  rows: Iterable<unknown>,
  mapping: FieldMapping,
  name = "rows",
  options: RowOptions = {},
): Generator<RecordBatch> {
  const objects = new ObjectRows(mapping, name, options);
  let line = 0;
  for (const row of rows) {
    objects.add(row, ++line);
    while (objects.full) yield objects.take();
  }
  yield objects.end();
}

type Pending =
  | "sub-sample"
  | { readonly line: number; readonly value: object; readonly original: unknown }
  | { readonly line: number; readonly problem: RejectionCode; readonly value: unknown };

/**
 * Objects on their way into batches. Keys may differ from row to row, so which optional fields a source has is settled
 * by its first rows.
 */
export class ObjectRows {
  readonly #mapping: FieldMapping;
  readonly #name: string;
  readonly #options: RowOptions;
  #pending: Pending[] | undefined = [];
  #paths: readonly ColumnPath[] = [];
  #seen: Uint8Array = new Uint8Array(0);
  #unseen = 0;
  readonly #keys = new Set<string>();
  #builder: BatchBuilder | undefined;
  /** Records of the document being added. */
  #waiting: { readonly rows: readonly object[]; next: number; readonly line: number } | undefined;

  constructor(mapping: FieldMapping, name: string, options: RowOptions = {}) {
    this.#mapping = mapping;
    this.#name = name;
    this.#options = options;
    compileMapping(mapping);
  }

  /** Whether a batch is to be taken before anything else is added. */
  get full(): boolean {
    this.#addWaiting();
    return this.#builder?.full ?? false;
  }

  /** Adds the records of a document as far as the batch has room. */
  #addWaiting(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    while (waiting.next < waiting.rows.length && this.#builder?.full !== true) {
      const row = waiting.rows[waiting.next++] as object;
      this.#add(row, waiting.line, row);
    }
    if (waiting.next === waiting.rows.length) this.#waiting = undefined;
  }

  /** Once settled, where rows may also be added as tokens, see {@link addTokens}. */
  get builder(): BatchBuilder | undefined {
    return this.#builder;
  }

  /** The source columns, in the order of the builder's tokens; empty until settled. */
  get columns(): readonly string[] {
    return this.#paths.map(({ column }) => column);
  }

  /** Mapped columns that no row had so far. */
  get absent(): readonly string[] {
    return this.#paths.filter((_, index) => this.#seen[index] === 0).map(({ column }) => column);
  }

  /** @param original - the row as it was read, for those who want rejected rows whole. */
  add(value: unknown, line: number, original: unknown = value): void {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      this.reject("not-an-object", line, original);
    else if (this.#mapping.rows !== undefined) {
      this.#waiting = { rows: nestedRows(value, this.#mapping.rows, this.#name), next: 0, line };
      this.#addWaiting();
    } else this.#add(value, line, original);
  }

  #add(value: object, line: number, original: unknown): void {
    if (this.#builder === undefined) this.#hold({ line, value, original });
    else this.#addObject(this.#builder, value, line, original);
  }

  /** Adds the row that the builder's tokens hold. */
  addTokens(line: number): void {
    const builder = this.#builder as BatchBuilder;
    if (this.#unseen > 0) this.#noteSeen(builder.row.kind);
    builder.add(line);
  }

  /**
   * The columns that plain rows may be written to past the tokens; `undefined` while there is a column that no row had.
   */
  get direct(): DirectColumns | undefined {
    return this.#unseen === 0 ? this.#builder?.direct : undefined;
  }

  reject(problem: RejectionCode, line: number, value: unknown): void {
    if (this.#builder === undefined) this.#hold({ line, problem, value });
    else this.#builder.reject(problem, line, "line", value);
  }

  /** Counts a row that is part of another one. */
  leaveOutSubSample(): void {
    if (this.#builder === undefined) this.#hold("sub-sample");
    else this.#builder.leaveOutSubSample();
  }

  take(): RecordBatch {
    return this.#settle().take();
  }

  /** The last batch. @throws {RecordsError} when a mapped key was in no row. */
  end(): RecordBatch {
    const batch = this.take();
    const [absent] = this.absent;
    if (absent !== undefined && this.#keys.size > 0)
      throw unknownColumn(absent, compileMapping(settleMapping(this.#mapping, [...this.#keys])), [...this.#keys]);
    return batch;
  }

  #noteSeen(kind: Uint8Array): void {
    for (let column = 0; column < kind.length; column++) {
      if (kind[column] === token.absent || this.#seen[column] === 1) continue;
      this.#seen[column] = 1;
      this.#unseen--;
    }
  }

  #hold(row: Pending): void {
    this.#pending?.push(row);
    const enough = (this.#mapping.optional ?? []).length > 0 ? rowsLookedAt.open : rowsLookedAt.settled;
    if ((this.#pending?.length ?? 0) >= enough) this.#settle();
  }

  #settle(): BatchBuilder {
    if (this.#builder !== undefined) return this.#builder;
    const pending = this.#pending ?? [];
    this.#pending = undefined;
    for (const row of pending) if (typeof row === "object" && !("problem" in row)) addKeys(this.#keys, row.value);
    const compiled: CompiledMapping = compileMapping(settleMapping(this.#mapping, [...this.#keys]));
    this.#paths = compiled.columns.map(columnPath);
    this.#seen = new Uint8Array(compiled.columns.length);
    this.#unseen = compiled.columns.length;
    const { onRejected, reuse = false, accelerator } = this.#options;
    const builder = new BatchBuilder(compiled, this.#name, onRejected, reuse, reuse ? accelerator : undefined);
    this.#builder = builder;
    for (const row of pending) {
      if (row === "sub-sample") builder.leaveOutSubSample();
      else if ("problem" in row) builder.reject(row.problem, row.line, "line", row.value);
      else this.#addObject(builder, row.value, row.line, row.original);
    }
    return builder;
  }

  #addObject(builder: BatchBuilder, row: object, line: number, whole: unknown): void {
    const { direct } = this;
    if (direct !== undefined && writePlain(row, this.#paths, direct, builder.length)) return builder.addWritten(1);
    const { original } = builder;
    builder.original = () => whole;
    for (let column = 0; column < this.#paths.length; column++)
      builder.row.setValue(column, valueAtPath(row, this.#paths[column] as ColumnPath));
    this.addTokens(line);
    builder.original = original;
  }
}

/** A mapping in which nothing is left open, by the first objects of a source. */
export function settleByObjects(mapping: FieldMapping, objects: Iterable<object>): FieldMapping {
  // The first bytes seldom hold a whole document.
  if (mapping.rows !== undefined) return mapping;
  const keys = new Set<string>();
  for (const object of objects) addKeys(keys, object);
  return settleMapping(mapping, [...keys]);
}

/**
 * Writes the values of a plain row; false as soon as one needs a closer look, and then what was written does not count.
 */
function writePlain(row: object, paths: readonly ColumnPath[], direct: DirectColumns, at: number): boolean {
  for (let column = 0; column < paths.length; column++)
    if (!direct.write(column, at, valueAtPath(row, paths[column] as ColumnPath))) return false;
  return true;
}

/** Levels of nested objects whose keys can be mapped; deeper ones are no columns. */
const deepest = 64;

/** Adds all keys of an object, and the dotted paths of nested ones, but not of an object that holds itself. */
function addKeys(keys: Set<string>, value: object, prefix = "", above: readonly object[] = []): void {
  for (const key of Object.keys(value)) {
    const given = (value as Record<string, unknown>)[key];
    const inner = Array.isArray(given) ? (keyValueList(given) ?? given) : given;
    keys.add(prefix === "" ? key : `${prefix}${key}`);
    if (
      typeof inner !== "object" ||
      inner === null ||
      Array.isArray(inner) ||
      inner === value ||
      above.includes(inner) ||
      above.length === deepest
    )
      continue;
    addKeys(keys, inner, `${prefix}${key}.`, [...above, value]);
  }
}
