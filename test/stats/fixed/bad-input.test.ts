import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/math/random.ts";
import { clusteredMeanTest, clusteredProportionTest } from "../../../src/stats/means/clustered-means.ts";
import { cupedTest, regressionAdjustedTest } from "../../../src/stats/means/cuped.ts";
import { mannWhitneyTest } from "../../../src/stats/means/mann-whitney.ts";
import { pairedDifferenceMoments, pairedTTest } from "../../../src/stats/means/paired-t.ts";
import { permutationTest } from "../../../src/stats/means/permutation.ts";
import { ratioMetricTest } from "../../../src/stats/means/ratio-metric.ts";
import { momentsOf, pairMomentsOf } from "../../../src/stats/means/sample-moments.ts";
import { meanRatioTest, welchTest } from "../../../src/stats/means/welch.ts";
import { winsorisedMeanTest } from "../../../src/stats/means/winsorised.ts";
import { agrestiCaffoInterval } from "../../../src/stats/proportions/agresti-caffo.ts";
import { agrestiCoullInterval } from "../../../src/stats/proportions/agresti-coull.ts";
import { barnardTest } from "../../../src/stats/proportions/barnard.ts";
import { boschlooTest } from "../../../src/stats/proportions/boschloo.ts";
import { goodnessOfFitTest, homogeneityTest } from "../../../src/stats/proportions/chi-square.ts";
import { clopperPearsonInterval } from "../../../src/stats/proportions/clopper-pearson.ts";
import { conditionalOddsRatio } from "../../../src/stats/proportions/conditional-odds-ratio.ts";
import { proportionEquivalenceTest } from "../../../src/stats/proportions/equivalence.ts";
import { fisherTest } from "../../../src/stats/proportions/fisher.ts";
import { jeffreysInterval } from "../../../src/stats/proportions/jeffreys.ts";
import { katzInterval } from "../../../src/stats/proportions/katz.ts";
import { mcnemarTest } from "../../../src/stats/proportions/mcnemar.ts";
import { newcombeInterval } from "../../../src/stats/proportions/newcombe.ts";
import {
  farringtonManningTest,
  meeInterval,
  miettinenNurminenInterval,
} from "../../../src/stats/proportions/score-difference.ts";
import { koopmanInterval, scoreOddsRatioInterval } from "../../../src/stats/proportions/score-ratio.ts";
import { twoProportionZTest } from "../../../src/stats/proportions/two-proportion-z.ts";
import { wilsonInterval } from "../../../src/stats/proportions/wilson.ts";
import { woolfInterval } from "../../../src/stats/proportions/woolf.ts";
import { clusteredQuantileInterval } from "../../../src/stats/quantiles/clustered-quantile.ts";
import { pairedChangeQuantile } from "../../../src/stats/quantiles/paired-quantiles.ts";
import { quantileRatio } from "../../../src/stats/quantiles/quantile-comparison.ts";
import { quantileInterval, quantileRanks } from "../../../src/stats/quantiles/quantile-interval.ts";

const good = { successes: 3, trials: 10 };
const twoArm = {
  twoProportionZTest,
  agrestiCaffoInterval,
  newcombeInterval,
  miettinenNurminenInterval,
  meeInterval,
  farringtonManningTest,
  katzInterval,
  koopmanInterval,
  woolfInterval,
  scoreOddsRatioInterval,
  conditionalOddsRatio,
  fisherTest,
  barnardTest,
  boschlooTest,
};
const differences = {
  twoProportionZTest,
  agrestiCaffoInterval,
  farringtonManningTest,
  miettinenNurminenInterval,
  meeInterval,
};

describe.each(Object.entries(differences))("%s, asked about a difference,", (_, test) => {
  it.each([-1, 1, -2, 2, NaN])("refuses %d", (nullDifference) => {
    expect(() => test(good, good, { nullDifference } as never)).toThrow(/nullDifference must be .* current value is/u);
  });

  it.each([-0.999, 0.999])("takes %d", (nullDifference) => {
    expect(
      test({ successes: 500, trials: 1000 }, { successes: 400, trials: 1000 }, {
        nullDifference,
        ...(test === twoProportionZTest ? { variance: "unpooled" } : {}),
      } as never),
    ).toMatchObject({ computable: true });
  });
});

