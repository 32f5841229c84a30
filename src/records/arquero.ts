import { BatchBuilder } from "./batch-builder.ts";
import type { RecordBatch } from "./batch.ts";
import type { FieldMapping } from "./mapping/fields.ts";
import { compileMapping } from "./mapping/fields.ts";
import type { RowOptions } from "./rows.ts";

/** What is used of a table of columns: Arquero's, and those of Apache Arrow and Flechette behind a small adapter. */
export interface ColumnTable {
  columnNames(): string[];
  /** Number of rows after filtering. */
  numRows(): number;
  /** Calls back for each row that the table's filter lets through, in the table's order. */
  scan(callback: (row?: number) => void, ordered?: boolean): void;
  /** The value of a column at an unfiltered row. */
  column(name: string): { at(row: number): unknown } | undefined;
}

/**
 * Turns an Arquero table into record batches. Its filter and order hold; expressions of the mapping take the place of
 * derived columns.
 *
 * @param table - an Arquero 7 or 8 table.
 * @param mapping - from which columns the fields come.
 * @returns batches in the order of the rows.
 * @throws {RecordsError} when a mapped column does not exist.
 * @example
 * ```ts
 * import { table } from "arquero";
 * const requests = table({ arm: ["v1", "v2"], success: [true, false], latencyMs: [120, 140] });
 * const summary = summarize(batchesFromTable(requests.filter((row) => row.latencyMs < 800), mapping), planFor(policy));
 * ```
 */
export function batchesFromTable(
  table: ColumnTable,
  mapping: FieldMapping,
  name = "table",
  options: RowOptions = {},
): RecordBatch[] {
  const compiled = compileMapping(mapping, table.columnNames());
  const builder = new BatchBuilder(compiled, name, options.onRejected);
  const columns = compiled.columns.map((column) => table.column(column));
  const batches: RecordBatch[] = [];
  let line = 0;
  table.scan((row = 0) => {
    for (let column = 0; column < columns.length; column++)
      builder.row.setValue(column, (columns[column] as { at(row: number): unknown }).at(row));
    builder.add(++line);
    if (builder.full) batches.push(builder.take());
  }, true);
  batches.push(builder.take());
  return batches;
}
