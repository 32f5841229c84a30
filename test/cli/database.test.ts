import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDuckDb } from "../../simulations/databases/load.ts";
import { seededRows } from "../../simulations/databases/seeded-records.ts";
import { runCommandLine } from "../../src/cli/run.ts";

let dir: string;
const file = (name: string): string => join(dir, name);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "assay-cli-database-"));
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(file("requests.duckdb"));
  const connection = await instance.connect();
  await loadDuckDb(connection, seededRows(20_000, 2, 2000));
  await connection.run(`COPY req TO '${file("requests.parquet")}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const stream = (take: (text: string) => void) => ({ write: take, isTTY: false, columns: 80 });
  const code = await runCommandLine(argv, {
    stdout: stream((text) => (out += text)),
    stderr: stream((text) => (err += text)),
    env: {},
    now: () => Date.UTC(2026, 0, 6),
  });
  return { code, out, err };
}

const policy = [
  "--control",
  "v1",
  "--treatment",
  "v2",
  "--map",
  "arm=arm,timestamp=ts,success=ok,latencyMs=latency_ms",
  "--where",
  "experiment=exp-checkout",
  "--max-rejected",
  "0.01",
];
const json = ["--format", "json"];

describe("assay analyze on a database", () => {
  it("decides the same from a DuckDB table and from a Parquet file", async () => {
    const table = await run("analyze", "--duckdb", file("requests.duckdb"), "--table", "req", ...policy, ...json);
    const parquet = await run("analyze", "--duckdb", file("requests.parquet"), ...policy, ...json);
    expect(table.err).toMatch(/summarized 1\d,\d{3} rows/u);
    const figures = (text: string): unknown =>
      JSON.parse(text, (key, value: unknown) => (key === "samples" ? undefined : value));
    expect(figures(parquet.out)).toEqual(figures(table.out));
    expect(parquet.code).toBe(table.code);
  });

  it("continues from a checkpoint, and leaves it alone when nothing has closed since", async () => {
    const base = [
      "analyze",
      "--duckdb",
      file("requests.duckdb"),
      "--table",
      "req",
      ...policy,
      ...json,
      "--checkpoint",
      file("checkpoint.json"),
    ];
    await run(...base, "--until", "2026-01-05T02:30:00Z");
    const first = readFileSync(file("checkpoint.json"), "utf8");
    await run(...base, "--until", "2026-01-05T02:59:59Z");
    expect(readFileSync(file("checkpoint.json"), "utf8")).toBe(first);
    const last = await run(...base);
    const whole = await run("analyze", "--duckdb", file("requests.duckdb"), "--table", "req", ...policy, ...json);
    const metrics = (text: string): unknown => (JSON.parse(text) as { comparisons: unknown }).comparisons;
    expect(metrics(last.out)).toEqual(metrics(whole.out));
  });

  it.each([
    ["neither files nor a database", [], 2, /give files of records, or a database/u],
    ["both", ["records.ndjson", "--duckdb", "x.duckdb"], 2, /either files or a database/u],
    [
      "two kinds of database",
      ["--duckdb", "x.duckdb", "--postgres", "postgres://h/d", "--table", "t"],
      2,
      /give one of/u,
    ],
    ["no table", ["--postgres", "postgres://h/d"], 2, /--table/u],
    [
      "a time limit that is none",
      ["--postgres", "postgres://h/d", "--table", "t", "--timeout", "soon"],
      2,
      /--timeout/u,
    ],
    ["a scan that is none", ["--postgres", "postgres://h/d", "--table", "t", "--scan", "half"], 2, /--scan/u],
    ["a password in the address", ["--postgres", "postgres://me:hunter2@h/d", "--table", "t"], 1, /PGPASSWORD/u],
    ["a file that is not there", ["--duckdb", "absent.duckdb", "--table", "t"], 1, /must exist/u],
    [
      "a server that is not there",
      ["--postgres", "postgres://me@127.0.0.1:9/d", "--table", "t"],
      1,
      /answered by a running server/u,
    ],
  ])("%s", async (_name, options, code, message) => {
    const result = await run("analyze", ...options, ...policy);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toMatch(message);
    expect(result.err).not.toContain("hunter2");
  });

  it("refuses a checkpoint that is damaged", async () => {
    writeFileSync(file("damaged.json"), "{");
    const result = await run(
      "analyze",
      "--duckdb",
      file("requests.duckdb"),
      "--table",
      "req",
      ...policy,
      "--checkpoint",
      file("damaged.json"),
    );
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.err).toMatch(/checkpoint: kind must be/u);
  });
});

describe("assay sql", () => {
  const columns = 'arm text, ts timestamptz, latency_ms numeric(10,2), ok boolean, "experiment" text';

  it("prints a statement without connecting to anything", async () => {
    const result = await run(
      "sql",
      "--dialect",
      "postgres",
      "--table",
      "logs.requests",
      "--columns",
      columns,
      ...policy.slice(0, -2),
    );
    expect(result.code).toBe(0);
    expect(result.out).toMatch(/^-- Assay: 2 arms, postgres\nSELECT [\s\S]*FROM "logs"\."requests"/u);
    expect(result.err).toBe("");
  });

  it("says which dialects were never run", async () => {
    const result = await run(
      "sql",
      "--dialect",
      "trino",
      "--table",
      "requests",
      "--columns",
      columns,
      ...policy.slice(0, -2),
    );
    expect(result.err).toMatch(/never ran one/u);
  });

  it.each([
    ["a column without a type", ["--columns", "arm"], 2, /NAME TYPE/u],
    ["a dialect that is none", ["--columns", columns, "--dialect", "dbase"], 2, /dbase/u],
    ["a column of the wrong type", ["--columns", columns.replace("numeric(10,2)", "text")], 1, /numeric column/u],
  ])("%s", async (_name, options, code, message) => {
    const result = await run("sql", "--dialect", "duckdb", "--table", "requests", ...options, ...policy.slice(0, -2));
    expect(result.code).toBe(code);
    expect(result.err).toMatch(message);
  });
});
