import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/math/random.ts";
import { sampleBinomial, sampleExponential, sampleGamma, sampleNormal } from "../../../src/math/sampling.ts";
import { clusteredMeanTest } from "../../../src/stats/means/clustered-means.ts";
import { cupedTest, regressionAdjustedTest } from "../../../src/stats/means/cuped.ts";
import { mannWhitneyTest } from "../../../src/stats/means/mann-whitney.ts";
import { permutationTest } from "../../../src/stats/means/permutation.ts";
import { ratioMetricTest } from "../../../src/stats/means/ratio-metric.ts";
import { momentsOf, pairMomentsOf } from "../../../src/stats/means/sample-moments.ts";
import { welchTest } from "../../../src/stats/means/welch.ts";
import { winsorisedMeanTest } from "../../../src/stats/means/winsorised.ts";
import { mcnemarTest } from "../../../src/stats/proportions/mcnemar.ts";
import { newcombeInterval } from "../../../src/stats/proportions/newcombe.ts";
import { miettinenNurminenInterval } from "../../../src/stats/proportions/score-difference.ts";
import { pairedQuantileDifference } from "../../../src/stats/quantiles/paired-quantiles.ts";
import { quantileRatio } from "../../../src/stats/quantiles/quantile-comparison.ts";
import { computed } from "./vectors.ts";

/** Four Monte-Carlo standard errors of a rate near 5 %. */
const noise = (runs: number): number => 4 * Math.sqrt((0.05 * 0.95) / runs);
const rate = (runs: number, hit: () => boolean): number => {
  let hits = 0;
  for (let run = 0; run < runs; run += 1) if (hit()) hits += 1;
  return hits / runs;
};
const many = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const misses = (interval: readonly [number, number], truth: number): boolean =>
  truth < interval[0] || truth > interval[1];

