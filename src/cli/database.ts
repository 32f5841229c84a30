import { readFile } from "node:fs/promises";
import process from "node:process";
import type { Command } from "commander";
import { type FieldMapping, type Plan, requireAcceptable, type Summary } from "../index.ts";
import {
  type DatabaseConnection,
  type DatabaseOptions,
  duckdbReader,
  openClickHouse,
  openDuckDb,
  openPostgres,
} from "../node/index.ts";
import {
  advanceCheckpoint,
  decodeCheckpoint,
  dialects,
  encodeCheckpoint,
  type SqlTable,
  summarizeShards,
  type TableSource,
} from "../sql/index.ts";
import { type CliContext, UsageError } from "./cli-context.ts";
import { writeOutput } from "./emit.ts";
import { numberOption } from "./number-option.ts";
import { maxRejectedOf, type ReadOptions } from "./options.ts";
import { warnUnusedFields } from "./unused-fields.ts";

/** Options that name a database instead of files. */
export interface DatabaseCliOptions {
  readonly duckdb?: string;
  readonly clickhouse?: readonly string[];
  readonly postgres?: readonly string[];
  readonly table?: string;
  readonly scan?: "window" | "table";
  readonly allowEmptyShards?: boolean;
  readonly timeout?: string;
  readonly checkpoint?: string;
  readonly until?: string;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function addDatabaseOptions(command: Command): Command {
  return command
    .option("--duckdb <file>", "let DuckDB compute the summary: a database file, or a Parquet, CSV or NDJSON file")
    .option(
      "--clickhouse <url>",
      "let ClickHouse compute it; repeat for every shard; the password is CLICKHOUSE_PASSWORD in the environment",
      collect,
    )
    .option(
      "--postgres <url>",
      "let PostgreSQL compute it; repeat for every server; the password is PGPASSWORD in the environment",
      collect,
    )
    .option("--table <name>", "table with the records, e.g. logs.requests")
    .option(
      "--scan <extent>",
      "window: read only the experiment's rows; table: read all and count what is left out",
      "window",
    )
    .option("--allow-empty-shards", "believe a shard that has none of the rows while others have some")
    .option("--timeout <seconds>", "give up on a statement after this long", "600")
    .option("--checkpoint <file>", "keep what is known there, and read only periods that have closed since")
    .option("--until <instant>", "with --checkpoint: the time up to which rows have arrived; now where absent");
}

/** Whether the options name a database. */
export function namesDatabase(options: DatabaseCliOptions): boolean {
  return options.duckdb !== undefined || options.clickhouse !== undefined || options.postgres !== undefined;
}

/** Lets the database that the options name compute the summary. */
export async function summarizeDatabase(
  _files: readonly string[],
  plan: Plan,
  mapping: FieldMapping,
  options: DatabaseCliOptions & ReadOptions,
  context: CliContext,
): Promise<Summary> {
  const kinds = [options.duckdb, options.clickhouse, options.postgres].filter((kind) => kind !== undefined);
  if (kinds.length > 1)
    throw new UsageError("Cannot read the options: give one of --duckdb, --clickhouse and --postgres");
  if (options.scan !== "window" && options.scan !== "table")
    throw new UsageError(
      `Cannot read the options: --scan must be window or table, current value is ${JSON.stringify(options.scan)}`,
    );
  warnUnusedFields(plan, mapping, options, context);
  const source: TableSource = { table: tableOf(options), mapping, scan: options.scan };
  const connections = await connect(options, context);
  try {
    const shards = connections.map(({ name, query }) => ({ shard: name, query }));
    const dialect = dialects[(connections[0] as DatabaseConnection).dialect];
    const settings = { emptyShards: options.allowEmptyShards === true };
    const began = now(context);
    const summary =
      options.checkpoint === undefined
        ? await summarizeShards(shards, plan, source, dialect, settings)
        : await fromCheckpoint(options.checkpoint, [
            shards,
            plan,
            source,
            dialect,
            untilOf(options, context),
            settings,
          ]);
    if (options.quiet !== true)
      context.stderr.write(
        `${shards.map(({ shard }) => shard).join(", ")} summarized ` +
          `${summary.quality.records.rows.toLocaleString("en")} rows in ` +
          `${((now(context) - began) / 1000).toFixed(1)} s\n`,
      );
    requireAcceptable(summary.quality.records, maxRejectedOf(options), summary.quality.byArm);
    return summary;
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

type Advance = Parameters<typeof advanceCheckpoint> extends [unknown, ...infer Rest] ? Rest : never;

async function fromCheckpoint(file: string, advance: Advance): Promise<Summary> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    if ((cause as { code?: string }).code === "ENOENT") return null;
    throw new UsageError(
      `Cannot read the checkpoint: ${JSON.stringify(file)} must be a readable file ` +
        `(${(cause as { code?: string }).code ?? String(cause)})`,
    );
  });
  const checkpoint = await advanceCheckpoint(text === null ? null : decodeCheckpoint(text), ...advance);
  await writeOutput("--checkpoint", file, `${encodeCheckpoint(checkpoint)}\n`);
  return checkpoint.summary;
}

function untilOf(options: DatabaseCliOptions, context: CliContext): number {
  if (options.until === undefined) return now(context);
  const until = Date.parse(options.until);
  if (Number.isNaN(until))
    throw new UsageError(
      `Cannot read the options: --until must be an ISO 8601 instant, current value is ${JSON.stringify(options.until)}`,
    );
  return until;
}

function tableOf(options: DatabaseCliOptions): SqlTable {
  if (options.table !== undefined) return options.table;
  const reader = options.duckdb === undefined ? null : duckdbReader(options.duckdb);
  if (reader !== null) return reader;
  throw new UsageError("Cannot read the options: give --table NAME, the table with the records");
}

async function connect(options: DatabaseCliOptions, context: CliContext): Promise<DatabaseConnection[]> {
  const seconds = numberOption("--timeout", options.timeout ?? "", "a number of seconds above 0", (value) => value > 0);
  const env = context.env ?? process.env;
  const settings = (password: string | undefined): DatabaseOptions => ({ timeoutMs: 1000 * seconds, password });
  if (options.duckdb !== undefined) {
    const files = duckdbReader(options.duckdb) === null ? [] : [options.duckdb];
    return [await openDuckDb(files.length === 0 ? options.duckdb : ":memory:", { ...settings(undefined), files })];
  }
  if (options.clickhouse !== undefined)
    return Promise.all(options.clickhouse.map((url) => openClickHouse(url, settings(env["CLICKHOUSE_PASSWORD"]))));
  return Promise.all((options.postgres ?? []).map((url) => openPostgres(url, settings(env["PGPASSWORD"]))));
}

function now(context: CliContext): number {
  return context.now?.() ?? Date.now();
}
