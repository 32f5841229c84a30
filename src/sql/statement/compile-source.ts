import { cannot, DatabaseError } from "../../errors.ts";
import { type CompiledMapping, compileMapping } from "../../records/mapping/fields.ts";
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
