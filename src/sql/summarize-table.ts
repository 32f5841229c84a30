import type { Plan } from "../summary/plan.ts";
import type { Summary } from "../summary/summary.ts";
import type { SqlDialect, SqlRow } from "./dialect.ts";
import { runStatement, type SqlConnection } from "./query.ts";
import { readRows } from "./result/read-rows.ts";
import type { SqlSource, TableSource } from "./source.ts";
import { requireUniqueRequests } from "./statement/duplicates.ts";
import { explainNoRows } from "./statement/no-rows.ts";
import { centresFrom, pilotStatement } from "./statement/pilot.ts";
import { summaryStatement } from "./statement/statement.ts";

/** How a table is summarized. */
export interface SummarizeOptions {
  /** Whether no rows at all are an answer; by default an error says what the table holds instead. */
  readonly mayBeEmpty?: boolean;
  /**
   * Whether a shard without any of the rows asked for is believed while others have some. By default it is not: a
   * server that lost its data looks the same.
   */
  readonly emptyShards?: boolean;
}

/**
 * What summary do the records of this table make, computed where they are?
 *
 * Runs a few statements that only read: the table's columns, rough means where the plan has means, the summary itself;
 * where requests have ids, also how many repeat. Needs SELECT on that one table.
 *
 * @param connection - the caller's own; its `query` must throw when the answer is not whole.
 * @param source - the table and its mapping; `scan` is `"window"` unless given.
 * @returns the same summary as reading the rows into `summarize`: counts and buckets equal, sums within 3e-15 relative.
 * @throws {DatabaseError} naming engine, shard and fix; RecordsError when the mapping does not fit.
 * @example
 * ```ts
 * const connection = { query: async (sql) => (await pool.query(sql)).rows };
 * const mapping = { fields: { arm: "model", latencyMs: "latency_ms", success: "ok" } };
 * const source = { table: "requests", mapping };
 * const summary = await summarizeTable(connection, planFor(policy), source, dialects.postgres);
 * ```
 */
export async function summarizeTable(
  connection: SqlConnection,
  plan: Plan,
  source: TableSource,
  dialect: SqlDialect,
  options: SummarizeOptions = {},
): Promise<Summary> {
  const run = (sql: string): Promise<readonly SqlRow[]> => runStatement(connection, sql, dialect, source.table);
  const columns = source.columns ?? dialect.columns(await run(dialect.describe(source.table)));
  const complete: SqlSource = { ...source, columns, scan: source.scan ?? "window" };
  const pilot = pilotStatement(plan, complete, dialect);
  const centres = pilot === null ? undefined : centresFrom(await run(pilot), plan);
  const statement = summaryStatement(plan, complete, dialect, centres);
  await requireUniqueRequests(run, plan, complete, dialect, connection.shard);
  const summary = readRows(await run(statement.sql), plan, statement, dialect);
  if (summary.quality.records.rows === 0 && options.mayBeEmpty !== true)
    throw await explainNoRows(connection, plan, { ...source, columns }, dialect);
  return summary;
}
