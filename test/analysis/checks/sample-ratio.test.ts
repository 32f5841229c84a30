import { describe, expect, it } from "vitest";
import { toleratedShare } from "../../../src/analysis/checks/sample-ratio.ts";
import {
  analyze,
  decide,
  type Decision,
  definePolicy,
  isNotComputable,
  planFor,
  type PolicyInput,
  summarize,
} from "../../../src/index.ts";
import { buildReport, renderText } from "../../../src/report/index.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const change = start + 5 * hour;
const input: PolicyInput = {
  control: "a",
  treatments: ["b"],
  minimumSampleSize: 100,
  allocation: [
    { from: null, weights: { a: 100, b: 0 } },
    { from: new Date(change).toISOString(), weights: { a: 50, b: 50 } },
  ],
  metrics: [
    {
      name: "success",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.03 },
    },
  ],
};

/** 5 hours of the control alone, 5 hours of both; `early` records of the treatment lie a second before the switch. */
function decided(early: number, over: Partial<PolicyInput> = {}): { decision: Decision; text: string } {
  const rows = [];
  for (let i = 0; i < 5000; i++) {
    rows.push({ arm: "a", timestamp: start + i * 3600, success: i % 50 !== 0 });
    rows.push({ arm: i % 2 === 0 ? "a" : "b", timestamp: change + i * 3600, success: i % 50 > 1 });
  }
  for (let i = 0; i < early; i++) rows.push({ arm: "b", timestamp: change - 1000, success: true });
  const policy = definePolicy({ ...input, ...over });
  const decision = decide(analyze(summarize(rows as never, planFor(policy)), policy), policy);
  return { decision, text: renderText(buildReport(decision, policy), { width: 200 }) };
}

describe("records of an arm that was to get no traffic", () => {
  it.each(["anytime", "fixed"] as const)("one a second before the switch is told, and tolerated (%s)", (kind) => {
    const { decision, text } = decided(1, { monitoring: { kind } });
    expect(decision.decision).toBe("ship");
    expect(decision.warnings).toContainEqual({ code: "unplanned-records", arm: "b", from: null, records: 1 });
    expect(text).toContain("b has 1 records while the plan gave it no traffic (from the beginning)");
  });

  it("up to the stated share of the arm's records are", () => {
    expect(toleratedShare).toBe(0.001);
    expect(decided(2).decision.decision).toBe("ship");
    expect(decided(3).decision.decision).toBe("invalid");
  });

  it.each(["anytime", "fixed"] as const)("many are a mismatch, whose p-value can be read (%s)", (kind) => {
    const { decision, text } = decided(300, { monitoring: { kind } });
    expect(decision.decision).toBe("invalid");
    expect(text).toContain("p = under 1e-300");
    expect(text).not.toMatch(/e-\d+\.\d/u);
  });

  it("none are told of in an ordinary ramp", () => {
    const { sampleRatio } = decided(0).decision.checks;
    expect(isNotComputable(sampleRatio) ? null : sampleRatio.unplanned).toEqual([]);
    expect(isNotComputable(sampleRatio) ? null : sampleRatio.mismatch).toBe(false);
  });
});
