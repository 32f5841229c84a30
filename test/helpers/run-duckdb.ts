import { DuckDBInstance } from "@duckdb/node-api";

/** Runs statements in a DuckDB without locks, which may write files, unlike the one that `openDuckDb` gives. */
export async function runDuckDb(...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}
