import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { Ajv } from "ajv";
import * as vega from "vega";
import * as vegaLite from "vega-lite";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.ts";
import {
  type ChartRenderer,
  type ChartSpec,
  chartSvg,
  reportCharts,
  sampleRatioChart,
  sequenceChart,
  spendingChart,
} from "../../src/report/index.ts";
import { groupSequentialDesign } from "../../src/stats/group-sequential/design.ts";
import { allCharts } from "./all-charts.ts";
import { awkward } from "./awkward.ts";
import { decided, example } from "./example.ts";

const root = resolve(import.meta.dirname, "../..");
const renderer = { vega, vegaLite } as unknown as ChartRenderer;
const schema = JSON.parse(
  gunzipSync(readFileSync(join(root, "fixtures/reference/vega-lite-v5.schema.json.gz"))).toString("utf8"),
) as object;
const valid = new Ajv({ strict: false, allErrors: false, logger: false, validateFormats: false }).compile(schema);

const charts = allCharts();

/** Where a drawing shows a value that is none. */
function nonsenseIn(svg: string): string[] {
  return svg.match(/.{0,80}(?:NaN|Infinity|undefined).{0,40}/gu) ?? [];
}

function problemsOf(spec: ChartSpec): unknown {
  return valid(spec) ? [] : valid.errors?.slice(0, 3);
}