describe.each(Object.entries(twoArm))("%s tells", (_, test) => {
  it("what it assumes and promises", () => {
    const result = test(good, { successes: 5, trials: 12 });
    expect(result).toMatchObject({
      computable: true,
      assumptions: expect.arrayContaining([expect.any(String)]) as unknown,
      guarantee: expect.stringMatching(/^(?:exact|asymptotic)/u) as unknown,
      method: expect.any(String) as unknown,
    });
  });
});

const oneArm = { wilsonInterval, clopperPearsonInterval, jeffreysInterval, agrestiCoullInterval };

describe.each(Object.entries(oneArm))("%s tells", (_, test) => {
  it("what it assumes and promises", () => {
    expect(test(good)).toMatchObject({
      computable: true,
      assumptions: expect.arrayContaining([expect.any(String)]) as unknown,
      guarantee: expect.stringMatching(/^(?:exact|asymptotic)/u) as unknown,
      method: expect.any(String) as unknown,
    });
  });
});

describe.each(Object.entries(twoArm))("%s refuses", (_, test) => {
  it.each([
    [{ successes: 11, trials: 10 }, "control.successes must be at most control.trials (10), current value is 11"],
    [
      { successes: -1, trials: 10 },
      "control.successes must be a non-negative integer up to 2^53 - 1, current value is -1",
    ],
    [{ successes: 1.5, trials: 10 }, "control.successes must be a non-negative integer"],
    [
      { successes: NaN, trials: 10 },
      "control.successes must be a non-negative integer up to 2^53 - 1, current value is NaN",
    ],
    [{ successes: 1, trials: Infinity }, "control.trials must be a non-negative integer"],
  ])("counts %o", (bad, message) => {
    expect(() => test(bad, good)).toThrow(RangeError);
    expect(() => test(bad, good)).toThrow(message);
    expect(() => test(good, bad)).toThrow(message.replaceAll("control", "treatment"));
  });
  it("counts that are text, levels and alternatives that don't exist", () => {
    expect(() => test({ successes: "3" as unknown as number, trials: 10 }, good)).toThrow(TypeError);
    for (const level of [0, 1, -0.5, 2, NaN])
      expect(() => test(good, good, { level })).toThrow("level must be a number strictly between 0 and 1");
    expect(() => test(good, good, { alternative: "larger" as "less" })).toThrow(
      'alternative must be one of "two-sided", "less", "greater", current value is "larger"',
    );
  });
  it("nothing when an arm is empty, but says so", () => {
    expect(test({ successes: 0, trials: 0 }, good)).toMatchObject({ computable: false, reason: "no-data" });
    expect(test(good, { successes: 0, trials: 0 })).toMatchObject({ computable: false, reason: "no-data" });
  });
  it("no zero cell: every outcome is a number or typed, never NaN", () => {
    for (const [a, b] of [
      [0, 0],
      [0, 4],
      [4, 0],
      [10, 10],
      [10, 3],
      [3, 10],
      [0, 10],
      [10, 0],
    ] as const) {
      const result = test({ successes: a, trials: 10 }, { successes: b, trials: 10 });
      if (!result.computable) {
        expect(result.detail).toContain("successes of 10");
        continue;
      }
      for (const value of Object.values(result).flat())
        if (typeof value === "number") expect(value, `${a} ${b}`).not.toBeNaN();
      expect(result.interval[0]).toBeLessThanOrEqual(result.interval[1]);
    }
  });
});

describe.each(Object.entries(oneArm))("%s refuses", (_, interval) => {
  it("bad counts and levels, and has nothing to say without trials", () => {
    expect(() => interval({ successes: 2, trials: 1 })).toThrow(
      "counts.successes must be at most counts.trials (1), current value is 2",
    );
    expect(() => interval(good, { level: 1 })).toThrow("level must be");
    expect(interval({ successes: 0, trials: 0 })).toMatchObject({ computable: false, reason: "no-data" });
  });
});