describe("seeded simulations at 5 %", () => {
  it("difference intervals miss about 5 % at 99.7 % success", () => {
    const random = createRandom(1);
    const runs = 1000;
    for (const interval of [newcombeInterval, miettinenNurminenInterval]) {
      const missed = rate(runs, () => {
        const arm = (p: number): { successes: number; trials: number } => ({
          successes: sampleBinomial(random, 4000, p),
          trials: 4000,
        });
        return misses(computed(interval(arm(0.997), arm(0.994))).interval, -0.003);
      });
      expect(Math.abs(missed - 0.05)).toBeLessThan(noise(runs) + 0.01);
    }
  });

  it("the permutation test holds its level at unequal sizes and spreads a shift", () => {
    const random = createRandom(2);
    const runs = 400;
    const rejected = rate(
      runs,
      () =>
        computed(
          permutationTest(
            many(60, () => sampleExponential(random)),
            many(8, () => sampleExponential(random)),
            { random, permutations: 199 },
          ),
        ).pValue <= 0.05,
    );
    expect(Math.abs(rejected - 0.05)).toBeLessThan(noise(runs));
    const found = rate(
      100,
      () =>
        computed(
          permutationTest(
            many(60, () => sampleExponential(random)),
            many(20, () => 2.5 * sampleExponential(random)),
            { random, permutations: 199 },
          ),
        ).pValue <= 0.05,
    );
    expect(found).toBeGreaterThan(0.6);
  });

  it("Mann-Whitney, Welch, winsorised and ratio tests hold their level", () => {
    const random = createRandom(3);
    const runs = 400;
    const lognormal = (): number => Math.exp(0.7 * sampleNormal(random));
    const tests: Record<string, () => number> = {
      mannWhitney: () => computed(mannWhitneyTest(many(40, lognormal), many(90, lognormal))).pValue,
      rounded: () =>
        computed(
          mannWhitneyTest(
            many(40, () => Math.round(lognormal())),
            many(90, () => Math.round(lognormal())),
          ),
        ).pValue,
      welch: () =>
        computed(
          welchTest(
            momentsOf(many(60, () => 5 + sampleNormal(random))),
            momentsOf(many(30, () => 5 + 3 * sampleNormal(random))),
          ),
        ).pValue,
      winsorised: () => computed(winsorisedMeanTest(many(200, lognormal), many(150, lognormal))).pValue,
      ratio: () => {
        const arm = (): ReturnType<typeof pairMomentsOf> => {
          const sizes = many(200, () => 1 + Math.floor(10 * random()));
          return pairMomentsOf(
            sizes.map((n) => sampleGamma(random, 2 * n)),
            sizes,
          );
        };
        return computed(ratioMetricTest(arm(), arm())).pValue;
      },
    };
    for (const [name, p] of Object.entries(tests))
      expect(Math.abs(rate(runs, () => p() < 0.05) - 0.05), name).toBeLessThan(noise(runs));
  });

  it("covariate adjustment holds its level, and narrows the interval", () => {
    const random = createRandom(4);
    const runs = 400;
    const arm = (n: number): ReturnType<typeof pairMomentsOf> => {
      const x = many(n, () => sampleNormal(random));
      return pairMomentsOf(
        x,
        x.map((value) => 3 + 0.8 * value + 0.6 * sampleNormal(random)),
      );
    };
    for (const test of [cupedTest, regressionAdjustedTest]) {
      let reduction = 0;
      const rejected = rate(runs, () => {
        const result = computed(test(arm(120), arm(60)));
        reduction += result.varianceReduction / runs;
        return result.pValue < 0.05;
      });
      expect(Math.abs(rejected - 0.05)).toBeLessThan(noise(runs));
      expect(Math.abs(reduction - 0.64)).toBeLessThan(0.02);
    }
  });

  it("clustered tests hold their level where request-level ones don't, down to 12 units of unequal size", () => {
    const random = createRandom(5);
    const runs = 400;
    const arm = (): { units: { total: number; weight: number }[]; values: number[] } => {
      const values: number[] = [];
      const units = Array.from({ length: 12 }, () => {
        const weight = 10 + Math.floor(90 * random());
        const level = sampleNormal(random);
        const own = many(weight, () => 20 + level + 2 * sampleNormal(random));
        values.push(...own);
        return { total: own.reduce((a, b) => a + b, 0), weight };
      });
      return { units, values };
    };
    let naive = 0;
    const rejected = rate(runs, () => {
      const [c, t] = [arm(), arm()];
      if (computed(welchTest(momentsOf(c.values), momentsOf(t.values))).pValue < 0.05) naive += 1 / runs;
      return computed(clusteredMeanTest(c, t)).pValue < 0.05;
    });
    expect(Math.abs(rejected - 0.05)).toBeLessThan(noise(runs));
    expect(naive).toBeGreaterThan(0.3);
  });

  it("quantile ratios cover, smooth and rounded to whole milliseconds", () => {
    const random = createRandom(6);
    const runs = 250;
    for (const round of [(x: number) => x, Math.round]) {
      const latency = (): number => round(100 * Math.exp(0.5 * sampleNormal(random)));
      expect(
        rate(runs, () =>
          misses(computed(quantileRatio(many(2000, latency), many(2000, latency), { probability: 0.95 })).interval, 1),
        ),
      ).toBeLessThan(0.05 + noise(runs));
    }
  });

  it("paired methods hold their level and use the correlation", () => {
    const random = createRandom(7);
    const runs = 250;
    let [paired, unpaired] = [0, 0];
    const missed = rate(runs, () => {
      const base = many(1500, () => sampleNormal(random));
      const [c, t] = [0, 1].map(
        () => base.map((x) => Math.exp(0.5 * (0.95 * x + 0.3 * sampleNormal(random)))) as number[],
      ) as [number[], number[]];
      const own = computed(pairedQuantileDifference(c, t, { probability: 0.9 })).interval;
      const shuffled = computed(pairedQuantileDifference(c, [...t].reverse(), { probability: 0.9 })).interval;
      paired += own[1] - own[0];
      unpaired += shuffled[1] - shuffled[0];
      return misses(own, 0);
    });
    expect(Math.abs(missed - 0.05)).toBeLessThan(noise(runs));
    expect(paired / unpaired).toBeLessThan(0.75);
    for (const method of ["exact", "mid-p", "asymptotic"] as const) {
      const rejected = rate(1500, () => {
        const discordant = sampleBinomial(random, 400, 0.2);
        const onlyControl = sampleBinomial(random, discordant, 0.5);
        return (
          computed(
            mcnemarTest(
              { bothSucceeded: 400 - discordant, onlyControl, onlyTreatment: discordant - onlyControl, bothFailed: 0 },
              { method },
            ),
          ).pValue <= 0.05
        );
      });
      expect(rejected).toBeLessThan(0.05 + noise(1500));
      expect(rejected).toBeGreaterThan(method === "exact" ? 0.02 : 0.03);
    }
  });
});
