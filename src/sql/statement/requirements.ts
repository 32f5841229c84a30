import { cannot, DatabaseError, RecordsError } from "../../errors.ts";
import type { CompiledMapping } from "../../records/mapping/fields.ts";
import type { Plan } from "../../summary/plan.ts";
import { fieldsOf } from "../../summary/statistic.ts";
import { type SqlDialect, tableName } from "../dialect.ts";
import type { SqlSource } from "../source.ts";

/** Refuses a mapping that lacks what the plan needs, and plans whose sums a database can't give. */
export function requireMapped(mapping: CompiledMapping, plan: Plan, source: SqlSource, dialect: SqlDialect): void {
  const mapped = mapping.numbers.map(({ field }) => field);
  const missing = (field: string, requirement: string): RecordsError =>
    new RecordsError(cannot("summarize the table", field, requirement, undefined), {
      code: "field-not-mapped",
      field,
      value: undefined,
      fix: `Map it: ${field}=COLUMN`,
    });
  for (const field of plan.statistics.flatMap(fieldsOf))
    if (!mapped.includes(field)) throw missing(field, "mapped to a column, since a metric of the policy needs it");
  for (const field of plan.segments)
    if (!mapping.segments.some((segment) => segment.field === field))
      throw missing(`segment.${field}`, "mapped to a column, since the policy looks at this segment");
  if (plan.units && mapping.unit === null) throw missing("unit", "mapped to a column, since the policy names a unit");
  const timed = plan.start !== null || plan.end !== null || plan.epochStarts.length > 0 || source.window !== undefined;
  if (timed && mapping.timestamp === null)
    throw missing(
      "timestamp",
      "mapped to a column, since the policy has a start, an end or an allocation history, or only some periods " +
        "are asked for",
    );
  if (source.columns.length === 0) {
    throw new DatabaseError(
      cannot("summarize the table", "table", "a table with columns that you may read", tableName(source.table)),
      {
        engine: dialect.name,
        code: "table-missing",
        field: "table",
        value: tableName(source.table),
        fix: "Check its name, schema and your grants",
      },
    );
  }
  const infinite =
    plan.latencyOfFailures === "slowest" &&
    plan.statistics.find(
      (statistic) =>
        (statistic.kind === "moments" || statistic.kind === "comoments") && fieldsOf(statistic).includes("latencyMs"),
    );
  if (infinite !== undefined && infinite !== false) {
    throw new RecordsError(
      cannot(
        "summarize the table",
        "latencyOfFailures",
        '"as-recorded" or "exclude" where a mean of latencyMs is asked for',
        plan.latencyOfFailures,
      ),
      {
        code: "infinite-mean",
        field: "latencyOfFailures",
        value: plan.latencyOfFailures,
        fix: "Use a quantile or an exceedance metric, or change latencyOfFailures",
      },
    );
  }
}
