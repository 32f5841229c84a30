import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonRatio, excessRatioDeviance, ratioInterval } from "../../../src/analysis/metrics/common-effect.ts";
import type { MeanStratum } from "../../../src/analysis/metrics/common-effect.ts";
import {
  analyze,
  decide,
  type Decision,
  definePolicy,
  isNotComputable,
  type Metric,
  planFor,
  type PolicyInput,
  requiredSampleSize,
  summarize,
} from "../../../src/index.ts";
import { buildReport, renderText } from "../../../src/report/index.ts";

/*
 * A relative effect is taken of the size of the control: 1 + (treatment - control) / |control|. Whatever the sign of
 * the control, better stays better.
 */

const terms = {
  role: "primary",
  goal: "non-inferior",
  margin: { relative: 0.1 },
  rollbackWhen: { worseBy: { relative: 0.2 } },
} as const;
const mean: Metric = { name: "score", kind: "mean", field: "score", better: "higher", ...terms };

/** Records of both arms with these values of `score`, and 1 as the denominator of ratios. */
function decided(
  control: readonly number[],
  treatment: readonly number[],
  metric: Metric = mean,
  over: Partial<PolicyInput> = {},
): Decision {
  const rows = [
    ...control.map((score) => ({ arm: "a", score, one: 1, success: score > 0 })),
    ...treatment.map((score) => ({ arm: "b", score, one: 1, success: score > 0 })),
  ];
  const policy = definePolicy({ control: "a", treatments: ["b"], minimumSampleSize: 50, metrics: [metric], ...over });
  const decision = decide(analyze(summarize(rows as never, planFor(policy)), policy), policy);
  const text = renderText(buildReport(decision, policy), { width: 200 });
  expect(text).not.toMatch(/NaN|Infinity|undefined/u);
  return decision;
}

const around = (level: number, n = 400, step = 1): number[] =>
  Array.from({ length: n }, (_, i) => level + step * ((Math.floor(i / 2) % 3) - 1));
const claimsOf = (decision: Decision): (number | null)[] =>
  (decision.comparisons[0]?.metrics ?? []).flatMap(({ goal, rules }) =>
    [goal, ...rules].map((one) => (one === null || isNotComputable(one.claim) ? null : one.claim.lnPValue)),
  );

describe("a relative margin and rule where the control's mean is below 0", () => {
  it.each([
    [-10, -5, "ship"],
    [-10, -15, "rollback"],
    [-10, -10, "ship"],
    [-10, 3, "ship"],
    [10, 15, "ship"],
    [10, 5, "rollback"],
    [10, -3, "rollback"],
  ] as const)("a score from %d to %d, higher better: %s", (from, to, verdict) => {
    expect(decided(around(from), around(to)).decision).toBe(verdict);
    expect(decided(around(from), around(to), mean, { monitoring: { kind: "fixed" } }).decision).toBe(verdict);
  });

  it("says by how much of the control's size", () => {
    const effect = decided(around(-10), around(-15)).comparisons[0]?.metrics[0]?.effect;
    expect(effect).toMatchObject({ kind: "ratio", estimate: expect.closeTo(0.5, 2) as number });
    const row = decided(around(-10), around(-5)).comparisons[0]?.table[0];
    expect(row?.improvementPercent).toBeCloseTo(50, 0);
  });

  it("holds for ratios of sums, too", () => {
    const ratio: Metric = {
      name: "profit per request",
      kind: "ratio",
      numerator: "score",
      denominator: "one",
      better: "higher",
      ...terms,
    };
    expect(decided(around(-10), around(-5), ratio).decision).toBe("ship");
    expect(decided(around(-10), around(-15), ratio).decision).toBe("rollback");
  });

  it("mirrored values with a mirrored direction, and values in another unit, decide the same", () => {
    const level = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(level, level, fc.double({ min: 0.01, max: 1000, noNaN: true }), (from, to, unit) => {
        const [control, treatment] = [around(from, 120), around(to, 120)];
        const plain = decided(control, treatment);
        const mirrored = decided(
          control.map((x) => -x),
          treatment.map((x) => -x),
          { ...mean, better: "lower" },
        );
        const scaled = decided(
          control.map((x) => unit * x),
          treatment.map((x) => unit * x),
        );
        for (const other of [mirrored, scaled]) {
          expect(other.decision).toBe(plain.decision);
          for (const [index, ln] of claimsOf(plain).entries())
            expect(claimsOf(other)[index]).toBeCloseTo(ln as number, 5);
        }
        const none = plain.comparisons[0]?.metrics[0];
        // What is better by its mean is never rolled back.
        if (none !== undefined && (none.treatment.value as number) >= (none.control.value as number))
          expect(plain.decision).not.toBe("rollback");
      }),
      { numRuns: 60 },
    );
  });
});

