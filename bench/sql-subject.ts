/**
 * What the benches of the databases have in common: the engines, the policy, the mapping, and how CPU and what comes
 * back are counted.
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import {
  startChdb,
  startClickHouse,
  startDuckDb,
  type StartEngine,
  startPostgres,
} from "../simulations/databases/engines.ts";
import { seededHours, seededStart } from "../simulations/databases/seeded-records.ts";
import { definePolicy, type FieldMapping, type Plan, planFor } from "../src/index.ts";
import { type SqlConnection, type SqlDialect, type SqlTable, summarizeShards } from "../src/sql/index.ts";

/** An engine, and its table of seeded rows. */
export interface BenchEngine {
  readonly name: string;
  readonly start: StartEngine;
  readonly table: string;
  /** Whether its timestamps are integers. */
  readonly integerTime: boolean;
}

export const benchEngines: Readonly<Record<string, BenchEngine>> = {
  duckdb: { name: "DuckDB table", start: startDuckDb, table: "req", integerTime: false },
  chdb: { name: "ClickHouse 26 in process", start: startChdb, table: "assay.req", integerTime: false },
  clickhouse1: { name: "ClickHouse 18.16, one server", start: startClickHouse(1), table: "req", integerTime: true },
  clickhouse: { name: "ClickHouse 18.16, two shards", start: startClickHouse(2), table: "req", integerTime: true },
  postgres: { name: "PostgreSQL 15", start: startPostgres(1), table: "req", integerTime: false },
  postgres2: { name: "PostgreSQL 15, two servers", start: startPostgres(2), table: "req", integerTime: false },
};

export const users = 200_000;
export const start: number = seededStart;
export const end: number = seededStart + seededHours * 3_600_000;

const policy = definePolicy({
  control: "v1",
  treatments: ["v2", "v3"],
  start: new Date(start).toISOString(),
  end: new Date(end).toISOString(),
  metrics: [
    {
      name: "success_rate",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.005 },
    },
    {
      name: "latency_p99",
      kind: "quantile",
      field: "latencyMs",
      probability: 0.99,
      better: "lower",
      role: "guardrail",
      goal: "non-inferior",
      margin: { relative: 0.1 },
    },
  ],
});
export const plan: Plan = planFor(policy);
export const mapping: FieldMapping = {
  fields: { arm: "arm", timestamp: "ts", success: "ok", latencyMs: "latency_ms" },
  where: ['experiment="exp-checkout"'],
};

/** One run. */
export interface Measured {
  readonly wall: number;
  readonly cpu: number;
  readonly returned: number;
  readonly bytes: number;
}

/** CPU seconds of this process and of the servers. */
export function cpuSeconds(servers: readonly number[]): number {
  const own = process.cpuUsage();
  return (own.user + own.system) / 1e6 + servers.reduce((sum, pid) => sum + treeSeconds(pid), 0);
}

function treeSeconds(root: number): number {
  let ticks = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/u.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      if (Number(entry) !== root && fields[1] !== root) continue;
      ticks +=
        (fields[11] as number) +
        (fields[12] as number) +
        (Number(entry) === root ? (fields[13] as number) + (fields[14] as number) : 0);
    } catch {
      continue;
    }
  }
  return ticks / 100;
}

/** Time, CPU, and rows and bytes that came back; JSON is what the bytes are of. */
export async function measure(run: () => Promise<readonly unknown[]>, servers: readonly number[]): Promise<Measured> {
  const before = cpuSeconds(servers);
  const began = performance.now();
  const rows = await run();
  const wall = (performance.now() - began) / 1000;
  return {
    wall,
    cpu: cpuSeconds(servers) - before,
    returned: rows.length,
    bytes: JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value)).length,
  };
}

export const median: (numbers: readonly number[]) => number = (numbers) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

/** The whole of `summarizeShards`; what counts as returned is every row of every statement. */
export function measureSummary(
  shards: readonly SqlConnection[],
  dialect: SqlDialect,
  table: SqlTable,
  servers: readonly number[],
): Promise<Measured> {
  const returned: unknown[] = [];
  const counted = shards.map(({ query, shard }) => ({
    shard,
    query: async (sql: string) => {
      const rows = await query(sql);
      for (const row of rows) returned.push(row);
      return rows;
    },
  }));
  return measure(async () => {
    await summarizeShards(counted, plan, { table, mapping }, dialect);
    return returned;
  }, servers);
}
