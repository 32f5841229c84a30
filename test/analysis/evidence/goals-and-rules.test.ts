import { describe, expect, it } from "vitest";
import { analyzeClaims } from "../../../src/analysis/analyze.ts";
import { goalAlpha, ruleAlpha } from "../../../src/analysis/evidence/goals-and-rules.ts";
import { analyze, definePolicy, type Metric, planFor, type PolicyInput, summarize } from "../../../src/index.ts";

const success = {
  name: "success",
  kind: "proportion",
  field: "success",
  better: "higher",
  role: "primary",
  goal: "superior",
  rollbackWhen: { worseBy: { absolute: 0.01 }, below: undefined },
} as const satisfies Metric;
const score = {
  name: "score",
  kind: "mean",
  field: "score",
  better: "higher",
  role: "guardrail",
  goal: "non-inferior",
  margin: { relative: 0.1 },
  floor: 1,
  rollbackWhen: { below: 0.5, above: undefined },
} as const satisfies Metric;
const policyOf = (changes: Partial<PolicyInput> = {}) => ({
  ...definePolicy({
    control: "a",
    treatments: ["b", "c"],
    minimumSampleSize: 0,
    metrics: [success, score],
    ...changes,
  }),
  metrics: [success, score],
});

describe("how alpha is divided", () => {
  it("among treatments for goals, among treatments and the rules that are there for rollbacks", () => {
    expect(goalAlpha(policyOf())).toBe(0.025);
    expect(ruleAlpha(policyOf())).toBe(0.0125);
    expect(ruleAlpha({ ...policyOf(), metrics: [{ ...success, rollbackWhen: undefined }] })).toBe(0.025);
    expect([goalAlpha(policyOf({ multiplicity: "none" })), ruleAlpha(policyOf({ multiplicity: "none" }))]).toEqual([
      0.05, 0.05,
    ]);
  });
});

describe("a metric that can't be computed", () => {
  const records = ["a", "b", "c"].flatMap((arm) =>
    Array.from({ length: 30 }, (_, i) => ({ arm, success: i % 10 !== 0, score: 4 })),
  );
  const policy = policyOf();
  const { comparisons } = analyze(summarize(records, planFor(policy)), policy);

  it("for want of spread has levels without intervals, and a reason for everything that was asked", () => {
    const metric = comparisons[0]?.metrics.find(({ metric: name }) => name === "score");
    const reason = { computable: false, reason: "zero-variance", detail: "all values of both arms are equal" };
    const ofLevel = { ...reason, detail: "all 30 values are equal" };
    expect(metric).toEqual({
      metric: "score",
      kind: "mean",
      role: "guardrail",
      better: "higher",
      control: { n: 30, value: 4, interval: [null, null] },
      treatment: { n: 30, value: 4, interval: [null, null] },
      effect: reason,
      anytime: reason,
      fixedHorizon: reason,
      goal: { goal: "non-inferior", bound: 0.9, kind: "ratio", claim: reason, ruledOut: false, confidence: null },
      rules: [{ rule: "below", bound: 0.5, kind: "level", claim: ofLevel, confidence: null }],
      limits: [{ limit: "floor", bound: 1, claim: ofLevel, ruledOut: false, confidence: null }],
      designEffect: null,
      dependence: { factor: 1, slices: null, overlap: null },
      notes: [],
    });
  });

  it("for want of units has the counts, no levels, and the same reason for everything", () => {
    const ofUsers = policyOf({ unit: "user" });
    const seen = records.map((record) => ({ ...record, unit: `${record.arm}1` }));
    const metric = analyze(summarize(seen, planFor(ofUsers)), ofUsers).comparisons[0]?.metrics[1];
    const reason: unknown = expect.objectContaining({ computable: false });
    const unbounded = { n: 30, value: expect.any(Number) as number, interval: [null, null] };
    expect(metric).toEqual({
      metric: "score",
      kind: "mean",
      role: "guardrail",
      better: "higher",
      control: unbounded,
      treatment: unbounded,
      effect: reason,
      anytime: reason,
      fixedHorizon: reason,
      goal: {
        goal: "non-inferior",
        bound: 0.9,
        kind: "ratio",
        claim: metric?.effect,
        ruledOut: false,
        confidence: null,
      },
      rules: [{ rule: "below", bound: 0.5, kind: "level", claim: metric?.effect, confidence: null }],
      limits: [{ limit: "floor", bound: 1, claim: metric?.effect, ruledOut: false, confidence: null }],
      designEffect: null,
      dependence: { factor: 1, slices: null, overlap: null },
      notes: [],
    });
  });

  it("makes claims only, where only claims are asked for", () => {
    const whole = comparisons[0]?.metrics[0];
    const [claimed] =
      analyzeClaims(summarize(records, planFor(policy)), policy, true).analysis.comparisons[0]?.metrics ?? [];
    const left = { computable: false, reason: "method-does-not-apply", detail: "left out: only claims were asked for" };
    expect(claimed).toEqual({
      ...whole,
      goal: { ...whole?.goal, confidence: null },
      rules: whole?.rules.map((rule) => ({ ...rule, confidence: null })),
      limits: whole?.limits.map((limit) => ({ ...limit, confidence: null })),
      control: { ...whole?.control, interval: [null, null] },
      treatment: { ...whole?.treatment, interval: [null, null] },
      effect: left,
      anytime: left,
      fixedHorizon: left,
      dependence: null,
      notes: [],
    });
  });
});
