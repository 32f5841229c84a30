import { describe, expect, it } from "vitest";
import { mannWhitneyTest } from "../../../src/stats/means/mann-whitney.ts";
import { exactRankSumDistribution } from "../../../src/stats/means/rank-sum-distribution.ts";
import { barnardTest } from "../../../src/stats/proportions/barnard.ts";
import { boschlooTest } from "../../../src/stats/proportions/boschloo.ts";
import { goodnessOfFitTest } from "../../../src/stats/proportions/chi-square.ts";
import { clopperPearsonInterval } from "../../../src/stats/proportions/clopper-pearson.ts";
import { fisherTest } from "../../../src/stats/proportions/fisher.ts";
import { wilsonInterval } from "../../../src/stats/proportions/wilson.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { agrees, computed, type Vector, vectors } from "./vectors.ts";

const named = (vector: Vector, i: number): readonly [string, Vector] => [
  `${i} ${JSON.stringify(vector.inputs).slice(0, 110)}`,
  vector,
];
const clip = (x: number): number => Math.min(1, Math.max(0, x));

describe("scipy: Fisher's test", () => {
  it.each(vectors("scipy_fisher").map(named))("%s", (_, { inputs, expected, tolerance }) => {
    // Rows are the groups; the odds ratio is (a d) / (b c), so the first row is the treatment.
    const [[a, b], [c, d]] = inputs.table;
    const result = fisherTest(
      { successes: c, trials: c + d },
      { successes: a, trials: a + b },
      { alternative: inputs.alternative },
    );
    if (expected.oddsratio === "NaN") {
      expect(result).toMatchObject({ computable: false });
      return;
    }
    const own = computed(result);
    if (expected.pvalueLessThan !== undefined) expect(own.pValue).toBeLessThan(expected.pvalueLessThan);
    else agrees(own.pValue, expected.pvalue, tolerance, "p");
    // R finds the conditional estimate with a root tolerance of 1.2e-4; the exact values are in fixed-methods.json.
    if (expected.conditionalMleOddsRatio_R !== undefined)
      closeTo(own.estimate, Number(expected.conditionalMleOddsRatio_R), 1.5e-4);
  });
});

describe("scipy: Barnard and Boschloo", () => {
  it.each(vectors("scipy_barnard_boschloo").map(named))("%s", (_, { inputs, expected, tolerance }) => {
    // Columns are the groups, and the statistic is first minus second.
    const [[a, b], [c, d]] = inputs.table;
    const [control, treatment] = [
      { successes: b, trials: b + d },
      { successes: a, trials: a + c },
    ];
    const { alternative } = inputs;
    const result =
      inputs.fn === "boschloo_exact"
        ? boschlooTest(control, treatment, { alternative })
        : barnardTest(control, treatment, { alternative, variance: inputs.pooled ? "pooled" : "unpooled" });
    if (a + b === 0 || a + c === 0 || b + d === 0) {
      // An empty group, or no success at all: every engine's p of 1 says that nothing can be said.
      expect(expected.pvalue).toBe(1);
      expect(result.computable).toBe(false);
      return;
    }
    const own = computed(result);
    if (JSON.stringify(inputs.table) === "[[5,0],[1,4]]" && inputs.fn === "barnard_exact" && inputs.pooled === false) {
      // The mirror table (1/6 against 4/4) has the same statistic; scipy's rounding drops it. Both make 14 / 2^10 at
      // rate 1/2.
      closeTo(own.pValue, 14 / 1024, 1e-9);
      return;
    }
    agrees(own.pValue, expected.pvalue, tolerance, "p");
    if (expected.statistic !== undefined)
      agrees(own.statistic, expected.statistic, { abs: 1e-7, rel: 1e-7 }, "statistic");
  });
});

describe("scipy: binomial test and intervals", () => {
  it.each(vectors("scipy_binomtest").map(named))("%s", (_, { inputs, expected, tolerance }) => {
    const counts = { successes: inputs.k, trials: inputs.n };
    if (inputs.fn === "proportion_ci") {
      const own = computed(
        wilsonInterval(counts, {
          alternative: inputs.alternative,
          level: inputs.confidence,
          continuity: inputs.method === "wilsoncc",
        }),
      );
      agrees(own.interval[0], expected.ci[0], tolerance, "lower");
      agrees(own.interval[1], expected.ci[1], tolerance, "upper");
      return;
    }
    const options = { alternative: inputs.alternative, level: inputs.confidence ?? 0.95, nullProportion: inputs.p };
    if (inputs.p === 0 || inputs.p === 1) {
      expect(() => clopperPearsonInterval(counts, options)).toThrow(RangeError);
      return;
    }
    const own = computed(clopperPearsonInterval(counts, options));
    agrees(own.pValue, expected.pvalue, tolerance, "p");
    if (expected.ci !== undefined) {
      agrees(own.interval[0], expected.ci[0], tolerance, "lower");
      agrees(own.interval[1], expected.ci[1], tolerance, "upper");
    }
  });
});

describe("scipy: chi-square and power divergence", () => {
  it.each(vectors("scipy_chisquare").map(named))("%s", (_, { inputs, expected, tolerance }) => {
    const run = (): ReturnType<typeof goodnessOfFitTest> =>
      goodnessOfFitTest(inputs.observed, inputs.expected, { exponent: inputs.lambda ?? 1 });
    if (expected.throws !== undefined) {
      expect(run).toThrow(
        "Cannot test the goodness of fit: the total of expected must be the total of observed (30), current " +
          "value is 90",
      );
      return;
    }
    const own = computed(run());
    agrees(own.statistic, expected.statistic, tolerance, "statistic");
    if (expected.pvalue !== undefined) agrees(own.pValue, expected.pvalue, tolerance, "p");
  });
});

describe("scipy: Mann-Whitney", () => {
  it.each(vectors("scipy_mannwhitneyu").map(named))("%s", (_, { inputs, expected, tolerance }) => {
    if (inputs.fn === "exact null CDF of U") {
      const distribution = exactRankSumDistribution(inputs.n1, inputs.n2);
      // The printed table of 1947 cuts 1/21 = .0476 to .047 instead of rounding it.
      if (inputs.n1 === 2 && inputs.n2 === 5) closeTo(distribution.cdf(0), 1 / 21, 1e-14);
      const from = inputs.n1 === 2 && inputs.n2 === 5 ? 1 : 0;
      (inputs.k as number[])
        .slice(from)
        .forEach((k, j) => agrees(distribution.cdf(k), expected.cdf[j + from], tolerance, `P(U <= ${k})`));
      return;
    }
    const { alternative, method, use_continuity: continuity } = inputs;
    const result = mannWhitneyTest(inputs.y, inputs.x, { alternative, method, continuity });
    if (expected.pvalue === 1 && !result.computable) return expect(result.reason).toBe("zero-variance");
    const own = computed(result);
    agrees(own.statistic, expected.U, { abs: 1e-12 }, "U");
    agrees(clip(own.pValue), expected.pvalue, tolerance, "p");
  });
});
