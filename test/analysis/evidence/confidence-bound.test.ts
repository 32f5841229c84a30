import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfidenceBound } from "../../../src/analysis/analysis.ts";
import {
  analyze,
  decide,
  definePolicy,
  isNotComputable,
  type Metric,
  planFor,
  type PolicyInput,
  summarize,
} from "../../../src/index.ts";
import { buildReport, renderText } from "../../../src/report/index.ts";

/* The bound that is shown is the bound that decides: a claim is established exactly when its bound is beyond. */

const terms = { role: "primary", goal: "non-inferior" } as const;
const metrics: readonly Metric[] = [
  {
    ...terms,
    name: "success",
    kind: "proportion",
    field: "success",
    better: "higher",
    margin: { absolute: 0.05 },
    floor: 0.8,
    rollbackWhen: { worseBy: { absolute: 0.1 }, below: 0.75 },
  },
  {
    ...terms,
    name: "failing",
    kind: "exceedance",
    field: "score",
    threshold: 1,
    better: "lower",
    margin: { relative: 0.2 },
    rollbackWhen: { worseBy: { relative: 0.5 } },
  },
  { name: "score", kind: "mean", field: "score", better: "lower", role: "primary", goal: "superior", ceiling: 2 },
  {
    ...terms,
    name: "per second",
    kind: "ratio",
    numerator: "score",
    denominator: "latencyMs",
    better: "lower",
    margin: { relative: 0.2 },
    rollbackWhen: { worseBy: { relative: 0.3 }, above: 3 },
  },
  {
    ...terms,
    name: "p90",
    kind: "quantile",
    field: "latencyMs",
    probability: 0.9,
    better: "lower",
    margin: { relative: 0.1 },
    ceiling: 4,
    rollbackWhen: { worseBy: { absolute: 1 }, above: 5 },
  },
];

const row = fc.record({
  success: fc.integer({ min: 0, max: 9 }).map((x) => x > 0),
  score: fc.double({ min: 0.1, max: 3, noNaN: true }),
  latencyMs: fc.double({ min: 0.5, max: 5, noNaN: true }),
});
const arm = fc.array(row, { minLength: 30, maxLength: 200 });
const monitorings: readonly (readonly [string, Partial<PolicyInput>])[] = [
  ["anytime", {}],
  ["anytime, by Holm", { multiplicity: "holm", treatments: ["b", "c"] }],
  ["fixed", { monitoring: { kind: "fixed" } }],
  [
    "group-sequential",
    { monitoring: { kind: "group-sequential", looks: [0.5, 1], spending: { kind: "pocock" } }, maximumSampleSize: 60 },
  ],
];

describe("the bound that is shown", () => {
  it.each(monitorings)("is the bound that decides, under %s monitoring", (_name, over) => {
    fc.assert(
      fc.property(arm, arm, fc.integer({ min: 1, max: 30 }), (control, treatment, times) => {
        const of = (name: string, rows: readonly object[]): object[] =>
          Array.from({ length: times }, () => rows.map((one) => ({ ...one, arm: name }))).flat();
        const policy = definePolicy({ control: "a", treatments: ["b"], minimumSampleSize: 20, metrics, ...over });
        const analysis = analyze(
          summarize([...of("a", control), ...of("b", treatment), ...of("c", control)] as never, planFor(policy)),
          policy,
        );
        for (const { metrics: found } of analysis.comparisons)
          for (const { goal, rules, limits } of found)
            for (const one of [...(goal === null ? [] : [goal]), ...rules, ...limits]) {
              if (isNotComputable(one.claim)) continue;
              const { side, value, level } = one.confidence as ConfidenceBound;
              expect(level).toBeCloseTo(1 - one.claim.alpha, 12);
              // On the bound itself rounding decides.
              if (value !== null && Math.abs(value - one.bound) < 1e-6 * (1 + Math.abs(value))) continue;
              const beyond = value !== null && (side === "lower" ? value > one.bound : value < one.bound);
              expect(beyond).toBe(one.claim.established);
            }
      }),
      { numRuns: 25, seed: 11 },
    );
  });

  it("stands in the report in words", () => {
    const rows = ["a", "b"].flatMap((name) =>
      Array.from({ length: 4000 }, (_, i) => ({
        arm: name,
        success: i % 100 >= (name === "a" ? 1 : 30),
        score: 1 + (i % 7) / 10,
        latencyMs: 1 + (i % 11) / 10,
      })),
    );
    const policy = definePolicy({ control: "a", treatments: ["b"], minimumSampleSize: 20, metrics });
    const decision = decide(analyze(summarize(rows as never, planFor(policy)), policy), policy);
    const text = renderText(buildReport(decision, policy), { width: 160 });
    expect(text).toMatch(/success: at best -2\d\.\d points, rolls back beyond -10\.0 points/u);
    expect(text).toMatch(/p90: at worst \+\d\.\d %, allowed \+10\.0 %; at worst 2\.\d+ ms, ceiling 4(\.0+)? ms/u);
  });
});
