import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { SeededRow } from "./seeded-records.ts";

/** Puts rows into a DuckDB table `req`, which it creates. */
export async function loadDuckDb(connection: DuckDBConnection, rows: Iterable<SeededRow>): Promise<void> {
  const { DuckDBTimestampValue } = await import("@duckdb/node-api");
  await connection.run(
    "CREATE TABLE req(experiment VARCHAR, arm VARCHAR, ts TIMESTAMP, user_id VARCHAR, latency_ms DOUBLE, ok " +
      "BOOLEAN, tokens INTEGER, cost DOUBLE, score DOUBLE, region VARCHAR)",
  );
  const appender = await connection.createAppender("req");
  const text = (value: string | null): void => (value === null ? appender.appendNull() : appender.appendVarchar(value));
  const double = (value: number | null): void =>
    value === null ? appender.appendNull() : appender.appendDouble(value);
  for (const row of rows) {
    text(row.experiment);
    text(row.arm);
    if (row.ts === null) appender.appendNull();
    else appender.appendTimestamp(new DuckDBTimestampValue(BigInt(row.ts) * 1000n));
    text(row.user_id);
    double(row.latency_ms);
    if (row.ok === null) appender.appendNull();
    else appender.appendBoolean(row.ok);
    if (row.tokens === null) appender.appendNull();
    else appender.appendInteger(row.tokens);
    double(row.cost);
    double(row.score);
    text(row.region);
    appender.endRow();
  }
  appender.closeSync();
}

/** Columns of the ClickHouse table; 18.16 has no timestamps finer than a second, so they are milliseconds there. */
export const clickhouseColumns = (time: string): string =>
  `experiment String, arm Nullable(String), ts Nullable(${time}), user_id Nullable(String), latency_ms ` +
  "Nullable(Float64), ok Nullable(UInt8), tokens Nullable(Int32), cost Float64, score Nullable(Float64), " +
  "region Nullable(String)";

/** Rows in ClickHouse's RowBinary, which keeps every double. */
export function* rowBinary(rows: Iterable<SeededRow>): Generator<Buffer> {
  const chunk = Buffer.alloc(1 << 20);
  let at = 0;
  const flag = (value: unknown): boolean => {
    chunk[at++] = value === null ? 1 : 0;
    return value !== null;
  };
  const text = (value: string): void => {
    const length = Buffer.byteLength(value);
    if (length > 127) throw new Error("texts of the seeded rows are short");
    chunk[at++] = length;
    at += chunk.write(value, at);
  };
  const double = (value: number): void => void (at = chunk.writeDoubleLE(value, at));
  for (const row of rows) {
    if (at > chunk.length - 1000) {
      yield Buffer.from(chunk.subarray(0, at));
      at = 0;
    }
    text(row.experiment);
    if (flag(row.arm)) text(row.arm as string);
    if (flag(row.ts)) at = chunk.writeBigInt64LE(BigInt(row.ts as number), at);
    if (flag(row.user_id)) text(row.user_id as string);
    if (flag(row.latency_ms)) double(row.latency_ms ?? 0);
    if (flag(row.ok)) chunk[at++] = row.ok === true ? 1 : 0;
    if (flag(row.tokens)) at = chunk.writeInt32LE(row.tokens as number, at);
    double(row.cost);
    if (flag(row.score)) double(row.score as number);
    if (flag(row.region)) text(row.region as string);
  }
  if (at > 0) yield Buffer.from(chunk.subarray(0, at));
}

/** Writes rows to a RowBinary file. */
export async function writeRowBinary(file: string, rows: Iterable<SeededRow>): Promise<void> {
  const stream = createWriteStream(file);
  for (const chunk of rowBinary(rows)) if (!stream.write(chunk)) await once(stream, "drain");
  stream.end();
  await once(stream, "finish");
}

/** Puts rows into a ClickHouse table `req`, which it creates. */
export async function loadClickHouse(url: string, rows: Iterable<SeededRow>): Promise<void> {
  await clickhouseCommand(
    url,
    `CREATE TABLE req (${clickhouseColumns("Int64")}) ENGINE = MergeTree() PARTITION BY tuple() ORDER BY experiment`,
  );
  for (const body of rowBinary(rows)) await clickhouseCommand(url, "INSERT INTO req FORMAT RowBinary", body);
}

/** Runs a statement that may write. */
export async function clickhouseCommand(url: string, sql: string, body?: Buffer): Promise<string> {
  const response = await fetch(`${url}/?query=${encodeURIComponent(sql)}`, {
    method: "POST",
    body: body === undefined ? "" : new Uint8Array(body),
    headers: { connection: "close" },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** Puts rows into a PostgreSQL table `req`, which it creates. */
export async function loadPostgres(url: string, rows: Iterable<SeededRow>): Promise<void> {
  await psql(url, [
    "CREATE TABLE req(experiment text NOT NULL, arm text, ts timestamptz, user_id text, latency_ms float8, ok " +
      "boolean, tokens int, cost float8 NOT NULL, score float8, region varchar(40))",
  ]);
  const copy = spawn("psql", [url, "-q", "-v", "ON_ERROR_STOP=1", "-c", "COPY req FROM STDIN"], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let failure = "";
  copy.stderr.on("data", (chunk: Buffer) => (failure += chunk.toString()));
  const field = (value: unknown): string =>
    value === null ? String.raw`\N` : typeof value === "string" ? value.replaceAll("\\", "\\\\") : String(value);
  let buffer: string[] = [];
  for (const row of rows) {
    const { experiment, arm, ts, user_id, latency_ms, ok, tokens, cost, score, region } = row;
    buffer.push(
      [
        experiment,
        arm,
        ts === null ? null : new Date(ts).toISOString(),
        user_id,
        latency_ms,
        ok,
        tokens,
        cost,
        score,
        region,
      ]
        .map(field)
        .join("\t"),
    );
    if (buffer.length === 10_000) {
      if (!copy.stdin.write(`${buffer.join("\n")}\n`)) await once(copy.stdin, "drain");
      buffer = [];
    }
  }
  copy.stdin.end(buffer.length === 0 ? "" : `${buffer.join("\n")}\n`);
  const [code] = (await once(copy, "close")) as [number];
  if (code !== 0) throw new Error(failure);
  await psql(url, ["ANALYZE req"]);
}

/** Runs commands as the owner of the test server. */
export async function psql(url: string, commands: readonly string[]): Promise<void> {
  const run = spawn("psql", [url, "-q", "-v", "ON_ERROR_STOP=1", ...commands.flatMap((command) => ["-c", command])], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let failure = "";
  run.stderr.on("data", (chunk: Buffer) => (failure += chunk.toString()));
  const [code] = (await once(run, "close")) as [number];
  if (code !== 0) throw new Error(failure);
}
