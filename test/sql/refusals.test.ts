import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareSummaries } from "../../simulations/databases/compare.ts";
import { loadDuckDb } from "../../simulations/databases/load.ts";
import { seededMapping, seededRows, seededStart, simplePlan } from "../../simulations/databases/seeded-records.ts";
import { decodeSummary, encodeSummary, type Plan, requireAcceptable } from "../../src/index.ts";
import {
  advanceCheckpoint,
  decodeCheckpoint,
  dialects,
  encodeCheckpoint,
  type Query,
  readRows,
  type SqlRow,
  summarizeShards,
  summarizeTable,
  summaryStatement,
} from "../../src/sql/index.ts";

const { duckdb } = dialects;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
const query: Query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS() as SqlRow[];

beforeAll(async () => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
  await loadDuckDb(connection, seededRows(5000, 3, 500));
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const plan: Plan = simplePlan();
const source = { table: "req", mapping: seededMapping };
const fields = (changes: Readonly<Record<string, string>>) => ({
  ...source,
  mapping: { ...seededMapping, fields: { ...seededMapping.fields, ...changes } },
});

describe("a table that can't be summarized is refused with engine, field and fix", () => {
  it.each([
    ["a table that is not there", { ...source, table: "requests" }, plan, { code: "table-missing", engine: "duckdb" }],
    [
      "a column that is not there",
      fields({ latencyMs: "latency" }),
      plan,
      { code: "unknown-column", value: "latency" },
    ],
    [
      "a text where a number should be",
      fields({ latencyMs: "region" }),
      plan,
      { code: "wrong-column-type", field: "latencyMs", value: "VARCHAR" },
    ],
    ["a number where a text should be", fields({ arm: "cost" }), plan, { code: "wrong-column-type", field: "arm" }],
    [
      "a text where an instant should be",
      fields({ timestamp: "region" }),
      plan,
      { code: "wrong-column-type", field: "timestamp" },
    ],
    [
      "a text compared with a number",
      { ...source, mapping: { ...seededMapping, where: ["experiment=7"] } },
      plan,
      { code: "wrong-column-type", field: "where" },
    ],
    [
      "a number compared with a text",
      { ...source, mapping: { ...seededMapping, where: ["tokens=many"] } },
      plan,
      { code: "wrong-column-type", field: "where" },
    ],
    [
      "a metric without a column",
      { ...source, mapping: { fields: { arm: "arm", timestamp: "ts", success: "ok" } } },
      plan,
      { code: "field-not-mapped", field: "latencyMs" },
    ],
    [
      "a window without timestamps",
      { ...source, mapping: { fields: { arm: "arm", success: "ok", latencyMs: "latency_ms" } } },
      plan,
      { code: "field-not-mapped", field: "timestamp" },
    ],
    [
      "conditions that nothing meets",
      { ...source, mapping: { ...seededMapping, where: ["experiment=other"] } },
      plan,
      { code: "no-records", value: 5000 },
    ],
    [
      "an experiment that has not begun",
      source,
      { ...plan, start: seededStart + 1e9, end: null },
      { code: "no-records" },
    ],
    ["request ids that repeat", fields({ requestId: "user_id" }), plan, { code: "duplicate-rows", field: "requestId" }],
    [
      "a mean of infinite latencies",
      source,
      { ...plan, latencyOfFailures: "slowest", statistics: [{ kind: "moments", field: "latencyMs" }] } as Plan,
      { code: "infinite-mean" },
    ],
  ])("%s", async (_name, of, with_, expected) => {
    const failure = await summarizeTable({ query }, with_, of, duckdb).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject(expected);
    expect((failure as Error).message).toMatch(/^Cannot .* current value/u);
    expect((failure as { fix?: string }).fix).toBeTruthy();
  });

  it("seconds in place of milliseconds: every row is rejected, with examples", async () => {
    await connection.run("CREATE OR REPLACE VIEW seconds AS SELECT * REPLACE (epoch(ts)::BIGINT AS ts) FROM req");
    const summary = await summarizeTable({ query }, plan, { ...source, table: "seconds" }, duckdb);
    expect(() => requireAcceptable(summary.quality.records, 0.001)).toThrow(
      /timestamp-invalid .*seconds:0 timestamp = 17\d{8}/u,
    );
    const scaled = await summarizeTable(
      { query },
      plan,
      { ...fields({ timestamp: "ts*1000" }), table: "seconds" },
      duckdb,
    );
    expect(scaled.quality.records.rejected).not.toHaveProperty("timestamp-invalid", scaled.quality.records.rows);
  });

  it("missing arms: counted, and too many of them stop the run", async () => {
    await connection.run(
      "CREATE OR REPLACE VIEW armless AS SELECT * REPLACE (CASE WHEN tokens % 2 = 0 THEN arm END AS arm) FROM req",
    );
    const { quality } = await summarizeTable({ query }, plan, { ...source, table: "armless" }, duckdb);
    expect(() => requireAcceptable(quality.records, 0.001)).toThrow(/arm-missing/u);
  });
});

describe("an answer that is not whole is refused", () => {
  const columns = async () => duckdb.columns(await query(duckdb.describe("req")));
  const twoFields: Plan = { ...plan, statistics: [...plan.statistics, { kind: "sketch", field: "score", scale: 7 }] };

  it("a row that is missing", async () => {
    const statement = summaryStatement(twoFields, { ...source, columns: await columns(), scan: "window" }, duckdb);
    const rows = await query(statement.sql);
    expect(
      compareSummaries(
        readRows(rows, twoFields, statement, duckdb),
        await summarizeTable({ query }, twoFields, source, duckdb),
      ).differences,
    ).toEqual([]);
    const used = rows.filter((row) => Number(row["o_edge"]) < 1e301);
    for (const lost of [used[0], used.at(-1)]) {
      const without = rows.filter((row) => row !== lost);
      expect(() => readRows(without, twoFields, statement, duckdb)).toThrow(/all \d+ rows/u);
      const uncounted = without.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([column]) => column !== "rows")),
      );
      expect(() => readRows(uncounted, twoFields, statement, duckdb)).toThrow(/must be the same in every branch/u);
    }
  });

  it.each([
    ["rows of another statement", [{ n: 1 }], /must be a count|must be a number/u],
    [
      "a text in a number's place",
      [{ part: 0, o_arm: "v1", o_slot: "noon", o_name: "", o_bin: 1, o_edge: 0, n: 1, a0: 1 }],
      /must be/u,
    ],
  ])("%s", async (_name, rows, message) => {
    const statement = summaryStatement(plan, { ...source, columns: await columns(), scan: "window" }, duckdb);
    expect(() => readRows(rows, plan, statement, duckdb)).toThrow(message);
  });

  it("a query function that gives no rows", async () => {
    await expect(
      summarizeTable({ query: (async () => ({ rows: [] })) as unknown as Query }, plan, source, duckdb),
    ).rejects.toMatchObject({ code: "unexpected-result" });
  });

  it.each([
    "connect ECONNREFUSED",
    "Connection terminated unexpectedly",
    "Client has encountered a connection error and is not queryable",
    "read ECONNRESET",
  ])("a server that is gone, in the words of its client: %s", async (message) => {
    const broken: Query = () => Promise.reject(new Error(message));
    await expect(summarizeTable({ query: broken }, plan, source, duckdb)).rejects.toMatchObject({
      code: "server-gone",
    });
  });

  it("a shard that fails is named, and so are two", async () => {
    const broken: Query = () => Promise.reject(new Error("connect ECONNREFUSED"));
    await expect(
      summarizeShards(
        [
          { shard: "eu", query },
          { shard: "us", query: broken },
        ],
        plan,
        source,
        duckdb,
      ),
    ).rejects.toMatchObject({ code: "server-gone", shard: "us" });
    await expect(
      summarizeShards(
        [
          { shard: "eu", query: broken },
          { shard: "us", query: broken },
        ],
        plan,
        source,
        duckdb,
      ),
    ).rejects.toMatchObject({ shard: "eu, us" });
    await expect(
      summarizeShards(
        [
          { shard: "eu", query },
          { shard: "eu", query },
        ],
        plan,
        source,
        duckdb,
      ),
    ).rejects.toMatchObject({ code: "invalid-shards" });
    await expect(summarizeShards([], plan, source, duckdb)).rejects.toMatchObject({ code: "invalid-shards" });
  });
});