describe("further bad input", () => {
  const pairs = pairMomentsOf([1, 2, 4], [2, 3, 5]);
  const random = createRandom(1);
  it.each([
    [
      () => twoProportionZTest(good, good, { nullDifference: 0.1 }),
      'nullDifference must be zero with variance "pooled", current value is 0.1. Use variance "unpooled" or ' +
        "farringtonManningTest",
    ],
    [
      () => farringtonManningTest(good, good, { nullDifference: -1 }),
      "nullDifference must be a number strictly between -1 and 1, current value is -1",
    ],
    [
      () => koopmanInterval(good, good, { nullRatio: 0 }),
      "nullRatio must be a positive finite number, current value is 0",
    ],
    [() => wilsonInterval(good, { nullProportion: 1 }), "nullProportion must be"],
    [
      () => proportionEquivalenceTest(good, good, [0.1, -0.1]),
      "margins must be a lower and a larger upper end, current value is [0.1,-0.1]",
    ],
    [() => proportionEquivalenceTest(good, good, [-0.1, 0.1], 0.5), "alpha must be less than 0.5"],
    [() => goodnessOfFitTest([1, 2], [3]), "expected must be as long as observed (2)"],
    [() => goodnessOfFitTest([1, -2], [1, 1]), "observed[1] must be a non-negative finite number, current value is -2"],
    [
      () => homogeneityTest([good, { successes: 4, trials: 3 }]),
      "arms[1].successes must be at most arms[1].trials (3)",
    ],
    [() => momentsOf([1, NaN]), "values[1] must be a finite number, current value is NaN"],
    [() => pairMomentsOf([1, 2], [1]), "y.length must be the 2 of the other sample, current value is 1"],
    [
      () => welchTest({ count: 3, mean: 1, variance: -1 }, { count: 3, mean: 1, variance: 1 }),
      "control.variance must be a non-negative finite number, current value is -1",
    ],
    [
      () => meanRatioTest({ count: 2.5, mean: 1, variance: 1 }, { count: 3, mean: 1, variance: 1 }),
      "control.count must be a non-negative integer",
    ],
    [() => cupedTest({ ...pairs, covariance: NaN }, pairs), "control.covariance must be a finite number"],
    [
      () => winsorisedMeanTest([1, 2], [1, 2], { levels: [0.9, 0.1] }),
      "levels must be a lower and a larger upper level",
    ],
    [() => mannWhitneyTest([1, Infinity], [1]), "control[1] must be a finite number, current value is Infinity"],
    [() => mannWhitneyTest([1, 1], [1, 2], { method: "exact" }), 'values must be without ties for method "exact"'],
    [
      () => permutationTest([1], [2], { random, permutations: 0 }),
      "permutations must be a positive integer, current value is 0",
    ],
    [() => quantileRanks(10, 1, 0.95), "probability must be a number strictly between 0 and 1, current value is 1"],
    [
      () => quantileInterval([1, 2], { probability: 0 }),
      "probability must be a number strictly between 0 and 1, current value is 0",
    ],
    [
      () => mcnemarTest({ bothSucceeded: 1, onlyControl: -1, onlyTreatment: 0, bothFailed: 0 }),
      "onlyControl must be a non-negative integer",
    ],
    [() => pairedChangeQuantile([1, 2], [1]), "treatment.length must be the 2 of the other sample"],
    [
      () => clusteredMeanTest({ units: [{ total: 1, weight: -1 }] }, { units: [] }),
      "control.units[0].weight must be a non-negative finite number, current value is -1",
    ],
    [
      () => clusteredProportionTest({ units: [{ total: 3, weight: 2 }] }, { units: [] }),
      "control.units[0].total must be a count of at most the 2 requests, current value is 3",
    ],
    [
      () =>
        clusteredMeanTest(
          {
            units: [
              { total: 1, weight: 1 },
              { total: 1, weight: 2 },
            ],
            unitCount: 1,
          },
          { units: [] },
        ),
      "control.unitCount must be at least the 2 buckets that hold requests, current value is 1",
    ],
    [
      () => clusteredQuantileInterval({ values: [1, 2], units: ["a"] }, { probability: 0.5 }),
      "units.length must be the 2 of the values, current value is 1",
    ],
  ])("%# names field and value", (run, message) => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(message);
    expect(run).toThrow(/^Cannot /);
  });
});

