import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
/**
 * Records per second of reading a log into a summary, beside the engine's own JSON.parse, zod and DuckDB; every subject
 * in a process of its own, round by round, on the same generated file, which is deleted afterwards.
 *
 *   npm run bench:ingest -- --records 3000000 --users 5000 --rounds 3 [--stream 20000000] [--only assay,json-parse]
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { buildSync } from "esbuild";
import { writeLog } from "./ingest-log.ts";

const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "3000000" },
    users: { type: "string", default: "5000" },
    rounds: { type: "string", default: "3" },
    stream: { type: "string" },
    only: { type: "string" },
  },
});
const records = Number(options.records);
const rounds = Number(options.rounds);
const only = options.only?.split(",");

interface Measured {
  readonly records: number;
  readonly cpu: number;
  readonly wall: number;
  readonly peak: number;
}

const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
/** The code under test, bundled as it is published; beside the dependencies, so that it finds them. */
const code = resolve(import.meta.dirname, `../node_modules/.cache/assay-bench-${process.pid}`);
process.on("exit", () => [folder, code].forEach((path) => rmSync(path, { recursive: true, force: true })));
const log = join(folder, "log.ndjson");
const parquet = join(folder, "log.parquet");
writeLog(log, records, Number(options.users));
const duckdb = await (await DuckDBInstance.create(":memory:")).connect();
await duckdb.run(`COPY (SELECT * FROM read_json('${log}')) TO '${parquet}' (FORMAT parquet)`);
duckdb.closeSync();
const bundle = (source: string, name: string): string => {
  const outfile = join(code, name);
  buildSync({
    entryPoints: [resolve(import.meta.dirname, source)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    external: ["@duckdb/*", "@clickhouse/*", "pg", "hyparquet*", "@uwdata/*", "fzstd", "tsx"],
  });
  return outfile;
};
const subject = bundle("ingest-subject.ts", "subject.mjs");
bundle("../src/node/jobs/worker.ts", "worker.js");

function run(name: string, file: string, extra = ""): Measured {
  const { stdout, stderr, status } = spawnSync(process.execPath, [subject, name, file, extra], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return { ...(JSON.parse(stdout.trim().split("\n").at(-1) as string) as Measured) };
}

const cores = availableParallelism();
const subjects: readonly (readonly [label: string, name: string, file: string, extra?: string])[] = [
  ["(a) JSON.parse per line, nothing else", "json-parse", log],
  ["(b) assay, one thread", "assay", log],
  [`(c) assay, ${cores} workers`, "assay-jobs", log, String(cores)],
  ["(d) DuckDB, the same summary", "duckdb", log],
  ["(e) JSON.parse and zod safeParse per row", "zod", log],
  ["assay on Parquet through DuckDB", "duckdb", parquet],
  ["bare GROUP BY of DuckDB on Parquet", "duckdb-bare", parquet],
  ["Float64Array columns, 1 metric (10 M values)", "columns", "", "1"],
  ["Float64Array columns, 3 metrics (10 M values each)", "columns", "", "3"],
];
const results = new Map<string, Measured[]>();
for (let round = 0; round < rounds; round++) {
  for (const [label, name, file, extra] of subjects) {
    if (only !== undefined && !only.includes(name)) continue;
    results.set(label, [...(results.get(label) ?? []), run(name, file, extra)]);
  }
}

const median = (label: string, figure: keyof Measured): number => {
  const values = (results.get(label) ?? []).map((one) => one[figure]).sort((a, b) => a - b);
  return values[values.length >> 1] ?? Number.NaN;
};
console.log(
  `node ${process.version}, ${records} records, ${(statSync(log).size / records).toFixed(0)} bytes each, ` +
    `${options.users} users, medians of ${rounds} rounds, load ${loadavg()[0]?.toFixed(1)} on ${cores} cores\n`,
);
console.log(
  "subject".padEnd(52),
  "cpu s".padStart(8),
  "wall s".padStart(8),
  "k rec/s (cpu)".padStart(14),
  "k rec/s (wall)".padStart(15),
  "peak MB".padStart(8),
);
for (const [label] of subjects) {
  if (!results.has(label)) continue;
  const [cpu, wall, count] = [median(label, "cpu"), median(label, "wall"), median(label, "records")];
  console.log(
    label.padEnd(52),
    cpu.toFixed(2).padStart(8),
    wall.toFixed(2).padStart(8),
    (count / cpu / 1e3).toFixed(0).padStart(14),
    (count / wall / 1e3).toFixed(0).padStart(15),
    median(label, "peak").toFixed(0).padStart(8),
  );
}
const label = (index: number): string => (subjects[index] as readonly [string, string, string])[0];
const ratio = (a: number, b: number, figure: "cpu" | "wall"): string =>
  (median(label(a), figure) / median(label(b), figure)).toFixed(2);
console.log(
  `\nCPU (a)/(b) ${ratio(0, 1, "cpu")}  CPU (d)/(b) ${ratio(3, 1, "cpu")}  CPU (e)/(b) ${ratio(4, 1, "cpu")}  ` +
    `wall (b)/(c) ${ratio(1, 2, "wall")}  Parquet wall, assay/bare ${ratio(5, 6, "wall")}, CPU ` +
    `${ratio(5, 6, "cpu")}`,
);
if (options.stream !== undefined) {
  const { stdout, stderr } = spawnSync(process.execPath, [subject, "assay-stream", options.stream, options.users], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  const memory = stderr
    .trim()
    .split("\n")
    .map((line) => Number(line.split(" ")[1]));
  console.log(
    `stream of ${options.stream} records: resident MB after each million ${memory.join(" ")}; peak ` +
      `${(JSON.parse(stdout) as Measured).peak.toFixed(0)}`,
  );
}
