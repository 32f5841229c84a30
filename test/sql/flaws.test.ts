import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareSummaries } from "../../simulations/databases/compare.ts";
import {
  type Engine,
  startChdb,
  startClickHouse,
  startDuckDb,
  type StartEngine,
  startPostgres,
} from "../../simulations/databases/engines.ts";
import { fullPolicy, seededMapping, type SeededRow, seededStart } from "../../simulations/databases/seeded-records.ts";
import { batchesFromRows, createSummarizer, planFor } from "../../src/index.ts";
import { type SqlTable, summarizeShards } from "../../src/sql/index.ts";

const hour = 3_600_000;

/** Every combination of what can be wrong with a row, and of values that could pass for the codes that groups have. */
function* everyFlaw(): Generator<SeededRow> {
  for (const experiment of ["exp-checkout", "exp-other"])
    for (const arm of ["v1", "v9", "", null])
      for (const ts of [seededStart + hour, seededStart - 1, seededStart + 4 * hour, null])
        for (const user_id of ["u", "", null])
          for (const latency_ms of [
            90,
            0,
            null,
            Number.NaN,
            Infinity,
            -Infinity,
            -1,
            -4e11,
            -1e12 + 832,
            -1e13,
            2,
            1e-300,
            1e300,
            1.1e301,
          ])
            for (const ok of [true, false, null])
              for (const cost of [0.001, Number.NaN, -Infinity])
                yield {
                  experiment,
                  arm,
                  ts,
                  user_id,
                  latency_ms,
                  ok,
                  tokens: 1,
                  cost,
                  score: latency_ms,
                  region: "us",
                };
}

/** Engines, and tables that hold those rows: one with timestamps, one with numbers, as far as the engine has both. */
const engines: Readonly<Record<string, readonly [start: StartEngine, tables: readonly SqlTable[]]>> = {
  DuckDB: [startDuckDb, ["req", { sql: "(SELECT * REPLACE (CAST(epoch_ms(ts) AS BIGINT) AS ts) FROM req)" }]],
  "ClickHouse 26 in process": [startChdb, ["assay.req"]],
  "ClickHouse 18.16": [startClickHouse(1), ["req"]],
  PostgreSQL: [startPostgres(1), ["req"]],
};

/** Why a row is not used goes by the order in which reading a row looks for reasons. */
describe.each(Object.entries(engines))("rows with several things wrong at once, %s", (name, [start, tables]) => {
  let engine: Engine | null = null;
  beforeAll(async () => {
    engine = await start(everyFlaw);
    if (engine === null) console.warn(`skipped: no flaws of ${name}, the engine is absent`);
  }, 600_000);
  afterAll(async () => engine?.close());

  const { metrics } = fullPolicy();
  it.each([
    ["a field in buckets", fullPolicy({ segments: [], unit: null, allocation: null, metrics: metrics.slice(0, 2) })],
    [
      "a field in buckets that can be negative",
      fullPolicy({ segments: [], unit: null, metrics: [metrics[0], metrics[3]] }),
    ],
    [
      "failures left out",
      fullPolicy({ segments: [], unit: null, latencyOfFailures: "exclude", metrics: metrics.slice(0, 2) }),
    ],
    [
      "failures slower than all",
      fullPolicy({ segments: [], unit: null, latencyOfFailures: "slowest", metrics: metrics.slice(0, 2) }),
    ],
    ["no buckets, units, two epochs", fullPolicy({ segments: ["region"], metrics: metrics.slice(0, 1) })],
    [
      "no start and no end",
      fullPolicy({ segments: [], unit: null, allocation: null, start: null, end: null, metrics: metrics.slice(0, 2) }),
    ],
  ])(
    "are counted for the first of them, as in-process: %s",
    async (_, policy) => {
      if (engine === null) return;
      const plan = planFor(policy);
      const summarizer = createSummarizer(plan);
      for (const batch of batchesFromRows(everyFlaw(), seededMapping)) summarizer.addBatch(batch);
      for (const table of tables) {
        const whole = await summarizeShards(
          engine.shards,
          plan,
          { table, mapping: seededMapping, scan: "table" },
          engine.dialect,
        );
        expect(compareSummaries(whole, summarizer.summary()).differences).toEqual([]);

        const window = await summarizeShards(engine.shards, plan, { table, mapping: seededMapping }, engine.dialect);
        expect(compareSummaries({ ...window, quality: whole.quality }, whole).differences).toEqual([]);
      }
    },
    600_000,
  );
});
