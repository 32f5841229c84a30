import { describe, expect, it } from "vitest";
import { PolicyError } from "../../src/errors.ts";
import { definePolicy, parsePolicy } from "../../src/policy/define.ts";
import type { PolicyInput } from "../../src/policy/policy.ts";
import { safeRollout } from "../../src/policy/presets.ts";

const base = safeRollout({ control: "v1", treatments: ["v2"] });
const success = base.metrics[0] as PolicyInput["metrics"][number];
const latency = base.metrics[1] as PolicyInput["metrics"][number];
const withMetric = (change: object): unknown => ({ ...base, metrics: [{ ...success, ...change }] });
const withLatency = (change: object): unknown => ({ ...base, metrics: [{ ...latency, ...change }] });

describe("definePolicy", () => {
  it("fills in the defaults", () => {
    expect(definePolicy({ control: "a", treatments: ["b"], metrics: base.metrics })).toMatchObject({
      alpha: 0.05,
      monitoring: { kind: "anytime" },
      unit: null,
      minimumSampleSize: 10_000,
      maximumSampleSize: null,
      allocation: null,
      latencyOfFailures: "as-recorded",
    });
  });

  it("is idempotent", () => {
    const policy = definePolicy({ ...base, allocation: { v1: 1, v2: 1 } });
    expect(definePolicy(policy)).toEqual(policy);
  });

  it("takes one set of weights as a history of one epoch", () => {
    expect(definePolicy({ ...base, allocation: { v1: 70, v2: 30 } }).allocation).toEqual([
      { from: null, weights: { v1: 70, v2: 30 } },
    ]);
  });

  const refused: [string, unknown, string, string][] = [
    ["no document", null, "the policy", "invalid-field"],
    ["a text", "policy", "the policy", "invalid-field"],
    ["a missing control", { ...base, control: undefined }, "control", "invalid-field"],
    ["alpha of 1", { ...base, alpha: 1 }, "alpha", "invalid-field"],
    ["a misspelt field", { ...base, minimumSample: 10 }, "minimumSample", "unknown-field"],
    ["a misspelt metric field", withMetric({ margins: 1 }), "metrics[0].margins", "unknown-field"],
    ["an unknown kind", withMetric({ kind: "median" }), "metrics[0].kind", "invalid-field"],
    ["a probability of 99", withLatency({ probability: 99 }), "metrics[0].probability", "invalid-field"],
    ["a margin of 0", withMetric({ margin: { absolute: 0 } }), "metrics[0].margin.absolute", "invalid-field"],
    [
      "both kinds of margin",
      withMetric({ margin: { absolute: 0.1, relative: 0.1 } }),
      "metrics[0].margin",
      "invalid-field",
    ],
    ["the control as a treatment", { ...base, treatments: ["v1"] }, "treatments[0]", "arm-named-twice"],
    ["a treatment twice", { ...base, treatments: ["v2", "v2"] }, "treatments[1]", "arm-named-twice"],
    ["a maximum below the minimum", { ...base, maximumSampleSize: 10 }, "maximumSampleSize", "never-enough-records"],
    [
      "an end before the start",
      { ...base, start: "2026-01-02T00:00:00Z", end: "2026-01-01T00:00:00Z" },
      "end",
      "ends-before-start",
    ],
    [
      "a duration longer than the window",
      { ...base, start: "2026-01-01T00:00:00Z", end: "2026-01-02T00:00:00Z", minimumDurationHours: 48 },
      "minimumDurationHours",
      "never-long-enough",
    ],
    ["a date without a zone", { ...base, start: "2026-01-01T00:00:00" }, "start", "invalid-field"],
    ["an arm without weight", { ...base, allocation: { v1: 1 } }, "allocation[0].weights", "arm-without-weight"],
    [
      "a weight without arm",
      { ...base, allocation: { v1: 1, v2: 1, v3: 1 } },
      "allocation[0].weights",
      "weight-without-arm",
    ],
    [
      "epochs out of order",
      {
        ...base,
        allocation: [
          { from: "2026-01-02T00:00:00Z", weights: { v1: 1, v2: 1 } },
          { from: "2026-01-01T00:00:00Z", weights: { v1: 1, v2: 1 } },
        ],
      },
      "allocation[1].from",
      "epochs-out-of-order",
    ],
    ["a metric named twice", { ...base, metrics: [success, success] }, "metrics[1].name", "metric-named-twice"],
    [
      "a primary metric without goal",
      withMetric({ goal: undefined, margin: undefined }),
      "metrics[0].goal",
      "goal-missing",
    ],
    ["non-inferior without margin", withMetric({ margin: undefined }), "metrics[0].margin", "margin-missing"],
    ["superior with margin", withMetric({ goal: "superior" }), "metrics[0].margin", "margin-without-use"],
    [
      "a superior guardrail",
      withMetric({ role: "guardrail", goal: "superior", margin: undefined }),
      "metrics[0].goal",
      "guardrail-superior",
    ],
    [
      "only secondary metrics",
      withMetric({ role: "secondary", goal: undefined, margin: undefined, rollbackWhen: undefined }),
      "metrics",
      "nothing-decides",
    ],
    ["a margin of 100 points", withMetric({ margin: { absolute: 1 } }), "metrics[0].margin", "margin-impossible"],
    [
      "below for a metric where lower is better",
      withLatency({ rollbackWhen: { below: 100 } }),
      "metrics[0].rollbackWhen.below",
      "rule-against-direction",
    ],
    [
      "above for a metric where higher is better",
      withMetric({ rollbackWhen: { above: 0.9 } }),
      "metrics[0].rollbackWhen.above",
      "rule-against-direction",
    ],
    [
      "a floor in percent",
      withMetric({ rollbackWhen: { below: 99 } }),
      "metrics[0].rollbackWhen.below",
      "level-impossible",
    ],
    ["an empty rule", withMetric({ rollbackWhen: {} }), "metrics[0].rollbackWhen", "rule-empty"],
    [
      "a rule that rolls back what may ship",
      withLatency({ margin: { relative: 0.6 } }),
      "metrics[0].rollbackWhen.worseBy",
      "rolls-back-what-ships",
    ],
  ];
  it.each(refused)("refuses %s, naming field and fix", (_name, policy, field, code) => {
    let error: unknown;
    try {
      parsePolicy(policy);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ code, field });
    expect((error as PolicyError).message).toMatch(/^Cannot use the policy: .* current value is /u);
    expect((error as PolicyError).fix).toBeTruthy();
  });
});
