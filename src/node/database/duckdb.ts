import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseError } from "../../index.ts";
import { dialects } from "../../sql/index.ts";
import { type DatabaseConnection, type DatabaseOptions, defaultTimeoutMs, loadClient } from "./connection.ts";

/** Files that DuckDB reads without a database, and how. */
const readers: readonly (readonly [RegExp, string])[] = [
  [/\.parquet$/iu, "read_parquet"],
  [/\.(csv|tsv)(\.gz)?$/iu, "read_csv"],
  [/\.(ndjson|jsonl|json)(\.gz|\.zst)?$/iu, "read_json"],
];

/**
 * The expression by which DuckDB reads a file of records.
 *
 * @param file - its path; characters that DuckDB takes for wildcards stand for themselves
 * @returns `null` when the file must be a database
 * @throws {DatabaseError} `control-character` when the name holds one: it is not put into a statement
 */
export function duckdbReader(file: string): { readonly sql: string } | null {
  const reader = readers.find(([pattern]) => pattern.test(file))?.[1];
  if (reader === undefined) return null;
  return { sql: `${reader}(${dialects.duckdb.text(patternOf(file))})` };
}

/** How DuckDB is opened. */
export interface DuckDbOptions extends DatabaseOptions {
  /** The only files that statements may read, besides the database itself; none where absent. */
  readonly files?: readonly string[];
}

/**
 * Opens a DuckDB database for reading, or an empty one in memory to read Parquet, CSV and NDJSON files through. Needs
 * the package `@duckdb/node-api`.
 *
 * Statements reach no file but the database and those named, no network and no extension, can't change that, and come
 * one at a time: a text of two statements is refused before either runs.
 *
 * @param file - a database file, or `":memory:"`.
 * @throws {DatabaseError} when the file does not exist, or the package is not installed.
 */
export async function openDuckDb(file: string, options: DuckDbOptions = {}): Promise<DatabaseConnection> {
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
  for (const setting of lockSettings(options.files ?? [])) await connection.run(setting);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  return {
    dialect: "duckdb",
    name: file,
    query: async (sql) => {
      const timer = setTimeout(() => connection.interrupt(), timeoutMs);
      try {
        const statements = await connection.extractStatements(sql);
        if (statements.count !== 1) throw notOneStatement(statements.count);
        const statement = await statements.prepare(0);
        try {
          return (await statement.runAndReadAll()).getRowObjectsJS() as Record<string, unknown>[];
        } finally {
          statement.destroySync();
        }
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

/** The pattern that matches this path alone: DuckDB takes `*`, `?` and `[` for wildcards. */
function patternOf(path: string): string {
  return path.replace(/[*?[]/gu, "[$&]");
}

/** Statements after which nothing outside the database but these files can be read, and nothing of it be changed. */
function lockSettings(files: readonly string[]): string[] {
  const paths = files.flatMap((file) => [file, resolve(file)]);
  const names = [...new Set(paths.flatMap((path) => [path, patternOf(path)]))].map((path) =>
    dialects.duckdb.text(path),
  );
  return [
    `SET allowed_paths = [${names.join(", ")}]`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ];
}

function notOneStatement(count: number): DatabaseError {
  return new DatabaseError(`Cannot run the statement: the text must be one statement, current value is ${count}`, {
    engine: "duckdb",
    code: "not-one-statement",
    field: "sql",
    value: count,
    fix: "Run statements one by one",
  });
}
