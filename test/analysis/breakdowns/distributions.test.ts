import { describe, expect, it } from "vitest";
import { armDistributions, quantileEffects } from "../../../src/analysis/breakdowns/distributions.ts";
import {
  createRandom,
  definePolicy,
  planFor,
  type QuantileMetric,
  type RequestRecord,
  sampleNormal,
  summarize,
} from "../../../src/index.ts";

const metric = {
  name: "p50",
  kind: "quantile",
  field: "latencyMs",
  probability: 0.5,
  better: "lower",
  role: "primary",
  goal: "superior",
} as const satisfies QuantileMetric;
const change = "2026-01-05T02:00:00.000Z";
const policy = definePolicy({
  control: "a",
  treatments: ["b", "c"],
  metrics: [metric],
  allocation: [
    { from: null, weights: { a: 1, b: 1, c: 1 } },
    { from: change, weights: { a: 2, b: 1, c: 1 } },
  ],
});

describe("distributions of arms", () => {
  const random = createRandom(9);
  const values: Record<string, number[]> = { a: [], b: [] };
  const records = Array.from({ length: 3000 }, (_, i): RequestRecord => {
    const arm = i % 3 === 0 ? "b" : "a";
    const latencyMs = (arm === "b" ? 120 : 100) * Math.exp(0.4 * sampleNormal(random));
    values[arm]?.push(latencyMs);
    return { arm, timestamp: Date.parse(change) + (i - 1500) * 1000, success: true, latencyMs };
  });
  // An arm whose requests all lack the value has none.
  const summary = summarize(
    [...records, { arm: "c", timestamp: Date.parse(change), success: false, latencyMs: null }],
    planFor(policy),
  );

  it("hold all values of both epochs, in 8 bins a doubling, control first, and only arms that have values", () => {
    const found = armDistributions(summary, metric, [0.5, 0.99]);
    expect(found.map(({ arm, n }) => [arm, n])).toEqual([
      ["a", 2000],
      ["b", 1000],
    ]);
    for (const { arm, bins, quantiles } of found) {
      const own = values[arm] as number[];
      const sorted = [...own].sort((a, b) => a - b);
      expect(bins.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      for (const { lower, upper, share } of bins) {
        expect(upper / lower).toBeLessThan(2 ** (1 / 8) + 1e-9);
        const inside = own.filter((value) => value > lower && value <= upper).length + (sorted[0] === lower ? 1 : 0);
        expect(Math.round(share * own.length)).toBe(inside);
      }
      expect(quantiles.map(({ probability }) => probability)).toEqual([0.5, 0.99]);
      for (const { probability, value } of quantiles)
        expect(Math.abs(Math.log(value / (sorted[Math.ceil(probability * own.length) - 1] as number)))).toBeLessThan(
          0.01,
        );
    }
    expect(armDistributions(summary, metric, [])[0]?.quantiles).toEqual([]);
  });

  it("are compared quantile by quantile", () => {
    const effects = quantileEffects(summary, policy, metric, "b", [0.25, 0.75]);
    expect(effects.map(({ probability }) => probability)).toEqual([0.25, 0.75]);
    for (const { effect, control } of effects) {
      expect(effect).toMatchObject({ kind: "ratio" });
      const { estimate, interval } = effect as { estimate: number; interval: readonly [number, number] };
      expect(Math.abs(estimate - 1.2)).toBeLessThan(0.08);
      expect(interval[0]).toBeLessThan(estimate);
      expect(control.interval[0]).toBeLessThan(control.value as number);
    }
    expect(effects[0]?.control.value).toBeLessThan(effects[1]?.control.value as number);
  });
});