describe("a relative rule where the control is 0, or can't be told from 0", () => {
  it("a mean cost of 0 against one of 5 is decided", () => {
    const cost: Metric = { ...mean, better: "lower" };
    expect(decided(around(0, 400, 0), around(5), cost).decision).toBe("rollback");
    expect(decided(around(0, 400, 0), around(-5), cost).decision).toBe("ship");
    expect(decided(around(0.01, 400, 0.06), around(3), cost).decision).toBe("rollback");
    // Nothing can be said of a relative effect where both are about 0.
    expect(decided(around(0.01), around(0.02), cost).decision).toBe("keep-running");
  });

  it.each([
    ["proportion", 0, 91, "rollback"],
    ["proportion", 0, 0, "keep-running"],
    ["proportion", 91, 0, "ship"],
  ] as const)("an error share of %s %d of 20,000 against %d: %s", (kind, a, b, verdict) => {
    const share = (n: number): number[] => Array.from({ length: 20_000 }, (_, i) => (i < n ? 1 : -1));
    const errors: Metric = {
      ...terms,
      name: "error_rate",
      kind,
      field: "success",
      better: "lower",
      rollbackWhen: { worseBy: { relative: 0.5 } },
    };
    expect(decided(share(a), share(b), errors).decision).toBe(verdict);
    const fixed = decided(share(a), share(b), errors, { monitoring: { kind: "fixed" } });
    const claim = fixed.comparisons[0]?.metrics[0]?.rules[0]?.claim;
    if (a === 0 && b > 0)
      expect(claim !== undefined && !isNotComputable(claim) ? claim.pValue : 1).toBeLessThan(6.5e-21);
  });

  it("a P99 of 0 against one of 300 is decided, and one that lies among failures slower than all", () => {
    const p99: Metric = { ...terms, name: "p99", kind: "quantile", field: "score", probability: 0.9, better: "lower" };
    const cached = around(0, 2000, 0);
    expect(decided(cached, around(300, 2000), p99).decision).toBe("rollback");
    expect(decided(around(300, 2000), cached, p99).decision).toBe("ship");
    const rows = (arm: string, failing: number): unknown[] =>
      Array.from({ length: 2000 }, (_, i) => ({ arm, success: i % 100 >= failing, latencyMs: 100 + (i % 7) }));
    const latency: Metric = { ...p99, field: "latencyMs" } as Metric;
    const policy = definePolicy({
      control: "a",
      treatments: ["b"],
      minimumSampleSize: 50,
      latencyOfFailures: "slowest",
      metrics: [latency],
    });
    const decision = decide(
      analyze(summarize([...rows("a", 0), ...rows("b", 30)] as never, planFor(policy)), policy),
      policy,
    );
    expect(decision.decision).toBe("rollback");
  });
});

describe("the ratio of several epochs", () => {
  const estimate = (value: number, variance: number): MeanStratum["control"] => ({
    n: 100,
    value,
    spread: 100 * variance,
    variance,
  });
  const mean_ = fc.double({ min: -10, max: 10, noNaN: true });
  const variance = fc.double({ min: 0.01, max: 4, noNaN: true });
  const stratum = fc
    .tuple(mean_, variance, mean_, variance)
    .map(([c, vc, t, vt]): MeanStratum => ({ control: estimate(c, vc), treatment: estimate(t, vt) }));
  /** The nearest means that have the ratio, searched for among many. */
  const slow = ({ control, treatment }: MeanStratum, ratio: number): number => {
    let least = Infinity;
    for (let i = -4000; i <= 4000; i++) {
      const c = (i / 4000) * 40;
      const t = c + (ratio - 1) * Math.abs(c);
      const misfit = (control.value - c) ** 2 / control.variance + (treatment.value - t) ** 2 / treatment.variance;
      least = Math.min(least, misfit);
    }
    return least;
  };

  it("fits as the nearest means that have it, whatever the signs", () => {
    fc.assert(
      fc.property(stratum, fc.double({ min: -3, max: 5, noNaN: true }), (one, ratio) => {
        const found = excessRatioDeviance([one], ratio);
        expect(found).toBeGreaterThanOrEqual(0);
        // The grid of the slow search is 0.01 apart.
        expect(found).toBeLessThanOrEqual(slow(one, ratio) + 1e-6);
        expect(slow(one, ratio)).toBeLessThanOrEqual(found + 0.15 * (1 + Math.sqrt(found)));
      }),
      { numRuns: 200 },
    );
  });

  it("lies in its interval", () => {
    fc.assert(
      fc.property(fc.array(stratum, { minLength: 1, maxLength: 3 }), (strata) => {
        const best = commonRatio(strata);
        fc.pre(Number.isFinite(best) && Math.abs(best) < 1e6);
        expect(excessRatioDeviance(strata, best)).toBeLessThan(1e-6);
        const [lower, upper] = ratioInterval(strata, 2);
        expect(lower).toBeLessThanOrEqual(best);
        expect(upper).toBeGreaterThanOrEqual(best);
      }),
      { numRuns: 200 },
    );
  });
});

describe("planning with a mean below 0", () => {
  const question = {
    better: "higher",
    goal: "non-inferior",
    margin: { relative: 0.1 },
    monitoring: { kind: "fixed" },
  } as const;

  it("needs as many requests as its mirror image", () => {
    const above = requiredSampleSize({
      ...question,
      metric: { kind: "mean", mean: 10, standardDeviation: 3 },
      better: "lower",
    });
    const below = requiredSampleSize({ ...question, metric: { kind: "mean", mean: -10, standardDeviation: 3 } });
    expect(below).toEqual(above);
    const better = requiredSampleSize({
      ...question,
      metric: { kind: "mean", mean: -10, standardDeviation: 3 },
      effect: { relative: 0.05 },
    });
    expect((better as { total: number }).total).toBeLessThan((below as { total: number }).total);
  });

  it("asks for an absolute margin where the mean is 0", () => {
    expect(() => requiredSampleSize({ ...question, metric: { kind: "mean", mean: 0, standardDeviation: 3 } })).toThrow(
      /State them as absolute/u,
    );
  });
});
