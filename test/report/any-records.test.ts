import process from "node:process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyze, decide, definePolicy, type Metric, planFor, type PolicyInput, summarize } from "../../src/index.ts";
import {
  buildReport,
  renderHtml,
  renderMarkdown,
  renderText,
  reportCharts,
  trajectory,
} from "../../src/report/index.ts";
import { begin, hour, recordsOf } from "../helpers/drawn-arms.ts";

const prices = { a: { inputPerMillion: 3, outputPerMillion: 15 }, b: { inputPerMillion: 1, outputPerMillion: 0 } };
const metrics: readonly Metric[] = [
  {
    name: "success",
    kind: "proportion",
    field: "success",
    better: "higher",
    role: "primary",
    goal: "non-inferior",
    margin: { absolute: 0.01 },
    floor: 0.5,
    rollbackWhen: { worseBy: { relative: 0.1 }, below: 0.4 },
  },
  {
    name: "p99",
    kind: "quantile",
    field: "latencyMs",
    probability: 0.99,
    better: "lower",
    role: "guardrail",
    goal: "non-inferior",
    margin: { relative: 0.1 },
    rollbackWhen: { above: 1000 },
  },
  { name: "score", kind: "mean", field: "score", better: "higher", role: "primary", goal: "superior" },
  {
    name: "per output",
    kind: "ratio",
    numerator: "inputTokens",
    denominator: "outputTokens",
    better: "lower",
    role: "secondary",
  },
  {
    name: "cost",
    kind: "cost",
    inputTokens: "inputTokens",
    outputTokens: "outputTokens",
    prices,
    better: "lower",
    role: "secondary",
  },
  { name: "slow", kind: "exceedance", field: "latencyMs", threshold: 3, better: "lower", role: "secondary" },
];
const policies: Readonly<Record<string, Partial<PolicyInput>>> = {
  "at any look": {},
  "at one look, of users": { monitoring: { kind: "fixed" }, unit: "user" },
  "failures slower than all, two epochs, segments": {
    latencyOfFailures: "slowest",
    segments: ["region"],
    allocation: [
      { from: null, weights: { a: 1, b: 1 } },
      { from: new Date(begin + 2 * hour).toISOString(), weights: { a: 1, b: 3 } },
    ],
  },
};
const value = fc.oneof(fc.constantFrom(0, 1, 4, 5e-324, 1e-9, 1e300), fc.double({ min: 0, max: 1000, noNaN: true }));
const row = fc.record({
  success: fc.boolean(),
  latencyMs: value,
  score: fc.oneof(
    fc.constantFrom(0, 1),
    value.map((x) => -x),
  ),
  inputTokens: fc.nat(3),
  outputTokens: fc.nat(3),
  region: fc.constantFrom("eu", "us"),
  at: fc.integer({ min: 0, max: 4 * hour - 1 }),
  user: fc.nat(4),
  times: fc.constantFrom(1, 1, 40),
});
/** Few for every run of the tests; ASSAY_LAW_RUNS=1000 for a long one. */
const numRuns = Number(process.env["ASSAY_LAW_RUNS"] ?? 5);

/** Where a document shows a value that is none. */
function nonsenseIn(text: string): string[] {
  return text.match(/.{0,60}(?:NaN|Infinity|undefined|\[object|null%).{0,30}/gu) ?? [];
}

describe.each(Object.entries(policies))("reports of any records, %s", (_name, changes) => {
  it("show numbers, or say that there is none", async () => {
    const policy = definePolicy({ control: "a", treatments: ["b"], minimumSampleSize: 0, metrics, ...changes });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.array(row, { minLength: 1, maxLength: 8 }),
        async (a, b) => {
          const summary = summarize(recordsOf({ a, b }), planFor(policy));
          const decision = decide(analyze(summary, policy), policy);
          const points = trajectory(summary, policy);
          const report = buildReport(decision, policy, points);
          for (const text of [
            renderText(report),
            renderMarkdown(report),
            await renderHtml({ decision, policy, summary, points }),
            JSON.stringify(reportCharts({ decision, policy, summary, points })),
          ])
            expect(nonsenseIn(text)).toEqual([]);
        },
      ),
      { seed: 12, numRuns },
    );
  });
});
