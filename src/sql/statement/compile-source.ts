import { cannot, DatabaseError, RecordsError } from "../../errors.ts";
import { type CompiledMapping, compileMapping, type FieldMapping } from "../../records/mapping/fields.ts";
import { isOfSource } from "../../records/mapping/is-of-source.ts";
import type { Plan } from "../../summary/plan.ts";
import type { SqlDialect } from "../dialect.ts";
import type { SqlSource, TimeWindow } from "../source.ts";
import { requirePlainNames } from "./plain-names.ts";
import { requireMapped } from "./requirements.ts";

/** A source with its mapping read and its window settled. */
export interface CompiledSource {
  readonly source: SqlSource;
  readonly mapping: CompiledMapping;
  readonly window: TimeWindow;
}

/** @throws {RecordsError}, DatabaseError when the mapping and the plan do not fit the table. */
export function compileSource(source: SqlSource, plan: Plan, dialect: SqlDialect): CompiledSource {
  const { rows } = source.mapping;
  if (rows !== undefined)
    throw new DatabaseError(cannot("summarize the table", "rows", "left out for a table", rows), {
      engine: dialect.name,
      code: "rows-outside-json",
      field: "rows",
      value: rows,
      fix: "Unnest the array in a view",
    });
  requireColumns(source.mapping);
  const mapping = compileMapping(
    source.mapping,
    source.columns.map(({ name }) => name),
  );
  requirePlainNames(mapping, plan, source.table, dialect);
  requireMapped(mapping, plan, source, dialect);
  const later = [plan.start, source.window?.from ?? null].filter((at) => at !== null);
  const earlier = [plan.end, source.window?.to ?? null].filter((at) => at !== null);
  const window = {
    from: later.length === 0 ? null : Math.max(...later),
    to: earlier.length === 0 ? null : Math.min(...earlier),
  };
  return { source, mapping, window };
}

/** @throws {RecordsError} for a mapping that only readers of files can apply. */
function requireColumns({ fields, zeroIsMissing = [], logFormat }: FieldMapping): void {
  const ofFile = Object.keys(fields).find((field) => isOfSource(fields[field] as string));
  const refuse = (field: string, requirement: string, value: unknown, fix: string): RecordsError =>
    new RecordsError(cannot("read the mapping", field, requirement, value), {
      code: "files-only",
      field,
      value,
      fix,
    });
  if (ofFile !== undefined)
    throw refuse(ofFile, "a column of the table", fields[ofFile], "Name a column: a table has no file names");
  const [zero] = zeroIsMissing;
  if (zero !== undefined)
    throw refuse("zeroIsMissing", "empty for a database", zero, "Map a column that is null instead of 0");
  if (logFormat !== undefined)
    throw refuse("logFormat", "absent for a database", logFormat, "Leave it out: a table has columns");
}
