import { describe, expect, it } from "vitest";
import { armData } from "../../../src/analysis/data/arm-data.ts";
import { engineFor } from "../../../src/analysis/metrics/engine-for.ts";
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

function engineOf(metric: Metric, unitOf: (arm: string, i: number) => string): ReturnType<typeof engineFor> {
  const records = Array.from({ length: 400 }, (_, i): RequestRecord => {
    const arm = i % 2 === 0 ? "a" : "b";
    return { arm, unit: unitOf(arm, i), success: i % 7 !== 0, latencyMs: 100 + (i % 13) };
  });
  const summary = summarize(records, planFor(policy));
  return engineFor(metric, armData(summary, metric, "a"), armData(summary, metric, "b"));
}

describe("units of shares and quantiles", () => {
  it.each(metrics.flatMap((metric) => ["a", "b"].map((alone) => [metric.kind, alone, metric] as const)))(
    "%s: one unit in %s says nothing of how units differ",
    (_kind, alone, metric) => {
      expect(engineOf(metric, (arm, i) => (arm === alone ? "only" : `u${i % 40}`))).toEqual({
        computable: false,
        reason: "too-few-units",
        detail: "1 unit in the arm; at least 2 are needed to see how units differ",
      });
    },
  );

  it.each(metrics.map((metric) => [metric.kind, metric] as const))(
    "%s: two units in each arm are two degrees of freedom",
    (_kind, metric) => {
      const engine = engineOf(metric, (arm, i) => `${arm}${Math.floor(i / 2) % 2}`);
      if (isNotComputable(engine)) throw new Error(engine.detail);
      expect(engine.degreesOfFreedom).toBe(2);
      expect(engine.arms.control.designEffect).toBeGreaterThanOrEqual(1);
    },
  );
});
