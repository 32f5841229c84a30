import type { RecordBatch } from "./batch.ts";
import { BatchBuilder } from "./batch-builder.ts";
import { type FieldMapping, compileMapping, unknownColumn } from "./fields.ts";
import type { RejectionCode } from "./quality.ts";

/** How many rows are looked at before deciding which optional fields a source has. */
const rowsLookedAt = 1000;

/**
 * Turns objects already in memory into record batches.
 *
 * @param rows - any objects; a mapped key may be a dotted path into nested ones.
 * @param mapping - from which keys the fields come.
 * @returns batches in the order of the rows; rows that can't be used are counted in their `quality`.
 * @throws RecordsError when a mapped key never appears.
 * @example
 * ```ts
 * const batches = [...batchesFromRows([{ version: "v1", ms: 120 }], { fields: { arm: "version", latencyMs: "ms" } })];
 * ```
 */
export function* batchesFromRows(rows: Iterable<unknown>, mapping: FieldMapping, name = "rows"): Generator<RecordBatch> {
  const objects = new ObjectRows(mapping, name);
  let line = 0;
  for (const row of rows) {
    objects.add(row, ++line);
    if (objects.full) yield objects.take();
  }
  yield objects.end();
}

type Pending = { readonly line: number; readonly value: object } | { readonly line: number; readonly problem: RejectionCode; readonly value: unknown };

/** Objects on their way into batches. Keys may differ from row to row, so what a source has is settled by its first rows. */
export class ObjectRows {
  readonly #mapping: FieldMapping;
  readonly #name: string;
  #pending: Pending[] | undefined = [];
  #builder: BatchBuilder | undefined;
  #paths: readonly Path[] = [];
  readonly #keys = new Set<string>();

  constructor(mapping: FieldMapping, name: string) {
    this.#mapping = mapping;
    this.#name = name;
    compileMapping(mapping);
  }

  get full(): boolean {
    return this.#builder?.full ?? false;
  }

  add(value: unknown, line: number): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) this.reject("not-an-object", line, value);
    else if (this.#pending === undefined) this.#addObject(value, line);
    else this.#hold({ line, value });
  }

  reject(problem: RejectionCode, line: number, value: unknown): void {
    if (this.#pending === undefined) this.#builder?.reject(problem, line, "line", value);
    else this.#hold({ line, problem, value });
  }

  take(): RecordBatch {
    this.#settle();
    return (this.#builder as BatchBuilder).take();
  }

  /** The last batch. */
  end(): RecordBatch {
    const batch = this.take();
    const absent = this.#paths.find(({ seen }) => !seen);
    if (absent !== undefined && this.#keys.size > 0) throw unknownColumn(absent.column, compileMapping(this.#mapping), [...this.#keys]);
    return batch;
  }

  #hold(row: Pending): void {
    this.#pending?.push(row);
    if ((this.#pending?.length ?? 0) >= rowsLookedAt) this.#settle();
  }

  #settle(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    for (const row of pending) if (!("problem" in row)) for (const key of keysOf(row.value)) this.#keys.add(key);
    const optional = new Set(this.#mapping.optional ?? []);
    const fields = Object.entries(this.#mapping.fields).filter(([field]) => !optional.has(field));
    const required = compileMapping({ ...this.#mapping, fields: { arm: this.#mapping.fields["arm"] ?? "arm", ...Object.fromEntries(fields) } });
    const compiled = compileMapping(this.#mapping, [...this.#keys, ...required.columns]);
    this.#paths = compiled.columns.map((column) => ({ column, parts: column.split("."), seen: false }));
    this.#builder = new BatchBuilder(compiled, this.#name);
    for (const row of pending) {
      if ("problem" in row) this.#builder.reject(row.problem, row.line, "line", row.value);
      else this.#addObject(row.value, row.line);
    }
  }

  #addObject(row: object, line: number): void {
    this.#builder?.add(this.#paths.map((path) => valueAt(row, path)), line);
  }
}

interface Path {
  readonly column: string;
  readonly parts: readonly string[];
  seen: boolean;
}

/** The value at a key, or at a dotted path of keys where the object has no such key. */
function valueAt(row: object, path: Path): unknown {
  if (Object.hasOwn(row, path.column)) {
    path.seen = true;
    return (row as Record<string, unknown>)[path.column];
  }
  if (path.parts.length === 1) return undefined;
  let value: unknown = row;
  for (const part of path.parts) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  path.seen = true;
  return value;
}

/** All keys of an object, and the dotted paths of nested ones. */
function keysOf(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const nested = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? keysOf(inner as object, `${prefix}${key}.`) : [];
    return [`${prefix}${key}`, ...nested];
  });
}
