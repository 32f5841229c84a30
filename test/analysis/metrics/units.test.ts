import { describe, expect, it } from "vitest";
import { armData } from "../../../src/analysis/data/arm-data.ts";
import type { Dependence } from "../../../src/analysis/data/dependence.ts";
import { dependentEngine } from "../../../src/analysis/metrics/dependent-engine.ts";
import {
  definePolicy,
  isNotComputable,
  type Metric,
  planFor,
  type RequestRecord,
  summarize,
} from "../../../src/index.ts";

const metrics = [
  { name: "success", kind: "proportion", field: "success", better: "higher", role: "primary", goal: "superior" },
  { name: "slow", kind: "exceedance", field: "latencyMs", threshold: 105, better: "lower", role: "secondary" },
  { name: "p50", kind: "quantile", field: "latencyMs", probability: 0.5, better: "lower", role: "secondary" },
] as const satisfies readonly Metric[];
const policy = definePolicy({ control: "a", treatments: ["b"], unit: "user", metrics });

function dependenceOf(metric: Metric, unitOf: (arm: string, i: number) => string): Dependence {
  const records = Array.from({ length: 400 }, (_, i): RequestRecord => {
    const arm = i % 2 === 0 ? "a" : "b";
    return { arm, unit: unitOf(arm, i), success: i % 7 !== 0, latencyMs: 100 + 40 * (i % 13) };
  });
  const summary = summarize(records, planFor(policy));
  return dependentEngine(metric, policy, armData(summary, metric, "a"), armData(summary, metric, "b")).dependence;
}

describe("units of shares and quantiles", () => {
  it.each(metrics.flatMap((metric) => ["a", "b"].map((alone) => [metric.kind, alone, metric] as const)))(
    "%s: one unit in %s says nothing of how units differ",
    (_kind, alone, metric) => {
      expect(dependenceOf(metric, (arm, i) => (arm === alone ? "only" : `u${i % 40}`)).effect).toEqual({
        computable: false,
        reason: "too-few-units",
        detail:
          `at least 2 units per arm are needed to tell the version from them: ` +
          `a has ${alone === "a" ? 1 : 20}, b has ${alone === "b" ? 1 : 20}`,
      });
    },
  );

  it.each(metrics.map((metric) => [metric.kind, metric] as const))(
    "%s: two units in each arm are at most two degrees of freedom",
    (_kind, metric) => {
      const { effect, designEffect } = dependenceOf(metric, (arm, i) => `${arm}${Math.floor(i / 2) % 2}`);
      if (isNotComputable(effect)) throw new Error(effect.detail);
      expect(effect).toHaveLength(1);
      expect(effect[0]?.degreesOfFreedom).toBeGreaterThanOrEqual(1);
      expect(effect[0]?.degreesOfFreedom).toBeLessThanOrEqual(2);
      expect(designEffect?.control).toBeGreaterThanOrEqual(1);
    },
  );
});
