import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Outcome, type ReferenceFile, compare, comparisons } from "../../scripts/accuracy-core.ts";
import { betaCdf } from "../../src/math/beta.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const load = (name: string): ReferenceFile =>
  JSON.parse(readFileSync(`${root}/fixtures/reference/distributions/${name}.json`, "utf8")) as ReferenceFile;
const missed = (outcomes: readonly Outcome[]): Outcome[] => outcomes.filter((outcome) => outcome.failures > 0);

describe("distributions against 50-digit references", () => {
  it.each(comparisons.map((comparison) => [comparison.name, comparison] as const))("%s holds on every point", (_, comparison) => {
    const outcome = compare(comparison, load(comparison.file));
    expect(outcome.points).toBeGreaterThan(50);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ failures: 0 });
  });

  it("covers every file and every column of expected values", () => {
    const covered = new Set(comparisons.map(({ file, column }) => `${file}.${column}`));
    const inputsOnly = new Set(["normal_quantile.one_minus_p", "beta.cond_x_I", "beta.cond_x_Ic"]);
    for (const file of new Set(comparisons.map((comparison) => comparison.file))) {
      const { columns, rows } = load(file);
      columns.forEach((column, i) => {
        if (typeof rows[0]?.[i] === "string" && !inputsOnly.has(`${file}.${column}`)) expect(covered).toContain(`${file}.${column}`);
      });
    }
  });

  it("notices an error of 2e-12 at a few points", () => {
    const comparison = comparisons.find((one) => one.name === "betaCdf");
    if (comparison === undefined) throw new Error("betaCdf is not compared");
    const outcome = compare(comparison, load("beta"), (a, b, x) => betaCdf(x, a, b) * (a === 37.3 && b === 37.3 && x > 0.5 ? 1 + 2e-12 : 1));
    expect(outcome.failures).toBeGreaterThan(0);
    expect(compare(comparison, load("beta"), () => 0).failures).toBeGreaterThan(1000);
    expect(compare(comparison, load("beta"), () => NaN).failures).toBe(2481);
  });
});

describe("distributions in other runtimes", () => {
  const runtimes = [
    { name: "deno", args: ["run", "--allow-read", "--no-prompt", "scripts/accuracy-runtime.ts"] },
    { name: "bun", args: ["run", "scripts/accuracy-runtime.ts"] },
  ];
  it.for(runtimes)("hold in $name", ({ name, args }, context) => {
    const binary = `${root}/node_modules/.bin/${name}`;
    const version = existsSync(binary) ? spawnSync(binary, ["--version"], { encoding: "utf8" }) : undefined;
    if (version?.status !== 0) {
      context.skip(`${name} is not installed; the npm package ${name} brings the binary`);
    }
    const run = spawnSync(binary, args, { cwd: root, encoding: "utf8", maxBuffer: 1e8 });
    expect(run.stderr + (run.error?.message ?? "")).not.toMatch(/error/i);
    const outcomes = JSON.parse(run.stdout) as Outcome[];
    expect(outcomes).toHaveLength(comparisons.length);
    expect(missed(outcomes)).toEqual([]);
  });
});
