import { describe, expect, it } from "vitest";
import { exactEffect, exactEquality, exactShare, smallCountsOf } from "../../../src/analysis/metrics/small-counts.ts";
import { assess, canary, type Decision, type PolicyInput, safeRollout } from "../../../src/index.ts";
import { binomialProbability } from "../../../src/math/binomial.ts";

const of = (successes: number, trials: number): { successes: number; trials: number } => ({ successes, trials });

/** 500 requests of the control, 7 of which failed, and one of the canary, which failed. */
const oneFailure = [
  ...Array.from({ length: 500 }, (_, i) => ({ arm: "v1", success: i >= 7, latencyMs: 100 + (i % 50), region: "eu" })),
  { arm: "v2", success: false, latencyMs: 120, region: "eu" },
];

function decisionOf(policy: PolicyInput): Decision {
  return assess(oneFailure, policy);
}

describe("counts too small for formulas of large samples", () => {
  it("are those that expect fewer than 5 of the rarer outcome in an arm", () => {
    expect(smallCountsOf(of(493, 500), of(0, 1))).toBeDefined();
    expect(smallCountsOf(of(990, 1000), of(990, 1000))).toBeUndefined();
    expect(smallCountsOf(of(996, 1000), of(996, 1000))).toBeDefined();
    expect(smallCountsOf(of(0, 0), of(1, 2))).toBeUndefined();
  });

  it("one canary request that failed against 7 of 500: p = 8 / 501, at every place that shows it", () => {
    expect(exactEquality({ control: of(493, 500), treatment: of(0, 1) }).pValue).toBeCloseTo(8 / 501, 12);
    const arms = { control: "v1", treatments: ["v2"] };
    for (const policy of [
      { ...canary({ ...arms, requestsPerArm: 10_000 }), segments: ["region"] },
      { ...safeRollout(arms), monitoring: { kind: "fixed" }, minimumSampleSize: 1, segments: ["region"] },
    ] as PolicyInput[]) {
      const [comparison] = decisionOf(policy).comparisons;
      const metric = comparison?.metrics[0];
      expect(metric?.fixedHorizon).toMatchObject({ test: "fisher-exact" });
      expect((metric?.fixedHorizon as { pValue: number }).pValue).toBeCloseTo(8 / 501, 12);
      expect(comparison?.segments[0]?.segments[0]?.pValue).toBeCloseTo(8 / 501, 12);
      // One request does not bound the share of its version below 98.75 %.
      expect(metric?.effect).toMatchObject({ method: "clopper-pearson-rectangle" });
      expect((metric?.effect as { interval: readonly number[] }).interval[1]).toBeGreaterThan(0);
      expect(comparison?.table[0]?.difference?.interval).toEqual((metric?.effect as { interval: unknown }).interval);
    }
  });

  it("agree with R's fisher.test and binom.test", () => {
    // fisher.test(matrix(c(3, 1, 1, 3), 2))$p.value; binom.test(0, 10)$conf.int; binom.test(2, 20)$conf.int
    expect(exactEquality({ control: of(3, 4), treatment: of(1, 4) }).pValue).toBeCloseTo(0.4857142857142857, 12);
    expect(exactShare(of(0, 10), 0.05)[1]).toBeCloseTo(0.3084971, 7);
    expect(exactShare(of(2, 20), 0.05)[0]).toBeCloseTo(0.01234853, 7);
    expect(exactShare(of(2, 20), 0.05)[1]).toBeCloseTo(0.316983, 6);
  });

  it.each([
    [8, 0.02, 30, 0.02],
    [1, 0.5, 40, 0.01],
    [12, 0.001, 12, 0.2],
  ])("the interval of the difference covers it in 95 of 100 outcomes: %d at %d against %d at %d", (n, p, m, q) => {
    let covered = 0;
    for (let a = 0; a <= m; a++)
      for (let b = 0; b <= n; b++) {
        const [lower, upper] = exactEffect({ control: of(a, m), treatment: of(b, n) }, "difference", 0.05);
        if (lower <= p - q && upper >= p - q) covered += binomialProbability(a, m, q) * binomialProbability(b, n, p);
      }
    expect(covered).toBeGreaterThanOrEqual(0.95);
  });
});
