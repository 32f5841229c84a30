import { linkSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

const tools = join(import.meta.dirname, "../../fixtures/tools");
const folder = mkdtempSync(join(tmpdir(), "assay-compare-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A decision and what it rests on, of the first comparison. */
async function compare(...argv: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runCli("compare", ...argv, "--format", "json");
  if (stdout === "") throw new Error(stderr);
  const { comparisons } = JSON.parse(stdout) as {
    comparisons: { treatment: string; metrics: { control: { n: number } }[] }[];
  };
  return [code, comparisons[0]?.treatment, comparisons[0]?.metrics[0]?.control.n];
}

describe("assay compare", () => {
  it.each([
    ["envoy/baseline.log", "envoy/candidate.log", 20, 200],
    ["vegeta/baseline.csv", "vegeta/candidate.csv", 20, 165],
    ["vllm/baseline.json", "vllm/candidate.json", 20, 150],
    ["k6-csv/baseline.csv", "k6-csv/candidate.csv", 10, 34],
  ])("decides from %s and %s", async (old, other, code, requests) => {
    expect(await compare(join(tools, old), "--with", join(tools, other))).toEqual([code, "candidate", requests]);
  });

  it("takes names that are given", async () => {
    const found = await compare(`v1=${tools}/envoy/baseline.log`, "--with", `v2=${tools}/envoy/candidate.log`);
    expect(found).toEqual([20, "v2", 200]);
  });

  it("refuses one file on both sides, under another name too", async () => {
    const [one, two] = [join(folder, "one.csv"), join(folder, "two.csv")];
    writeFileSync(one, "status,latency_ms\n200,5\n");
    linkSync(one, two);
    const { code, stderr } = await runCli("compare", one, "--with", two);
    expect([code, stderr]).toEqual([2, expect.stringContaining("each version must have files of its own")]);
  });

  it("refuses two formats", async () => {
    const { code, stderr } = await runCli(
      "compare",
      `${tools}/envoy/baseline.log`,
      "--with",
      `${tools}/vegeta/candidate.csv`,
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/all files must have one format.*envoy of.*vegeta-csv of/su),
    ]);
  });

  it("refuses aggregates, and says what to export", async () => {
    const { code, stderr } = await runCli(
      "compare",
      `${tools}/oha/baseline.json`,
      "--with",
      `${tools}/oha/candidate.json`,
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(/must hold single requests.*oha --output-format csv/su)]);
  });
});

describe("assay init", () => {
  it("writes what assay analyze needs, and analyze needs no flag", async () => {
    const home = process.cwd();
    const log = Array.from({ length: 400 }, (_, i) =>
      JSON.stringify({
        at: new Date(Date.UTC(2026, 0, 5) + i * 1000).toISOString(),
        build: i % 2 === 0 ? "1.9" : "1.10",
        http: { status: i % 2 === 1 && i % 3 === 0 ? 503 : 200 },
        took_ms: 100 + ((i * 37) % 50),
      }),
    );
    writeFileSync(join(folder, "app.ndjson"), `${log.join("\n")}\n`);
    process.chdir(folder);
    try {
      const made = await runCli("init", "--yes", "app.ndjson");
      expect(made).toMatchObject({ code: 0, stdout: "assay analyze\n" });
      expect(made.stderr).toMatch(/success: http_status\(http.status\).*1.9 is the control/su);
      expect((await runCli("analyze")).code).toBe(20);
      const again = await runCli("init", "--yes", "app.ndjson");
      expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("Add --force")]);
    } finally {
      process.chdir(home);
    }
  });

  it("says which columns there are when none names the version", async () => {
    const file = join(folder, "none.csv");
    writeFileSync(file, "status,latency_ms\n200,5\n200,6\n");
    const { code, stderr } = await runCli("init", "--yes", file, "--output", join(folder, "x.json"));
    expect(code).toBe(2);
    expect(stderr).toMatch(/a column that names the version, current value has status, latency_ms.*--map arm=COLUMN/su);
  });
});
