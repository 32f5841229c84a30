/**
 * Rows per second and CPU (of this process and of the servers) of the summary computed in place, in one run over the
 * same seeded rows: in-process, DuckDB (table, Parquet, NDJSON), ClickHouse in process, ClickHouse and PostgreSQL
 * servers, one and two; each beside the bare GROUP BY of that engine.
 *
 *   npm run bench:sql -- [--rows 5000000] [--engines memory,duckdb,chdb,clickhouse1,clickhouse,postgres,postgres2]
 *   [--repeats 5]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Engine, startDuckDb } from "../simulations/databases/engines.ts";
import { seededRows } from "../simulations/databases/seeded-records.ts";
import { batchesFromRows, createSummarizer } from "../src/index.ts";
import { summarizeFiles } from "../src/node/index.ts";
import { dialects, type SqlConnection, type SqlDialect, type SqlTable } from "../src/sql/index.ts";
import {
  benchEngines,
  end,
  mapping,
  measure,
  type Measured,
  measureSummary,
  median,
  plan,
  start,
  users,
} from "./sql-subject.ts";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "5000000" },
    engines: { type: "string", default: `memory,${Object.keys(benchEngines).join(",")}` },
    repeats: { type: "string", default: "5" },
  },
});
const rowCount = Number(options.rows);
const repeats = Number(options.repeats);

/**
 * The same grouping by hand, of the same columns by the same keys (arm, hour, bucket), with count, sums, least and
 * greatest: what any histogram of these rows costs.
 */
function bareGroupBy(dialect: SqlDialect, table: string, integerTime: boolean): string {
  const log = dialect.log2Times("CASE WHEN latency_ms > 0 AND latency_ms < 1e300 THEN latency_ms ELSE 1 END", 128);
  const time = integerTime
    ? "ts"
    : dialect.name === "duckdb"
      ? "epoch_ms(ts)"
      : dialect.name === "postgres"
        ? "date_part('epoch', ts) * 1000"
        : "toUnixTimestamp64Milli(ts)";
  const success = dialect.name === "postgres" ? "ok::int" : dialect.name === "duckdb" ? "ok::INTEGER" : "ok";
  const range = integerTime
    ? `ts >= ${start} AND ts < ${end}`
    : `ts >= ${dialect.instant(start, timeType(dialect))} AND ts < ${dialect.instant(end, timeType(dialect))}`;
  return (
    "SELECT arm, hour, bin, count(*) AS n, sum(success) AS s, sum(x) AS sx, min(x) AS mn, max(x) AS mx FROM " +
    `(SELECT arm, floor(${time} / 3600000) AS hour, ${dialect.integer(`ceil(${log}) - 1`)} AS bin, ${success} AS ` +
    `success, latency_ms AS x FROM ${table} WHERE experiment = 'exp-checkout' AND ${range}) t GROUP BY arm, ` +
    "hour, bin"
  );
}

const timeType = (dialect: SqlDialect): string =>
  dialect.name === "postgres" ? "timestamp with time zone" : dialect.name === "duckdb" ? "TIMESTAMP" : "DateTime64(3)";

function print(name: string, runs: readonly Measured[], bare?: readonly Measured[]): void {
  const wall = median(runs.map((run) => run.wall));
  const cpu = median(runs.map((run) => run.cpu));
  const against =
    bare === undefined
      ? ""
      : `  bare ${median(bare.map((run) => run.wall)).toFixed(2)} s, CPU ` +
        `${median(bare.map((run) => run.cpu)).toFixed(2)}  ` +
        `x${(cpu / median(bare.map((run) => run.cpu))).toFixed(2)} CPU ` +
        `x${(wall / median(bare.map((run) => run.wall))).toFixed(2)} wall`;
  const [first] = runs as [Measured];
  console.log(
    `${name.padEnd(34)} ${(rowCount / wall / 1e6).toFixed(2).padStart(6)} Mrows/s  ${wall.toFixed(2)} s  CPU ` +
      `${cpu.toFixed(2)} s  ${String(first.returned).padStart(6)} rows  ${(first.bytes / 1e6).toFixed(2)} ` +
      `MB${against}`,
  );
}

