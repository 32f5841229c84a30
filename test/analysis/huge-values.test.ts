import { describe, expect, it } from "vitest";
import {
  analyze,
  decodeSummary,
  definePolicy,
  encodeSummary,
  planFor,
  type PolicyInput,
  summarize,
} from "../../src/index.ts";

const policy = definePolicy({
  control: "a",
  treatments: ["b"],
  metrics: [
    {
      name: "spend",
      kind: "mean",
      field: "cost",
      better: "lower",
      role: "primary",
      goal: "non-inferior",
      margin: { relative: 0.1 },
      rollbackWhen: { above: 1 },
    },
    {
      name: "per token",
      kind: "ratio",
      numerator: "cost",
      denominator: "outputTokens",
      better: "lower",
      role: "secondary",
    },
  ],
} satisfies PolicyInput);

describe("values whose squares no double holds", () => {
  it.each([
    ["squares too large", 1e200, 2e200],
    ["sums too large", Number.MAX_VALUE, Number.MAX_VALUE / 2],
    ["of both signs", Number.MAX_VALUE, -Number.MAX_VALUE],
  ])("%s: are kept in the summary, and their mean is not guessed at", (_what, one, other) => {
    const records = Array.from({ length: 400 }, (_, i) => ({
      arm: i % 2 === 0 ? "a" : "b",
      success: true,
      cost: i % 3 === 0 ? one : other,
      outputTokens: 10 + (i % 5),
    }));
    const summary = summarize(records, planFor(policy));
    const encoded = encodeSummary(summary);
    expect(encodeSummary(decodeSummary(encoded))).toBe(encoded);
    const metrics = analyze(decodeSummary(encoded), policy).comparisons[0]?.metrics ?? [];
    const tooLarge = {
      computable: false,
      reason: "not-identified",
      detail: "the values are so large that the sum of their squares is beyond the largest number a double holds",
    };
    expect(metrics.map(({ effect }) => effect)).toEqual([tooLarge, tooLarge]);
    expect(metrics[0]?.rules.map(({ claim }) => claim)).toEqual([tooLarge]);
    for (const { control, treatment } of metrics)
      for (const arm of [control, treatment])
        expect([arm.value === null || Number.isFinite(arm.value), arm.interval]).toEqual([true, [null, null]]);
    expect(metrics[0]?.goal?.claim).toMatchObject({ computable: false });
  });
});
