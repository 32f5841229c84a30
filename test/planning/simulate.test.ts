import { describe, expect, it } from "vitest";
import { analyze } from "../../src/analysis/analyze.ts";
import type { ArmData } from "../../src/analysis/data/arm-data.ts";
import { quantileEngine } from "../../src/analysis/metrics/quantile.ts";
import { normalQuantile } from "../../src/math/normal.ts";
import { createRandom } from "../../src/math/random.ts";
import { sampleBinomial } from "../../src/math/sampling.ts";
import { power } from "../../src/planning/power.ts";
import type { PlanningQuestion } from "../../src/planning/question.ts";
import { rampAdvice } from "../../src/planning/ramp.ts";
import { requiredSampleSize } from "../../src/planning/sample-size.ts";
import { type FieldLaw, type Scenario, scenarioFromSummary } from "../../src/planning/scenario.ts";
import { simulate, simulateRuns } from "../../src/planning/simulate.ts";
import { allocationOf, simulatedTraffic } from "../../src/planning/simulated-traffic.ts";
import { definePolicy } from "../../src/policy/define.ts";
import { canary, safeRollout } from "../../src/policy/presets.ts";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";

const laws = (success: number, median = 200): Record<string, FieldLaw> => ({
  success: { kind: "share", probability: success },
  latencyMs: { kind: "lognormal", median, sigma: 0.5 },
});
const policy = canary({ control: "a", treatments: ["b"] });
const scenario = (b: Record<string, FieldLaw>, changes: Partial<Scenario> = {}): Scenario => ({
  requestsPerPeriod: 2000,
  periods: 6,
  allocation: [{ fromPeriod: 0, weights: { a: 1, b: 1 } }],
  arms: { a: laws(0.997), b },
  ...changes,
});

describe("simulate", () => {
  it("rolls a sick canary back and leaves a healthy one alone", () => {
    const sick = simulate(policy, scenario(laws(0.95)), { runs: 30 });
    expect(sick.rollback.count).toBe(30);
    expect(sick.damage.rolledBack?.median).toBeGreaterThan(0);
    expect(simulate(policy, scenario(laws(0.997)), { runs: 30 }).rollback.count).toBe(0);
  });

  it("looks for the last time at the end of the scenario where the policy has an end", () => {
    const planned = canary({ control: "a", treatments: ["b"], requestsPerArm: 1_000_000 });
    const decided = (input: typeof planned): string[] =>
      simulateRuns(input, scenario(laws(0.997), { periods: 1 }), { runs: 3 }).map(({ decision }) => decision);
    expect(decided(planned)).toEqual(["keep-running", "keep-running", "keep-running"]);
    expect(decided({ ...planned, end: "2026-01-05T00:00:00Z" })).toEqual([
      "inconclusive",
      "inconclusive",
      "inconclusive",
    ]);
  });

  it("gives the same runs however they are divided", () => {
    const whole = simulateRuns(policy, scenario(laws(0.99)), { runs: 6, seed: 9 });
    const parts = [
      simulateRuns(policy, scenario(laws(0.99)), { runs: 2, seed: 9 }),
      simulateRuns(policy, scenario(laws(0.99)), { runs: 4, seed: 9, firstRun: 2 }),
    ].flat();
    expect(parts).toEqual(whole);
    expect(simulateRuns(policy, scenario(laws(0.99)), { runs: 6, seed: 10 })).not.toEqual(whole);
  });

  it("draws traffic of the laws it is given, also over epochs and drift", () => {
    const defined = definePolicy({ ...policy, monitoring: { kind: "anytime" } });
    const ramp = scenario(laws(0.9, 300), {
      allocation: [
        { fromPeriod: 0, weights: { a: 3, b: 1 } },
        { fromPeriod: 3, weights: { a: 1, b: 1 } },
      ],
      requestsPerPeriod: 20_000,
    });
    const traffic = simulatedTraffic(defined, ramp, createRandom(3), true);
    for (let i = 0; i < 6; i++) traffic.advance();
    const analysis = analyze(traffic.summary, { ...defined, allocation: allocationOf(defined, ramp) });
    const [success, p99] = analysis.comparisons[0]?.metrics ?? [];
    expect(success?.treatment.n).toBeGreaterThan(44_000);
    expect(success?.treatment.n).toBeLessThan(46_000);
    expect(success?.treatment.value).toBeCloseTo(0.9, 2);
    expect((p99?.treatment.value ?? 0) / (300 * Math.exp(0.5 * 2.3263))).toBeCloseTo(1, 1);
    expect(traffic.failures).toBe(Math.round((success?.treatment.n ?? 0) * (1 - (success?.treatment.value ?? 0))));
    expect(analysis.checks.sampleRatio).toMatchObject({ mismatch: false });
  });

  it("resamples a real summary's control", () => {
    const defined = definePolicy(policy);
    const traffic = simulatedTraffic(
      defined,
      scenario(laws(0.997), { requestsPerPeriod: 20_000 }),
      createRandom(5),
      false,
    );
    for (let i = 0; i < 3; i++) traffic.advance();
    const made = scenarioFromSummary(traffic.summary, defined, {
      effects: { success: 8 },
      requestsPerPeriod: 2000,
      periods: 6,
    });
    expect(made.arms["b"]?.["success"]).toMatchObject({ kind: "share" });
    expect(simulate(policy, made, { runs: 10 }).rollback.count).toBe(10);
  });

  it("advises smaller steps the more may go wrong", () => {
    const sick = scenario(laws(0.8), { requestsPerPeriod: 20_000 });
    const advice = rampAdvice(policy, sick, [0.005, 0.5], { failures: 300 }, { runs: 80 });
    expect(advice.share).toBe(0.005);
    expect(advice.steps.map(({ withinBound }) => withinBound)).toEqual([true, false]);
  });

  const refused: [string, object, RegExp][] = [
    ["an arm without laws", { arms: { a: laws(0.9) } }, /scenario\.arms\.b\.success must be a law/u],
    [
      "a split of a strange arm",
      { allocation: [{ fromPeriod: 0, weights: { a: 1, c: 1 } }] },
      /scenario\.allocation\[0\]\.weights/u,
    ],
    [
      "a split that begins late",
      { allocation: [{ fromPeriod: 2, weights: { a: 1, b: 1 } }] },
      /allocation\[0\]\.fromPeriod must be 0/u,
    ],
    ["no periods", { periods: 0 }, /scenario\.periods must be a whole number/u],
  ];
  it.each(refused)("refuses %s by name", (_name, change, message) => {
    expect(() => simulate(policy, { ...scenario(laws(0.9)), ...change })).toThrow(message);
  });
});

