import type { FieldMapping } from "../records/mapping/fields.ts";
import type { SqlColumn, SqlTable } from "./dialect.ts";

/** The instants that are part of what is asked for; either end may be open. */
export interface TimeWindow {
  readonly from: number | null;
  readonly to: number | null;
}

/** A table of records, and what of it is asked for. */
export interface SqlSource {
  readonly table: SqlTable;
  /** From which columns the fields come. */
  readonly mapping: FieldMapping;
  /**
   * The table's columns with their types; the running functions ask the engine, and only a statement on its own needs
   * them given.
   */
  readonly columns: readonly SqlColumn[];
  /**
   * `window`: only rows that meet the mapping's conditions and lie in the time window are read, so that partitions and
   * indexes are of use; other rows are not counted. `table`: every row is read, and the quality says how many were left
   * out, as it does for files.
   */
  readonly scan: "window" | "table";
  /** A narrower window than the plan's, for reading period by period. */
  readonly window?: TimeWindow | undefined;
  /** Whether rows without a usable timestamp are read, to be counted as rejected. Default true. */
  readonly untimed?: boolean | undefined;
}

/** A source whose columns the engine is asked for. */
export type TableSource = Omit<SqlSource, "columns" | "scan"> & Partial<Pick<SqlSource, "columns" | "scan">>;