it("a shard that lost its rows is not taken for one that has none, unless told so", async () => {
  await connection.run("CREATE OR REPLACE TABLE lost AS SELECT * FROM req LIMIT 0");
  const empty: Query = (sql) => query(sql.replaceAll('"req"', '"lost"').replaceAll("req::", "lost::"));
  const shards = [
    { shard: "eu", query },
    { shard: "us", query: empty },
  ];
  await expect(summarizeShards(shards, plan, source, duckdb)).rejects.toMatchObject({
    code: "empty-shard",
    shard: "us",
  });
  const believed = await summarizeShards(shards, plan, source, duckdb, { emptyShards: true });
  expect(compareSummaries(believed, await summarizeTable({ query }, plan, source, duckdb)).differences).toEqual([]);
});

describe("a checkpoint", () => {
  const hour = 3_600_000;
  const seen: string[] = [];
  const watched: Query = async (sql) => {
    seen.push(sql);
    return query(sql);
  };
  const shards = [{ shard: "one", query: watched }];

  it("grows by closed periods to the same summary, and a run that repeats reads nothing", async () => {
    let checkpoint = await advanceCheckpoint(null, shards, plan, source, duckdb, seededStart + hour + 5);
    expect(checkpoint.until).toBe(seededStart + hour);
    for (const at of [2, 3, 6])
      checkpoint = decodeCheckpoint(
        encodeCheckpoint(await advanceCheckpoint(checkpoint, shards, plan, source, duckdb, seededStart + at * hour)),
      );
    const whole = await summarizeTable({ query }, plan, source, duckdb);
    expect(compareSummaries(checkpoint.summary, whole).differences).toEqual([]);
    seen.length = 0;
    const again = await advanceCheckpoint(checkpoint, shards, plan, source, duckdb, seededStart + 6 * hour + 1);
    expect(seen).toEqual([]);
    expect(encodeSummary(again.summary)).toBe(encodeSummary(decodeSummary(encodeSummary(checkpoint.summary))));
  });

  it("is refused for another table, another policy, or when damaged", async () => {
    const checkpoint = await advanceCheckpoint(null, shards, plan, source, duckdb, seededStart + hour);
    await expect(
      advanceCheckpoint(checkpoint, shards, plan, { ...source, table: "other" }, duckdb, seededStart + 2 * hour),
    ).rejects.toMatchObject({ code: "different-source" });
    const other: Plan = { ...plan, arms: ["v1", "v3"] };
    for (const until of [1, 2])
      await expect(
        advanceCheckpoint(checkpoint, shards, other, source, duckdb, seededStart + until * hour),
      ).rejects.toMatchObject({ code: "different-plans" });
    expect(() => decodeCheckpoint("{}")).toThrow(/kind must be/u);
    expect(() => decodeCheckpoint("half a file {")).toThrow(/kind must be/u);
  });
});
