import { existsSync } from "node:fs";
import { DatabaseError } from "../../index.ts";
import { type DatabaseConnection, type DatabaseOptions, defaultTimeoutMs, loadClient } from "./connection.ts";

/** Files that DuckDB reads without a database, and how. */
const readers: readonly (readonly [RegExp, string])[] = [
  [/\.parquet$/iu, "read_parquet"],
  [/\.(csv|tsv)(\.gz)?$/iu, "read_csv"],
  [/\.(ndjson|jsonl|json)(\.gz|\.zst)?$/iu, "read_json"],
];

/** The expression by which DuckDB reads a file of records; `null` when the file must be a database. */
export function duckdbReader(file: string): { readonly sql: string } | null {
  const reader = readers.find(([pattern]) => pattern.test(file))?.[1];
  return reader === undefined ? null : { sql: `${reader}('${file.replaceAll("'", "''")}')` };
}

/**
 * Opens a DuckDB database for reading, or an empty one in memory to read Parquet, CSV and NDJSON files through. Needs
 * the package `@duckdb/node-api`.
 *
 * @param file - a database file, or `":memory:"`.
 * @throws {DatabaseError} when the file does not exist, or the package is not installed.
 */
export async function openDuckDb(file: string, options: DatabaseOptions = {}): Promise<DatabaseConnection> {
  const memory = file === ":memory:";
  if (!memory && !existsSync(file)) {
    throw new DatabaseError(`Cannot connect to duckdb: the file must exist, current value is ${JSON.stringify(file)}`, {
      engine: "duckdb",
      code: "file-missing",
      field: "file",
      value: file,
      fix: "Check the path",
    });
  }
  const { DuckDBInstance } = await loadClient(() => import("@duckdb/node-api"), "@duckdb/node-api", "duckdb");
  const settings = {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(memory ? {} : { access_mode: "READ_ONLY" }),
  };
  const instance = await DuckDBInstance.create(file, settings);
  const connection = await instance.connect();
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  return {
    dialect: "duckdb",
    name: file,
    query: async (sql) => {
      const timer = setTimeout(() => connection.interrupt(), timeoutMs);
      try {
        return (await connection.runAndReadAll(sql)).getRowObjectsJS() as Record<string, unknown>[];
      } catch (cause) {
        if (/interrupted/iu.test((cause as Error).message))
          throw new Error(`timeout: no answer in ${timeoutMs} ms`, { cause });
        throw cause;
      } finally {
        clearTimeout(timer);
      }
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