/** The whole of `summarizeShards`, and its bare GROUP BY, in turns. */
async function bench(
  name: string,
  shards: readonly SqlConnection[],
  dialect: SqlDialect,
  table: SqlTable,
  bare: string,
  servers: readonly number[],
): Promise<void> {
  const assay: Measured[] = [];
  const plain: Measured[] = [];
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const mine = await measureSummary(shards, dialect, table, servers);
    const other = await measure(
      async () => (await Promise.all(shards.map(({ query }) => query(bare)))).flat(),
      servers,
    );
    if (repeat === 0) continue;
    assay.push(mine);
    plain.push(other);
  }
  print(name, assay, plain);
}

const wanted = new Set(options.engines.split(","));
const rows = (): Iterable<ReturnType<typeof seededRows> extends Generator<infer Row> ? Row : never> =>
  seededRows(rowCount, 1, users);
console.log(`${rowCount.toLocaleString("en")} rows, ${repeats} repeats (median), Node ${process.version}`);

if (wanted.has("memory")) {
  const batches = [...batchesFromRows(rows(), mapping)];
  const runs: Measured[] = [];
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const run = await measure(async () => {
      const summarizer = createSummarizer(plan);
      for (const batch of batches) summarizer.addBatch(batch);
      return [...summarizer.summary().cells];
    }, []);
    if (repeat > 0) runs.push({ ...run, bytes: 0 });
  }
  print("in-process, batches in memory", runs);
}

if (wanted.has("duckdb")) {
  const engine = (await startDuckDb(rows)) as Engine;
  const dir = mkdtempSync(join(tmpdir(), "assay-bench-"));
  const [{ query }] = engine.shards as [SqlConnection];
  await bench("DuckDB table", engine.shards, dialects.duckdb, "req", bareGroupBy(dialects.duckdb, "req", false), []);
  const parquet = join(dir, "req.parquet");
  await query(`COPY req TO '${parquet}' (FORMAT parquet)`);
  await bench(
    "DuckDB Parquet",
    engine.shards,
    dialects.duckdb,
    { sql: `read_parquet('${parquet}')` },
    bareGroupBy(dialects.duckdb, `read_parquet('${parquet}')`, false),
    [],
  );
  const ndjson = join(dir, "req.ndjson");
  await query(
    "COPY (SELECT * REPLACE (CASE WHEN isfinite(latency_ms) THEN latency_ms END AS latency_ms) FROM req) TO " +
      `'${ndjson}' (FORMAT json)`,
  );
  const reader =
    `read_json('${ndjson}', format = 'newline_delimited', columns = {experiment: 'VARCHAR', arm: 'VARCHAR', ts: ` +
    "'TIMESTAMP', ok: 'BOOLEAN', latency_ms: 'DOUBLE'})";
  await bench(
    "DuckDB NDJSON",
    engine.shards,
    dialects.duckdb,
    { sql: reader },
    bareGroupBy(dialects.duckdb, reader, false),
    [],
  );
  const runs: Measured[] = [];
  for (let repeat = 0; repeat < Math.min(2, repeats); repeat++) {
    runs.push({
      ...(await measure(async () => [...(await summarizeFiles([ndjson], plan, mapping)).cells], [])),
      bytes: 0,
    });
  }
  print("in-process, NDJSON file", runs);
  await engine.close();
  rmSync(dir, { recursive: true });
}

for (const [key, { name, start: starter, table, integerTime }] of Object.entries(benchEngines)) {
  if (!wanted.has(key) || key === "duckdb") continue;
  const engine = await starter(rows);
  if (engine === null) {
    console.log(`skipped: ${name} is not installed`);
    continue;
  }
  await bench(
    name,
    engine.shards,
    engine.dialect,
    table,
    bareGroupBy(engine.dialect, table, integerTime),
    engine.pids ?? [],
  );
  await engine.close();
}
