/**
 * Kills or freezes a shard at a random moment of a summary, over and over, and sorts what comes of it.
 *
 *   npm run sql:faults                              50 runs of each engine, seed 7
 *   npx tsx simulations/databases/fault-runs.ts 10 3             10 runs of each, seed 3
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createRandom, DatabaseError, type Summary } from "../../src/index.ts";
import { type DatabaseConnection, openClickHouse, openPostgres } from "../../src/node/index.ts";
import { dialects, summarizeShards } from "../../src/sql/index.ts";
import { compareSummaries } from "./compare.ts";
import { loadClickHouse, loadPostgres } from "./load.ts";
import { seededMapping, type SeededRow, seededRows, simplePlan } from "./seeded-records.ts";
import { type Servers, startServers } from "./servers.ts";

/**
 * What came of the runs: the right summary, or an error that names the shard; anything else is a failure, described.
 */
export interface FaultOutcome {
  readonly right: number;
  readonly named: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

const timeoutMs = 4000;

/** @returns `null` where the engine is not installed. */
export async function runFaults(
  kind: "clickhouse" | "postgres",
  runs: number,
  rows: number,
  seed: number,
): Promise<FaultOutcome | null> {
  const servers = startServers(kind, 2);
  if (servers === null) return null;
  try {
    const load = kind === "clickhouse" ? loadClickHouse : loadPostgres;
    for (const [shard, url] of servers.urls.entries()) await load(url, half(seededRows(rows, seed, 5000), shard));
    return await repeat(kind, servers, runs, seed);
  } finally {
    servers.stop();
  }
}

async function repeat(
  kind: "clickhouse" | "postgres",
  servers: Servers,
  runs: number,
  seed: number,
): Promise<FaultOutcome> {
  const random = createRandom(seed);
  const plan = simplePlan();
  const summarize = async (): Promise<Summary> => {
    const open = kind === "clickhouse" ? openClickHouse : openPostgres;
    const connections: DatabaseConnection[] = await Promise.all(servers.urls.map((url) => open(url, { timeoutMs })));
    try {
      return await summarizeShards(
        connections.map(({ name, query }) => ({ shard: name, query })),
        plan,
        { table: "req", mapping: seededMapping },
        dialects[kind],
      );
    } finally {
      await Promise.all(connections.map((connection) => connection.close()));
    }
  };
  await summarize();
  const began = performance.now();
  const expected = await summarize();
  const usual = performance.now() - began;
  let right = 0;
  const named: Record<string, number> = {};
  const failures: string[] = [];
  for (let run = 0; run < runs; run++) {
    const victim = random() < 0.5 ? 0 : 1;
    const signal = random() < 0.5 ? "SIGKILL" : "SIGSTOP";
    const after = (random() * 1.4 - 0.2) * usual;
    if (after < 0) strike(servers.pid(victim), signal);
    const outcome = summarize().then(
      (summary) => ({ summary }),
      (error: unknown) => ({ error }),
    );
    if (after >= 0) {
      await sleep(after);
      strike(servers.pid(victim), signal);
    }
    const result = await outcome;
    if ("summary" in result) {
      const { differences } = compareSummaries(result.summary, expected);
      if (differences.length === 0) right++;
      else failures.push(`run ${run}, ${signal} after ${after.toFixed(0)} ms: a wrong summary, ${differences[0]}`);
    } else if (
      result.error instanceof DatabaseError &&
      result.error.shard === new URL(servers.urls[victim] as string).host &&
      result.error.code !== "query-failed"
    ) {
      const { code } = result.error;
      named[code] = (named[code] ?? 0) + 1;
    } else failures.push(`run ${run}, ${signal} after ${after.toFixed(0)} ms: ${(result.error as Error).message}`);
    if (signal === "SIGSTOP") strike(servers.pid(victim), "SIGCONT");
    else servers.restart(victim);
  }
  return { right, named, failures };
}

/** Signals a server and its children. */
function strike(pid: number, signal: NodeJS.Signals): void {
  const family = readdirSync("/proc").filter(
    (entry) => /^\d+$/u.test(entry) && (Number(entry) === pid || parentOf(entry) === pid),
  );
  for (const member of family) {
    try {
      process.kill(Number(member), signal);
    } catch (cause) {
      if ((cause as { code?: string }).code !== "ESRCH") throw cause;
    }
  }
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return -1;
  }
}

function* half(rows: Iterable<SeededRow>, shard: number): Generator<SeededRow> {
  let index = 0;
  for (const row of rows) if (index++ % 2 === shard) yield row;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [runs = "50", seed = "7"] = process.argv.slice(2);
  let good = 0;
  let all = 0;
  for (const kind of ["clickhouse", "postgres"] as const) {
    const outcome = await runFaults(kind, Number(runs), 400_000, Number(seed));
    if (outcome === null) continue;
    const named = Object.values(outcome.named).reduce((sum, count) => sum + count, 0);
    console.log(
      `${kind}: ${outcome.right} right answers, ${named} errors that name the shard ` +
        `${JSON.stringify(outcome.named)}, ${outcome.failures.length} ` +
        `failures${outcome.failures.map((failure) => `\n  ${failure}`).join("")}`,
    );
    good += outcome.right + named;
    all += Number(runs);
  }
  console.log(`${good} of ${all} ended in the right answer or in an error that names the shard (seed ${seed})`);
  process.exitCode = good === all ? 0 : 1;
}
