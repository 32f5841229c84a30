import { DatabaseError } from "../../errors.ts";
import type { Plan } from "../../summary/plan.ts";
import { type SqlDialect, type SqlRow, tableName } from "../dialect.ts";
import { tableText } from "../dialect.ts";
import type { SqlSource } from "../source.ts";
import { compileSource } from "./compile-source.ts";
import { FieldSql } from "./field-sql.ts";
import { timeCondition } from "./row-view.ts";

/**
 * Refuses a table in which request ids repeat: a request that is counted twice makes every interval too narrow.
 *
 * Only where `requestId` is mapped; ids that are NULL are not compared. Each shard is looked at on its own.
 */
export async function requireUniqueRequests(
  run: (sql: string) => Promise<readonly SqlRow[]>,
  plan: Plan,
  source: SqlSource,
  dialect: SqlDialect,
  shard: string | undefined,
): Promise<void> {
  const statement = duplicatesStatement(plan, source, dialect);
  if (statement === null) return;
  const [row] = await run(statement);
  const extra = Number(row?.["extra"]);
  if (extra === 0) return;
  throw new DatabaseError(
    "Cannot summarize the table: requestId must be different in every row of " +
      `${tableName(source.table)}${shard === undefined ? "" : ` on ${shard}`}, current value repeats in ${extra} ` +
      "rows",
    {
      engine: dialect.name,
      shard,
      code: "duplicate-rows",
      field: "requestId",
      value: extra,
      fix: "Name a view that keeps one row per request, or leave requestId out of the mapping",
    },
  );
}

/** The statement that counts the rows beyond one per request id; `null` when no request id is mapped. */
function duplicatesStatement(plan: Plan, source: SqlSource, dialect: SqlDialect): string | null {
  const compiled = compileSource(source, plan, dialect);
  const { mapping } = compiled;
  if (mapping.requestId === null) return null;
  const fields = new FieldSql(dialect, source.columns);
  const id = fields.text(mapping.requestId);
  const where = [
    ...mapping.where.map((field) => fields.condition(field)),
    ...timeCondition(compiled, fields, dialect),
    `${fields.column(mapping.requestId)} IS NOT NULL`,
  ];
  const groups =
    `SELECT count(*) AS ${dialect.identifier("times")} FROM ${tableText(dialect, source.table)} WHERE ` +
    `${where.join(" AND ")} GROUP BY ${id}`;
  return (
    `SELECT ${dialect.aggregate(`sum(${dialect.identifier("times")} - 1)`)} AS ${dialect.identifier("extra")} ` +
    `FROM (${groups}) ${dialect.identifier("requests")}`
  );
}