describe("charts", () => {
  it("are Vega-Lite v5 by its schema", () => {
    expect(charts.map(({ usermeta }) => usermeta.assay.chart)).toEqual([
      "effects",
      "sequence",
      "sequence",
      "distribution",
      "quantile-difference",
      "rate",
      "sample-ratio",
      "spending",
      "operating-characteristics",
    ]);
    for (const spec of charts) expect(problemsOf(spec), spec.usermeta.assay.chart).toEqual([]);
  });

  it("the schema sees a broken specification", () => {
    expect(problemsOf({ ...(charts[0] as ChartSpec), vconcat: [{ mark: "no-such-mark" }] })).not.toEqual([]);
  });

  it("state a finding, an alternative text, units and the same figures as a table", () => {
    for (const {
      description,
      usermeta: { assay },
    } of charts) {
      expect(assay.finding).toMatch(/[0-9A-Z]/u);
      expect(description.length).toBeGreaterThan(40);
      expect(assay.table.rows.length).toBeGreaterThan(0);
      for (const row of assay.table.rows) expect(row).toHaveLength(assay.table.columns.length);
    }
    const titles = JSON.stringify(charts);
    for (const unit of ["percentage points", "treatment / control - 1, %", "latency, ms", "UTC"])
      expect(titles).toContain(unit);
  });

  it("name the moment of the verdict, and it is the first look at which the decision is final", () => {
    const { points, policy } = example();
    const { finding, table } = sequenceChart(points, policy, "v2", "latency_p99").usermeta.assay;
    const first = table.rows.find((row) => row[4] === "rollback")?.[0];
    expect(first).toMatch(/^2026-01-05 \d\d:00 UTC$/u);
    expect(finding).toBe(`latency_p99 of v2: rollback rule established at ${first}`);
    const before = table.rows.slice(
      0,
      table.rows.findIndex((row) => row[4] === "rollback"),
    );
    expect(before.length).toBeGreaterThan(0);
    expect(before.every((row) => row[4] === "keep-running")).toBe(true);
  });

  it("under fixed monitoring tell of the one look, the last, and of nothing before it", () => {
    const anytime = example({ slow: 0 });
    const { summary } = anytime;
    const policy = definePolicy({ ...anytime.policy, monitoring: { kind: "fixed" } });
    const { decision, points } = decided(policy, summary);
    const spec = sequenceChart(points, policy, "v2", "latency_p99");
    const { finding, table } = spec.usermeta.assay;
    const verdict = decision.comparisons[0]?.decision as string;
    expect(verdict).not.toBe("keep-running");
    expect(table.rows.map((row) => row[4])).toEqual([
      ...Array.from({ length: table.rows.length - 1 }, () => "no look"),
      verdict,
    ]);
    expect(finding).toContain(`established at ${table.rows.at(-1)?.[0]}`);
    expect(JSON.stringify(spec)).toContain(`"label":"${verdict}"`);
  });

  it("write each arm's quantile labels in a row of its own, a line's height apart", async () => {
    const three = example({ records: 6000, treatments: ["v2", "v3"] });
    const distribution = reportCharts(three).find(
      ({ usermeta }) => usermeta.assay.chart === "distribution",
    ) as ChartSpec;
    const svg = await chartSvg(distribution, renderer);
    const heights = [...svg.matchAll(/translate\([\d.]+,([\d.]+)\)"[^>]*>P50</gu)].map(([, height]) => Number(height));
    expect(heights).toHaveLength(3);
    expect([1, 2].map((index) => (heights[index] as number) - (heights[index - 1] as number))).toEqual([14, 14]);
  });

  it.each(["light", "dark", "css"] as const)("have the same data in the theme %s", (theme) => {
    const { decision, policy, summary, points } = example({ records: 4000 });
    const plain = JSON.stringify(reportCharts({ decision, policy, summary, points }).map(({ usermeta }) => usermeta));
    const themed = reportCharts({ decision, policy, summary, points }, { theme });
    expect(JSON.stringify(themed.map(({ usermeta }) => usermeta))).toBe(plain);
    for (const spec of themed) expect(problemsOf(spec)).toEqual([]);
  });

  it("refuse a width that can't be drawn", () => {
    expect(() =>
      sampleRatioChart(example({ records: 2000 }).points, example({ records: 2000 }).policy, { width: 100 }),
    ).toThrow(/width must be a number of pixels from 240/u);
  });

  it("refuse looks that can't be", () => {
    const design = groupSequentialDesign({ looks: 2 });
    expect(() => spendingChart(design, [{ informationFraction: 0, z: 1 }])).toThrow(/looks\[0\]\.informationFraction/u);
    expect(() => spendingChart(design, [{ informationFraction: 0.5, z: Number.NaN }])).toThrow(/looks\[0\]\.z/u);
  });
});

describe("charts of awkward input", () => {
  it.each(Object.entries(awkward))("%s", async (_name, make) => {
    const specs = reportCharts(make());
    expect(specs).toHaveLength(7);
    for (const spec of specs) {
      expect(problemsOf(spec), spec.usermeta.assay.chart).toEqual([]);
      expect(JSON.stringify(spec)).not.toMatch(/NaN|Infinity|undefined|\[object/u);
      const svg = await chartSvg(spec, renderer);
      expect(nonsenseIn(svg), spec.usermeta.assay.chart).toEqual([]);
      expect(svg.match(/ width="(\d+)"/u)?.[1]).toMatch(/^\d{2,4}$/u);
    }
  });

  it("a summary without data", async () => {
    const { policy, summary, decision } = example({ records: 2000 });
    const empty = { ...summary, cells: [], clusters: [] };
    const specs = reportCharts({ decision, policy, summary: empty, points: [] });
    for (const spec of specs) {
      expect(problemsOf(spec), spec.usermeta.assay.chart).toEqual([]);
      expect(nonsenseIn(await chartSvg(spec, renderer)), spec.usermeta.assay.chart).toEqual([]);
    }
    const findings = specs.map(({ usermeta }) => usermeta.assay.finding);
    expect(findings).toContain("latencyMs: no arm has values");
    expect(findings).toContain("success_rate: no values");
    expect(findings).toContain("latency_p99 of v2: no period has records of both arms");
  });
});

describe("chart specifications stay what they are (UPDATE_GOLDEN=1 rewrites them)", () => {
  const folder = join(root, "fixtures/golden/charts");
  const names = charts.map(({ usermeta }, index) => `${index}-${usermeta.assay.chart}`);
  it.each(names)("%s", (name) => {
    const file = join(folder, `${name}.json`);
    const spec = charts[names.indexOf(name)];
    if (process.env["UPDATE_GOLDEN"] === "1") {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, `${JSON.stringify(spec, null, 1)}\n`);
    }
    expect(existsSync(file), `${file} is missing`).toBe(true);
    expectClose(JSON.parse(JSON.stringify(spec)), JSON.parse(readFileSync(file, "utf8")), name);
  });
});

/** Equal up to the fourth digit of every number, so that a better root finder does not rewrite pictures. */
function expectClose(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === "number")
    return expect(
      Math.abs((actual as number) - expected),
      `${path}: ${String(actual)} against ${expected}`,
    ).toBeLessThanOrEqual(1e-4 * Math.max(1e-3, Math.abs(expected)));
  if (typeof expected !== "object" || expected === null) return expect(actual, path).toBe(expected);
  expect(Object.keys(actual as object), path).toEqual(Object.keys(expected));
  for (const [key, value] of Object.entries(expected))
    expectClose((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
}
