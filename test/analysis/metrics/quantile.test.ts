import { describe, expect, it } from "vitest";
import {
  type Analysis,
  analyze,
  decide,
  type Decision,
  definePolicy,
  planFor,
  type PolicyInput,
  summarize,
} from "../../../src/index.ts";

const change = "2026-01-05T02:00:00.000Z";
const policyFor = (probability: number, epochs: 1 | 2, monitoring: PolicyInput["monitoring"] = { kind: "anytime" }) =>
  definePolicy({
    control: "a",
    treatments: ["b"],
    minimumSampleSize: 0,
    monitoring,
    metrics: [
      {
        name: "retries",
        kind: "quantile",
        field: "retries",
        probability,
        better: "lower",
        role: "primary",
        goal: "superior",
        rollbackWhen: { worseBy: { relative: 0.5 } },
      },
    ],
    ...(epochs === 1
      ? {}
      : {
          allocation: [
            { from: null, weights: { a: 1, b: 1 } },
            { from: change, weights: { a: 2, b: 2 } },
          ],
        }),
  });

function assessed(
  policy: ReturnType<typeof policyFor>,
  retriesOf: (arm: string, i: number) => number,
): { readonly analysis: Analysis; readonly decision: Decision } {
  const records = Array.from({ length: 4000 }, (_, i) => ({
    arm: i % 2 === 0 ? "a" : "b",
    timestamp: Date.parse("2026-01-05T00:00:00Z") + i * 3600,
    retries: retriesOf(i % 2 === 0 ? "a" : "b", i >> 1),
  }));
  const analysis = analyze(summarize(records, planFor(policy)), policy);
  return { analysis, decision: decide(analysis, policy) };
}

describe.each([1, 2] as const)("counts that are mostly 0, in %s epochs of the split", (epochs) => {
  const mostlyZero = (_arm: string, i: number): number => (i % 5 < 3 ? 0 : 1 + (i % 3));

  it.each([{ kind: "anytime" }, { kind: "fixed" }] as const)(
    "a ratio of medians that are both 0 is no ratio, and decides nothing: %s",
    (monitoring) => {
      const { analysis, decision } = assessed(policyFor(0.5, epochs, monitoring), mostlyZero);
      const metric = analysis.comparisons[0]?.metrics[0];
      expect(metric?.control.value).toBe(0);
      expect(metric?.effect).toMatchObject({ computable: false, reason: "not-identified" });
      expect(metric?.goal?.claim).toMatchObject({ computable: false });
      expect(decision.decision).not.toBe("ship");
      expect(decision.decision).not.toBe("rollback");
    },
  );

  it("a ratio of quantiles above the zeros is around 1 for equal arms", () => {
    const { analysis, decision } = assessed(policyFor(0.9, epochs), mostlyZero);
    const effect = analysis.comparisons[0]?.metrics[0]?.effect;
    if (effect === undefined || !("interval" in effect)) throw new Error("the effect must be known");
    const [lower, upper] = effect.interval as [number, number];
    expect(lower).toBeLessThanOrEqual(1);
    expect(upper).toBeGreaterThanOrEqual(1);
    expect(upper).toBeLessThan(2.01);
    expect(decision.decision).toBe("keep-running");
  });

  it("a median that becomes 0 is lower, whatever the control's", () => {
    const { analysis, decision } = assessed(policyFor(0.5, epochs), (arm, i) =>
      arm === "a" ? 2 + (i % 3) : mostlyZero(arm, i),
    );
    expect(analysis.comparisons[0]?.metrics[0]?.effect).toMatchObject({ estimate: 0 });
    expect(decision.decision).toBe("ship");
  });

  it("a ratio to a median that is as good as 0 is none either", () => {
    const { analysis } = assessed(policyFor(0.5, epochs), (arm) => (arm === "a" ? 5e-309 : 1));
    expect(analysis.comparisons[0]?.metrics[0]?.effect).toMatchObject({ computable: false, reason: "not-identified" });
  });

  it("where the treatment's failures reach beyond all values, the effect has no upper end", () => {
    const policy = definePolicy({
      ...policyFor(0.9, epochs),
      latencyOfFailures: "slowest",
      metrics: [
        {
          name: "p90",
          kind: "quantile",
          field: "latencyMs",
          probability: 0.9,
          better: "lower",
          role: "primary",
          goal: "superior",
        },
      ],
    });
    const records = Array.from({ length: 4000 }, (_, i) => ({
      arm: i % 2 === 0 ? "a" : "b",
      timestamp: Date.parse("2026-01-05T00:00:00Z") + i * 3600,
      success: i % 22 !== 1,
      latencyMs: 300 + (i % 100),
    }));
    const effect = analyze(summarize(records, planFor(policy)), policy).comparisons[0]?.metrics[0]?.effect;
    expect(effect).toMatchObject({ interval: [expect.any(Number), null] });
  });
});
