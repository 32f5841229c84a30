import { type CompiledMapping, type FieldMapping, compileMapping } from "../records/fields.ts";
import type { Plan } from "../summary/plan.ts";
import type { SqlColumn, SqlDialect, SqlTable } from "./dialect.ts";
import { requireMapped } from "./requirements.ts";
import type { TimeWindow } from "./verdict.ts";

/** A table of records, and what of it is asked for. */
export interface SqlSource {
  readonly table: SqlTable;
  /** From which columns the fields come. */
  readonly mapping: FieldMapping;
  /** The table's columns with their types; the running functions ask the engine, and only a statement on its own needs them given. */
  readonly columns: readonly SqlColumn[];
  /**
   * `window`: only rows that meet the mapping's conditions and lie in the time window are read, so that partitions and indexes are of use; other rows are not
   * counted. `table`: every row is read, and the quality says how many were left out, as it does for files.
   */
  readonly scan: "window" | "table";
  /** A narrower window than the plan's, for reading period by period. */
  readonly window?: TimeWindow | undefined;
  /** Whether rows without a usable timestamp are read, to be counted as rejected. Default true. */
  readonly untimed?: boolean | undefined;
}

/** A source with its mapping read and its window settled. */
export interface CompiledSource {
  readonly source: SqlSource;
  readonly mapping: CompiledMapping;
  readonly window: TimeWindow;
}

/** @throws RecordsError, DatabaseError when the mapping and the plan do not fit the table. */
export function compileSource(source: SqlSource, plan: Plan, dialect: SqlDialect): CompiledSource {
  const mapping = compileMapping(source.mapping, source.columns.map(({ name }) => name));
  requireMapped(mapping, plan, source, dialect);
  const later = [plan.start, source.window?.from ?? null].filter((at) => at !== null);
  const earlier = [plan.end, source.window?.to ?? null].filter((at) => at !== null);
  const window = { from: later.length === 0 ? null : Math.max(...later), to: earlier.length === 0 ? null : Math.min(...earlier) };
  return { source, mapping, window };
}
