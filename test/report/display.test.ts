import { inspect } from "node:util";
import * as aq from "arquero";
import { describe, expect, it } from "vitest";
import * as notebook from "../../src/notebook.ts";
import { buildReport, effectsChart, renderText, shown, toTable } from "../../src/report/index.ts";
import { example } from "./example.ts";

const display = Symbol.for("Jupyter.display");
const { decision, policy, points, summary } = example({ records: 20_000 });

function bundleOf(value: unknown): Record<string, unknown> {
  return (value as Record<symbol, () => Record<string, unknown>>)[display]?.() as Record<string, unknown>;
}

describe("a decision shows itself", () => {
  const result = shown(structuredClone(decision), policy);

  it("in a notebook, as HTML with pictures, as a chart and as text", () => {
    const bundle = bundleOf(result);
    expect(Object.keys(bundle).sort()).toEqual(["application/vnd.vegalite.v5+json", "text/html", "text/plain"]);
    expect(bundle["text/html"]).toContain("<svg");
    expect(bundle["text/html"]).toContain("ROLL BACK v2");
    expect(bundle["application/vnd.vegalite.v5+json"]).toEqual(effectsChart(decision, policy));
    expect(bundle["text/plain"]).toBe(renderText(buildReport(decision, policy)).trimEnd());
  });

  it("on a console", () => {
    expect(inspect(result)).toBe(renderText(buildReport(decision, policy)).trimEnd());
  });

  it("and stays what it was", () => {
    expect(result).toEqual(decision);
    expect(JSON.stringify(result)).toBe(JSON.stringify(decision));
    expect(Object.keys(result)).toEqual(Object.keys(decision));
    expect(structuredClone(result)).toEqual(decision);
  });

  it("also when it is frozen", () => {
    const frozen = Object.freeze(structuredClone(decision));
    expect(bundleOf(shown(frozen, policy))["text/plain"]).toContain("ROLL BACK");
    expect(display in frozen).toBe(false);
  });
});

describe("any result shows its figures", () => {
  it("escaped, in HTML", () => {
    const html = bundleOf(shown({ name: "<script>", interval: [null, Infinity], p: 1e-300, n: 12 }))[
      "text/html"
    ] as string;
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain("<script>");
    for (const part of ["interval[0]", "none", "unbounded above", "1.00000e-300", "12"]) expect(html).toContain(part);
  });

  it("the first 60, and how many more there are", () => {
    const text = inspect(shown({ values: Array.from({ length: 100 }, (_, index) => index) }));
    expect(text.split("\n")).toHaveLength(61);
    expect(text).toMatch(/40 more figures$/u);
  });
});

describe("the notebook's names", () => {
  it("give results that show themselves, equal to the core's", () => {
    const analysis = notebook.analyze(summary, policy);
    const decided = notebook.decide(analysis, policy);
    expect(decided).toEqual(decision);
    expect(bundleOf(decided)).toHaveProperty("text/html");
    expect(bundleOf(analysis)).toHaveProperty("text/plain");
    expect(bundleOf(notebook.effectsChart(decision, policy))).toHaveProperty(["application/vnd.vegalite.v5+json"]);
    expect(
      bundleOf(notebook.twoProportionZTest({ successes: 1, trials: 10 }, { successes: 5, trials: 10 })),
    ).toHaveProperty("text/html");
  });
});

describe("toTable", () => {
  it("has one row per treatment and metric", () => {
    const table = toTable(decision, aq as never) as aq.ColumnTable;
    expect(table.numRows()).toBe(2);
    const rows = table.select("metric", "estimate", "lower", "upper", "rollback_rule").objects() as Record<
      string,
      unknown
    >[];
    const metric = decision.comparisons[0]?.metrics[1];
    expect(rows[1]).toMatchObject({
      metric: "latency_p99",
      estimate: (metric?.effect as { estimate: number }).estimate,
      rollback_rule: "established",
    });
  });

  it("has one row per period, too, for a trajectory", () => {
    const table = toTable(points, aq as never) as aq.ColumnTable;
    expect(table.numRows()).toBe(2 * points.length);
    expect(table.column("until")?.at(0)).toBe(points[0]?.until);
  });

  it("refuses what is no result", () => {
    expect(() => toTable({} as never, aq as never)).toThrow(/must be a decision, an analysis or a trajectory/u);
  });
});
