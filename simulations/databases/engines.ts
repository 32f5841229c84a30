import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namedRows, openClickHouse } from "../../src/node/database/clickhouse.ts";
import { openPostgres } from "../../src/node/database/postgres.ts";
import { dialects, type SqlConnection, type SqlDialect } from "../../src/sql/index.ts";
import {
  clickhouseColumns,
  clickhouseCommand,
  loadClickHouse,
  loadDuckDb,
  loadPostgres,
  psql,
  writeRowBinary,
} from "./load.ts";
import type { SeededRow } from "./seeded-records.ts";
import { startServers } from "./servers.ts";

/** An engine with the seeded rows in its table `req`. */
export interface Engine {
  readonly dialect: SqlDialect;
  readonly shards: readonly SqlConnection[];
  /** The servers' processes. */
  readonly pids?: readonly number[];
  /** Runs a statement that may write, on every shard. */
  write(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts an engine and loads it; `null` where it is not installed. */
export type StartEngine = (rows: () => Iterable<SeededRow>) => Promise<Engine | null>;

/** DuckDB in this process. */
export const startDuckDb: StartEngine = async (rows) => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await loadDuckDb(connection, rows());
  return {
    dialect: dialects.duckdb,
    shards: [
      { query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Record<string, unknown>[] },
    ],
    write: async (sql) => void (await connection.run(sql)),
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
};

/** A current ClickHouse in this process. */
export const startChdb: StartEngine = async (rows) => {
  const { Session } = await import("chdb");
  const dir = mkdtempSync(join(tmpdir(), "assay-chdb-"));
  const file = join(dir, "rows.rowbinary");
  await writeRowBinary(file, rows());
  const session = new Session(join(dir, "data"));
  session.query("CREATE DATABASE IF NOT EXISTS assay");
  session.query(
    `CREATE TABLE assay.req (${clickhouseColumns("DateTime64(3, 'Asia/Tokyo')")}) ENGINE = MergeTree ORDER BY ` +
      "experiment",
  );
  session.query(
    `INSERT INTO assay.req SELECT * FROM file('${file}', 'RowBinary', ` +
      `'${clickhouseColumns("DateTime64(3, \\'Asia/Tokyo\\')")}')`,
  );
  rmSync(file);
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const { meta, data } = JSON.parse(
      session.query(/`assay`\.|assay\./u.test(sql) ? sql : sql.replaceAll("`req`", "assay.req"), "JSONCompact"),
    ) as { meta: { name: string }[]; data: unknown[][] };
    return namedRows(
      meta.map(({ name }) => name),
      data,
    );
  };
  return {
    dialect: dialects.clickhouse,
    shards: [{ query }],
    write: async (sql) => void session.query(sql.replaceAll(/\b(req|base)\b/gu, "assay.$1")),
    close: async () => {
      session.cleanup();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

function* every(rows: Iterable<SeededRow>, shard: number, shards: number): Generator<SeededRow> {
  let index = 0;
  for (const row of rows) if (index++ % shards === shard) yield row;
}

/** ClickHouse servers, each with its share of the rows. */
export function startClickHouse(count: number): StartEngine {
  return async (rows) => {
    const servers = startServers("clickhouse", count);
    if (servers === null) return null;
    for (const [index, url] of servers.urls.entries()) await loadClickHouse(url, every(rows(), index, count));
    const connections = await Promise.all(servers.urls.map((url) => openClickHouse(url)));
    return {
      dialect: dialects.clickhouse,
      shards: connections.map(({ query, name }) => ({ query, shard: name })),
      pids: servers.urls.map((_, index) => servers.pid(index)),
      write: async (sql) => void (await Promise.all(servers.urls.map((url) => clickhouseCommand(url, sql)))),
      close: async () => {
        await Promise.all(connections.map((connection) => connection.close()));
        servers.stop();
      },
    };
  };
}

/** PostgreSQL servers, each with its share of the rows. */
export function startPostgres(count: number): StartEngine {
  return async (rows) => {
    const servers = startServers("postgres", count);
    if (servers === null) return null;
    for (const [index, url] of servers.urls.entries()) await loadPostgres(url, every(rows(), index, count));
    const connections = await Promise.all(servers.urls.map((url) => openPostgres(url)));
    return {
      dialect: dialects.postgres,
      shards: connections.map(({ query, name }) => ({ query, shard: name })),
      pids: servers.urls.map((_, index) => servers.pid(index)),
      write: async (sql) => void (await Promise.all(servers.urls.map((url) => psql(url, [sql])))),
      close: async () => {
        await Promise.all(connections.map((connection) => connection.close()));
        servers.stop();
      },
    };
  };
}
