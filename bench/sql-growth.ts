/**
 * How the summary computed in place grows with the rows of the table: time, CPU, and rows that come back, for one
 * server and for two. The engine itself makes the further rows, as copies of the first million with latencies scaled a
 * little, so that values are as many as rows.
 *
 *   npm run sql:growth -- [--millions 1,10] [--engines duckdb,chdb,clickhouse1,clickhouse,postgres,postgres2]
 */
import { parseArgs } from "node:util";
import type { Engine } from "../simulations/databases/engines.ts";
import { seededRows } from "../simulations/databases/seeded-records.ts";
import { type BenchEngine, benchEngines, measureSummary, users } from "./sql-subject.ts";

const { values: options } = parseArgs({
  options: {
    millions: { type: "string", default: "1,10" },
    engines: { type: "string", default: Object.keys(benchEngines).join(",") },
  },
});
const sizes = options.millions
  .split(",")
  .map(Number)
  .sort((a, b) => a - b);
if (sizes.length === 0 || !sizes.every((size) => Number.isSafeInteger(size) && size >= 1))
  throw new RangeError(
    `Cannot run the bench: --millions must be whole numbers from 1 on, current value is ${options.millions}`,
  );

console.log(
  `| engine | rows | seconds | CPU s | CPU s per million | rows returned | MB |\n|---|---:|---:|---:|---:|---:|---:|`,
);
for (const key of options.engines.split(",")) {
  const of = benchEngines[key];
  if (of === undefined)
    throw new RangeError(
      `Cannot run the bench: --engines must be of ${Object.keys(benchEngines).join(", ")}, current value is ${key}`,
    );
  const engine = await of.start(() => seededRows(1_000_000, 1, users));
  if (engine === null) {
    console.log(`skipped: ${of.name} is not installed`);
    continue;
  }
  try {
    await growAndMeasure(engine, of);
  } finally {
    await engine.close();
  }
}

async function growAndMeasure(engine: Engine, { name, table }: BenchEngine): Promise<void> {
  for (const sql of engine.dialect.name === "clickhouse"
    ? ["CREATE TABLE base AS req", "INSERT INTO base SELECT * FROM req"]
    : ["CREATE TABLE base AS SELECT * FROM req"])
    await engine.write(sql);
  let millions = 1;
  for (const size of sizes) {
    for (; millions < size; millions++)
      await engine.write(
        `INSERT INTO req SELECT experiment, arm, ts, user_id, latency_ms * ${1 + millions / 1000}, ok, tokens, ` +
          "cost, score, region FROM base",
      );
    if (engine.dialect.name === "postgres") await engine.write("ANALYZE req");
    await measureSummary(engine.shards, engine.dialect, table, engine.pids ?? []);
    const { wall, cpu, returned, bytes } = await measureSummary(
      engine.shards,
      engine.dialect,
      table,
      engine.pids ?? [],
    );
    console.log(
      `| ${name} | ${size} M | ${wall.toFixed(1)} | ${cpu.toFixed(2)} | ${(cpu / size).toFixed(2)} | ` +
        `${returned} | ${(bytes / 1e6).toFixed(1)} |`,
    );
  }
}
