import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compare, comparisons, type ReferenceFile } from "../../scripts/accuracy-core.ts";
import { betaCdf } from "../../src/math/beta.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const load = (name: string): ReferenceFile =>
  JSON.parse(readFileSync(`${root}/fixtures/reference/distributions/${name}.json`, "utf8")) as ReferenceFile;

describe("distributions against 50-digit references", () => {
  it.each(comparisons.map((comparison) => [comparison.name, comparison] as const))(
    "%s holds on every point",
    (_, comparison) => {
      const outcome = compare(comparison, load(comparison.file));
      expect(outcome.points).toBeGreaterThan(50);
      expect(outcome, JSON.stringify(outcome)).toMatchObject({ failures: 0 });
    },
  );

  it("covers every file and every column of expected values", () => {
    const covered = new Set(comparisons.map(({ file, column }) => `${file}.${column}`));
    const inputsOnly = new Set(["normal_quantile.one_minus_p", "beta.cond_x_I", "beta.cond_x_Ic"]);
    for (const file of new Set(comparisons.map((comparison) => comparison.file))) {
      const { columns, rows } = load(file);
      columns.forEach((column, i) => {
        if (typeof rows[0]?.[i] === "string" && !inputsOnly.has(`${file}.${column}`))
          expect(covered).toContain(`${file}.${column}`);
      });
    }
  });

  it("notices an error of 2e-12 at a few points", () => {
    const comparison = comparisons.find((one) => one.name === "betaCdf");
    if (comparison === undefined) throw new Error("betaCdf is not compared");
    const outcome = compare(
      comparison,
      load("beta"),
      (a, b, x) => betaCdf(x, a, b) * (a === 37.3 && b === 37.3 && x > 0.5 ? 1 + 2e-12 : 1),
    );
    expect(outcome.failures).toBeGreaterThan(0);
    expect(compare(comparison, load("beta"), () => 0).failures).toBeGreaterThan(1000);
    expect(compare(comparison, load("beta"), () => NaN).failures).toBe(2481);
  });
});
