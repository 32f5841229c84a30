import { DatabaseError } from "../errors.ts";
import { type SqlDialect, type SqlRow, type SqlTable, tableName } from "./dialect.ts";
import { explainFailure } from "./result/failure.ts";

/** Runs a statement and returns all its rows, or throws. The caller's own connection, with its own time limit. */
export type Query = (sql: string) => Promise<readonly SqlRow[]>;

/** A connection to one engine, or to one shard of it. */
export interface SqlConnection {
  readonly query: Query;
  /** Named in errors. */
  readonly shard?: string | undefined;
}

/** Runs a statement; whatever goes wrong is an error that names engine, shard and fix. */
export async function runStatement(
  connection: SqlConnection,
  sql: string,
  dialect: SqlDialect,
  table: SqlTable,
): Promise<readonly SqlRow[]> {
  let rows: readonly SqlRow[];
  try {
    rows = await connection.query(sql);
  } catch (cause) {
    throw explainFailure(cause, dialect.name, tableName(table), connection.shard);
  }
  if (Array.isArray(rows)) return rows;
  throw new DatabaseError(
    "Cannot read the result: query must return an array of rows, current value is something else",
    {
      engine: dialect.name,
      shard: connection.shard,
      code: "unexpected-result",
      field: "query",
      value: typeof rows,
      fix: "Return the client's rows, e.g. result.rows",
    },
  );
}