describe("plans of P99 are confirmed by simulation", () => {
  const latency = (sigma: number): PlanningQuestion["metric"] => ({
    kind: "quantile",
    probability: 0.99,
    distribution: { kind: "lognormal", median: 100, sigma },
  });
  const runs = 2000;
  /**
   * The planned power is asymptotic: with 17 requests of an arm above its P99, as here, it is up to this much too high.
   */
  const approximation = 0.02;
  it.each([
    [0.5, 1.2],
    [0.8, 1.3],
    [0.8, 1 / 1.3],
    [1, 1.5],
  ])("sigma %s, true ratio %s", (sigma, ratio) => {
    const question: PlanningQuestion = {
      metric: latency(sigma),
      goal: "superior",
      better: ratio < 1 ? "lower" : "higher",
      effect: { relative: ratio - 1 },
      monitoring: { kind: "fixed" },
    };
    const size = requiredSampleSize(question, 0.8);
    const n = "control" in size ? size.control : 0;
    const random = createRandom(Math.round(1000 * sigma * ratio));
    let shown = 0;
    for (let run = 0; run < runs; run++) {
      const arm = (name: string, factor: number): ArmData => {
        // Values below the 88th percentile can't matter to P99: only those above are drawn.
        const sketch = new QuantileSketch({});
        const above = sampleBinomial(random, n, 0.12);
        for (let i = 0; i < above; i++)
          sketch.add(100 * factor * Math.exp(sigma * normalQuantile(1 - 0.12 * (random() || 0.5))));
        sketch.add(50 * factor, n - above);
        return {
          arm: name,
          epochs: [{ kind: "sketch", sketch }],
          records: n,
          clusters: [],
          instances: [],
          slices: [],
          sliceMs: 1000,
          summary: undefined as never,
          statistic: 0,
          latency: null,
        };
      };
      const engine = quantileEngine(arm("a", 1), arm("b", ratio), 0.99);
      if (!("deviance" in engine)) continue;
      const { deviance, above } = engine.deviance("ratio", 1);
      if (above === ratio > 1 && Math.sqrt(deviance) >= 1.6448536269514722) shown++;
    }
    const standardError = Math.sqrt((0.8 * 0.2) / runs);
    expect(Math.abs(shown / runs - power(question, n))).toBeLessThan(approximation + 3 * standardError);
  });
});

describe("a safe rollout", () => {
  it("ships what has no effect within the planned traffic", () => {
    const safe = safeRollout({ control: "a", treatments: ["b"] });
    expect(
      simulate(
        safe,
        scenario(laws(0.998), { requestsPerPeriod: 8000, periods: 12, arms: { a: laws(0.998), b: laws(0.998) } }),
        { runs: 20 },
      ).ship.count,
    ).toBeGreaterThan(15);
  });
});