describe("what can't be said is a typed outcome", () => {
  const [one, none, constant] = [momentsOf([3]), momentsOf([]), momentsOf([3, 3, 3])];
  const pairs = pairMomentsOf([1, 2, 4], [2, 3, 5]);
  const flat = pairMomentsOf([1, 1, 1], [2, 3, 5]);
  const random = createRandom(1);
  it.each([
    ["no-data", () => welchTest(none, constant)],
    ["too-few-records", () => welchTest(one, constant)],
    ["zero-variance", () => welchTest(constant, constant)],
    [
      "zero-variance",
      () =>
        homogeneityTest([
          { successes: 0, trials: 4 },
          { successes: 0, trials: 5 },
        ]),
    ],
    ["no-data", () => homogeneityTest([good])],
    ["not-identified", () => meanRatioTest(momentsOf([-1, 1]), momentsOf([-2, 2]))],
    ["method-does-not-apply", () => cupedTest(flat, flat)],
    ["method-does-not-apply", () => regressionAdjustedTest(flat, pairs)],
    ["method-does-not-apply", () => ratioMetricTest(pairMomentsOf([1, 2], [0, 0]), pairs)],
    ["no-data", () => winsorisedMeanTest([], [1, 2])],
    ["zero-variance", () => mannWhitneyTest([1, 1, 1], [1, 1], { method: "asymptotic" })],
    ["zero-variance", () => permutationTest([2, 2], [2], { random })],
    ["no-data", () => permutationTest([], [2], { random })],
    ["rank-outside-sample", () => quantileInterval([5], { probability: 0.5 })],
    ["rank-outside-sample", () => quantileRatio([1, 2, 3], [1, 2, 3], { probability: 0.5 })],
    ["no-data", () => mcnemarTest({ bothSucceeded: 0, onlyControl: 0, onlyTreatment: 0, bothFailed: 0 })],
    ["too-few-records", () => pairedTTest(pairedDifferenceMoments([1], [2]))],
    ["zero-variance", () => pairedTTest(pairedDifferenceMoments([1, 2], [2, 3]))],
    [
      "too-few-units",
      () =>
        clusteredMeanTest(
          { units: [{ total: 5, weight: 10 }] },
          {
            units: [
              { total: 5, weight: 10 },
              { total: 6, weight: 10 },
            ],
          },
        ),
    ],
    ["no-data", () => clusteredMeanTest({ units: [{ total: 0, weight: 0 }] }, { units: [] })],
    [
      "too-few-units",
      () => clusteredQuantileInterval({ values: [1, 2, 3], units: ["a", "a", "a"] }, { probability: 0.5 }),
    ],
  ] as const)("%s (%#)", (reason, run) => {
    const result = run();
    expect(result).toMatchObject({ computable: false, reason });
    expect((result as { detail: string }).detail.length).toBeGreaterThan(10);
  });

  it("ends that the data don't bound are infinite", () => {
    const values = Array.from({ length: 200 }, (_, i) => i);
    expect(quantileInterval(values, { probability: 0.99 })).toMatchObject({
      computable: true,
      interval: [expect.any(Number), Infinity],
    });
    expect(quantileRanks(1000, 0.99, 0.95)).toEqual({ lower: 983, upper: 997, estimate: 990 });
    expect(mcnemarTest({ bothSucceeded: 4, onlyControl: 0, onlyTreatment: 0, bothFailed: 2 })).toMatchObject({
      computable: true,
      pValue: 1,
      lnPValue: 0,
    });
  });
});
