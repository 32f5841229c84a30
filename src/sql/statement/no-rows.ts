import { DatabaseError } from "../../errors.ts";
import { compileMapping } from "../../records/mapping/fields.ts";
import type { Plan } from "../../summary/plan.ts";
import { type SqlDialect, tableName, tableText } from "../dialect.ts";
import { runStatement, type SqlConnection } from "../query.ts";
import type { TableSource } from "../source.ts";
import { FieldSql } from "./field-sql.ts";

/** The error for a table without rows to read: it says what the table holds instead. */
export async function explainNoRows(
  connection: SqlConnection,
  plan: Plan,
  source: TableSource,
  dialect: SqlDialect,
): Promise<DatabaseError> {
  const run = (sql: string) => runStatement(connection, sql, dialect, source.table);
  const columns = source.columns ?? dialect.columns(await run(dialect.describe(source.table)));
  const { timestamp, where } = compileMapping(
    source.mapping,
    columns.map(({ name }) => name),
  );
  const { aggregate, identifier } = dialect;
  const time = timestamp === null ? dialect.number(0) : new FieldSql(dialect, columns).instant(timestamp);
  const [row] = await run(
    `SELECT ${aggregate("count(*)")} AS ${identifier("n")}, ${aggregate(`min(${time})`)} AS ` +
      `${identifier("first")}, ${aggregate(`max(${time})`)} AS ${identifier("last")} FROM ` +
      `${tableText(dialect, source.table)}`,
  );
  const rows = Number(row?.["n"] ?? 0);
  const span = timestamp === null || rows === 0 ? "" : ` from ${instant(row?.["first"])} to ${instant(row?.["last"])}`;
  const window =
    plan.start === null && plan.end === null ? "" : ` between ${instant(plan.start)} and ${instant(plan.end)}`;
  return new DatabaseError(
    `Cannot summarize the table: ${tableName(source.table)} must hold ` +
      `rows${where.length === 0 ? "" : " that meet the conditions"}${window}, current value is ${rows} ` +
      `rows${span}, none of them such`,
    {
      engine: dialect.name,
      shard: connection.shard,
      code: "no-records",
      field: "table",
      value: rows,
      fix: "Check the table, the conditions, the policy's start and end, and the unit of the timestamps",
    },
  );
}

function instant(milliseconds: unknown): string {
  const value = milliseconds === null ? Number.NaN : Number(milliseconds);
  return Number.isFinite(value) && Math.abs(value) < 8e15 ? new Date(value).toISOString() : "the beginning or end";
}
