import type { RecordBatch } from "../../index.ts";
import { BatchBuilder } from "../../records/batch-builder.ts";
import { rowsOutsideJson } from "../../records/csv/csv-table.ts";
import { compileMapping, type FieldMapping } from "../../records/mapping/fields.ts";
import type { RowOptions } from "../../records/rows.ts";

/** A run of rows as columns of values. */
export type ColumnChunk = Readonly<Record<string, ArrayLike<unknown>>>;

/** Rows that come as columns, on their way into batches. */
export class ColumnRows {
  /** The source columns that are needed. */
  readonly columns: readonly string[];
  readonly #builder: BatchBuilder;
  #line = 0;

  /** @param available - the columns of the source. @throws {RecordsError} when a mapped column is not among them. */
  constructor(mapping: FieldMapping, available: readonly string[], name: string, options: RowOptions) {
    if (mapping.rows !== undefined) throw rowsOutsideJson(name, mapping.rows);
    const compiled = compileMapping(mapping, available);
    this.columns = compiled.columns;
    this.#builder = new BatchBuilder(compiled, name, options.onRejected);
  }

  *add(chunk: ColumnChunk, rows: number): Generator<RecordBatch> {
    const columns = this.columns.map((column) => chunk[column] as ArrayLike<unknown>);
    const { row } = this.#builder;
    for (let at = 0; at < rows; at++) {
      for (let column = 0; column < columns.length; column++)
        row.setValue(column, (columns[column] as ArrayLike<unknown>)[at]);
      this.#builder.add(++this.#line);
      if (this.#builder.full) yield this.#builder.take();
    }
  }

  end(): RecordBatch {
    return this.#builder.take();
  }
}
