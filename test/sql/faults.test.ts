import { describe, expect, it } from "vitest";
import { runFaults } from "../../simulations/databases/fault-runs.ts";
import { clickhouseCommand, loadClickHouse, loadPostgres, psql } from "../../simulations/databases/load.ts";
import { seededMapping, seededRows, simplePlan } from "../../simulations/databases/seeded-records.ts";
import { startServers } from "../../simulations/databases/servers.ts";
import { openClickHouse, openDuckDb, openPostgres } from "../../src/node/index.ts";
import { dialects, summarizeTable } from "../../src/sql/index.ts";

/** Few enough for every run of the tests; `simulations/databases/fault-runs.ts` makes more. */
const runs = 4;

describe.each(["clickhouse", "postgres"] as const)("a shard of %s that is killed or frozen", (kind) => {
  it("ends in the right answer or in an error that names it, never in a wrong number", async () => {
    const outcome = await runFaults(kind, runs, 40_000, 11);
    if (outcome === null) return;
    expect(outcome.failures).toEqual([]);
    expect(outcome.right + Object.values(outcome.named).reduce((sum, count) => sum + count, 0)).toBe(runs);
  }, 300_000);
});

describe("what a server refuses is said with engine and fix", () => {
  const source = { table: "req", mapping: seededMapping };
  const refusal = async (
    query: (sql: string) => Promise<readonly Record<string, unknown>[]>,
    dialect: "clickhouse" | "postgres",
    table = "req",
  ): Promise<unknown> =>
    summarizeTable({ query, shard: "only" }, simplePlan(), { ...source, table }, dialects[dialect]).then(
      () => "an answer",
      (error: unknown) => error,
    );

  it("postgres", async () => {
    const servers = startServers("postgres", 1);
    if (servers === null) return;
    try {
      const url = servers.urls[0] as string;
      await loadPostgres(url, seededRows(20_000, 5, 500));
      await psql(url, [
        "CREATE ROLE reader LOGIN",
        "CREATE ROLE slow LOGIN",
        "GRANT SELECT ON req TO slow",
        "ALTER ROLE slow SET statement_timeout = 1",
      ]);
      const as = (user: string) => openPostgres(url.replace("postgres@", `${user}@`), { timeoutMs: 20_000 });
      const [owner, reader, slow, nobody] = await Promise.all(["postgres", "reader", "slow", "nobody"].map(as));
      expect(await refusal((reader as typeof owner)!.query, "postgres")).toMatchObject({
        code: "permission-denied",
        engine: "postgres",
        shard: "only",
      });
      expect(await refusal((slow as typeof owner)!.query, "postgres")).toMatchObject({ code: "statement-timeout" });
      expect(await refusal((nobody as typeof owner)!.query, "postgres")).toMatchObject({ code: "login-refused" });
      expect(await refusal(owner!.query, "postgres", "requests")).toMatchObject({ code: "table-missing" });
      await expect(owner!.query("CREATE TABLE planted (x int)")).rejects.toThrow(/read-only/u);
      await psql(url, ["GRANT SELECT ON req TO reader"]);
      const granted = await as("reader");
      expect(await refusal(granted.query, "postgres")).toBe("an answer");
      await Promise.all([owner, reader, slow, nobody, granted].map((connection) => connection!.close()));
    } finally {
      servers.stop();
    }
  }, 300_000);

  it("clickhouse, and a user who may only read needs nothing more", async () => {
    const servers = startServers("clickhouse", 1);
    if (servers === null) return;
    try {
      const url = servers.urls[0] as string;
      await loadClickHouse(url, seededRows(20_000, 5, 500));
      await clickhouseCommand(url, "CREATE DATABASE hidden");
      const reader = await openClickHouse(url.replace("//", "//reader@"), { password: "only-for-tests" });
      expect(await refusal(reader.query, "clickhouse")).toBe("an answer");
      expect(await refusal(reader.query, "clickhouse", "hidden.req")).toMatchObject({
        code: expect.stringMatching(/permission-denied|table-missing/u) as string,
      });
      expect(await refusal(reader.query, "clickhouse", "requests")).toMatchObject({
        code: "table-missing",
        engine: "clickhouse",
      });
      const stranger = await openClickHouse(url.replace("//", "//stranger@"));
      expect(await refusal(stranger.query, "clickhouse")).toMatchObject({ code: "login-refused" });
      const small = await openClickHouse(url);
      expect(
        await refusal((sql) => small.query(`${sql}\nSETTINGS max_memory_usage = 1000000`), "clickhouse"),
      ).toMatchObject({ code: expect.stringMatching(/server-out-of-memory|query-failed/u) as string });
      await Promise.all([reader, stranger, small].map((connection) => connection.close()));
    } finally {
      servers.stop();
    }
  }, 300_000);

  it("addresses with passwords in them, and files that are not there", async () => {
    await expect(openPostgres("postgres://me:hunter2@host/db")).rejects.toMatchObject({
      code: "secret-in-address",
      message: expect.not.stringContaining("hunter2") as string,
    });
    await expect(openClickHouse("http://me:hunter2@host")).rejects.toMatchObject({ code: "secret-in-address" });
    await expect(openClickHouse("postgres://host")).rejects.toMatchObject({ code: "invalid-address" });
    await expect(openPostgres("not an address")).rejects.toMatchObject({ code: "invalid-address" });
    await expect(openDuckDb("absent.duckdb")).rejects.toMatchObject({ code: "file-missing" });
  });
});
