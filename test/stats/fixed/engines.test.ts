import { describe, expect, it } from "vitest";
import { normalSurvival, normalSurvivalQuantile } from "../../../src/math/normal.ts";
import { cupedRatioTest } from "../../../src/stats/means/cuped.ts";
import { linearisedRatioPairs } from "../../../src/stats/means/ratio-metric.ts";
import type { SampleMoments } from "../../../src/stats/means/sample-moments.ts";
import { meanRatioTest, welchTest } from "../../../src/stats/means/welch.ts";
import { barnardTest } from "../../../src/stats/proportions/barnard.ts";
import { boschlooTest } from "../../../src/stats/proportions/boschloo.ts";
import { homogeneityTest } from "../../../src/stats/proportions/chi-square.ts";
import { fisherTest } from "../../../src/stats/proportions/fisher.ts";
import { katzInterval } from "../../../src/stats/proportions/katz.ts";
import { twoProportionZTest } from "../../../src/stats/proportions/two-proportion-z.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { agrees, computed, type Vector, vectors } from "./vectors.ts";

const named = (vector: Vector, i: number): readonly [string, Vector] => [
  `${i} ${vector.name ?? ""} ${JSON.stringify(vector.inputs).slice(0, 120)}`,
  vector,
];

describe("tea-tasting", () => {
  it.each(vectors("teatasting_proportion").map(named))("%s", (_, { inputs, expected, tolerance }) => {
    const control = { successes: inputs.control.x, trials: inputs.control.n };
    const treatment = { successes: inputs.treatment.x, trials: inputs.treatment.n };
    const p = {
      "barnard two-sided (auto pooled)": () => barnardTest(control, treatment),
      "barnard less pooled": () => barnardTest(control, treatment, { alternative: "less" }),
      "boschloo two-sided": () => boschlooTest(control, treatment),
      "boschloo greater": () => boschlooTest(control, treatment, { alternative: "greater" }),
      "fisher two-sided": () => fisherTest(control, treatment),
      "fisher less": () => fisherTest(control, treatment, { alternative: "less" }),
      "log-likelihood (Yates)": () => homogeneityTest([control, treatment], { exponent: 0, continuity: true }),
      "log-likelihood no correction": () => homogeneityTest([control, treatment], { exponent: 0 }),
      "pearson (Yates)": () => homogeneityTest([control, treatment], { continuity: true }),
      "z pooled with continuity correction": () =>
        twoProportionZTest(control, treatment, { continuity: true, intervalVariance: "pooled" }),
      "z unpooled with continuity correction": () =>
        twoProportionZTest(control, treatment, { variance: "unpooled", continuity: true }),
    }[inputs.method as string];
    if (p === undefined) throw new Error(`no such method: ${inputs.method}`);
    const own = computed(p());
    agrees(own.pValue, expected.pvalue, tolerance, "p");
    if (expected.ci !== undefined && "interval" in own) {
      own.interval.forEach((end, i) => agrees(end, expected.ci[i], tolerance, "difference"));
      const variance = (inputs.method as string).includes("unpooled") ? "unpooled" : "pooled";
      const ratio = computed(katzInterval(control, treatment, { variance, continuity: true }));
      ratio.interval.forEach((end, i) => agrees(end - 1, expected.relCi[i], tolerance, "relative"));
    }
  });
});

describe("GrowthBook t-tests", () => {
  const momentsOf = (s: { n: number; sum: number; sum_squares: number; kind: string }): SampleMoments => {
    const mean = s.sum / s.n;
    // GrowthBook takes p (1 - p) as the variance of a proportion.
    return {
      count: s.n,
      mean,
      variance: s.kind === "ProportionStatistic" ? mean * (1 - mean) : (s.sum_squares - s.sum * mean) / (s.n - 1),
    };
  };
  it.each(
    vectors("growthbook_proportion_ttest")
      .filter((v) => v.inputs.a.kind !== "RegressionAdjustedRatioStatistic")
      .map(named),
  )("%s", (_, vector) => {
    const { inputs } = vector;
    const expected = { ...vector.expected, ...vector.expectedFull };
    const tolerance = vector.tolerance as { rel?: number; abs?: number };
    const alternative = inputs.test.includes("Greater")
      ? "greater"
      : inputs.test.includes("Lesser")
        ? "less"
        : "two-sided";
    const relative = inputs.differenceType === "relative";
    const own = computed(
      (relative ? meanRatioTest : welchTest)(momentsOf(inputs.a), momentsOf(inputs.b), {
        alternative,
        level: 1 - inputs.alpha,
        ...(relative ? { ratioMethod: "delta" as const } : {}),
      }),
    );
    const shift = relative ? 1 : 0;
    const check = (actual: number, value: unknown, what: string): void =>
      closeTo(actual, Number(value), tolerance.rel ?? 0, Math.max(tolerance.abs ?? 0, 1e-15), what);
    check(own.estimate - shift, expected.effect, "effect");
    check(own.standardError, expected.standardError, "standard error");
    own.interval.forEach((end, i) => check(end - shift, expected.ci[i], "interval"));
    if (expected.t !== undefined) check(own.statistic, expected.t, "t");
    if (expected.dof !== undefined) check(own.degreesOfFreedom, expected.dof, "degrees of freedom");
    // Where GrowthBook's own p is 2 (1 - cdf) and out of digits, the vector has the exact one (null: beyond a double).
    if (expected.pValueExact === undefined) check(own.pValue, expected.pValue, "p");
    else if (expected.pValueExact === null) expect(own.lnPValue).toBeLessThan(-700);
    else if (expected.pValueExact > 1e-300) closeTo(own.pValue, expected.pValueExact, 1e-9, 0, "p");
    else expect(own.lnPValue).toBeLessThan(-690);
  });

  it.each(
    vectors("growthbook_proportion_ttest")
      .filter((v) => v.inputs.a.kind === "RegressionAdjustedRatioStatistic")
      .map(named),
  )("ratio with covariates: %s", (_, vector) => {
    const { inputs, expectedFull: expected } = vector;
    const [control, treatment] = [pairsOf(inputs.a), pairsOf(inputs.b)];
    const ratio = computed(cupedRatioTest(control, treatment, { ratioMethod: "delta" }));
    closeTo(ratio.estimate - 1, expected.effect, 1e-9, 0, "effect");
    closeTo(ratio.standardError, expected.standardError, 1e-9, 0, "standard error");
    closeTo(ratio.pValue, expected.pValue, 1e-9, 0, "p");
    ratio.interval.forEach((end, i) => closeTo(end - 1, expected.ci[i], 1e-9, 0, "interval"));
  });
});

/** Means and covariances from GrowthBook's sums. */
function pairsOf(arm: Vector["inputs"]): ReturnType<typeof linearisedRatioPairs> {
  const parts = [arm.m_statistic_post, arm.d_statistic_post, arm.m_statistic_pre, arm.d_statistic_pre];
  const n = arm.n as number;
  const means = parts.map((part) => part.sum / n) as [number, number, number, number];
  const names = ["m_post", "d_post", "m_pre", "d_pre"];
  const covariances = parts.map((left, i) =>
    parts.map((right, j) => {
      const products =
        i === j
          ? left.sum_squares
          : (arm[`${names[i]}_${names[j]}_sum_of_products`] ?? arm[`${names[j]}_${names[i]}_sum_of_products`]);
      return (products - (left.sum * right.sum) / n) / (n - 1);
    }),
  );
  return linearisedRatioPairs({ count: n, means, covariances });
}

describe("Booking's power calculator", () => {
  it.each(vectors("booking_powercalculator").map(named))("%s", (_, vector) => {
    const { inputs, tolerance } = vector;
    const { power } = { ...vector.expected, ...vector.expectedFull };
    const n = inputs.nPerArm as number;
    if (inputs.margin === undefined) {
      const shift =
        (inputs.p1 - inputs.p0) / Math.sqrt((inputs.p0 * (1 - inputs.p0) + inputs.p1 * (1 - inputs.p1)) / n);
      const critical = normalSurvivalQuantile(inputs.alphaPerComparison / 2);
      agrees(normalSurvival(critical - shift) + normalSurvival(critical + shift), power, tolerance, "power");
    } else {
      const shift = Math.abs(inputs.margin) / (inputs.sd * Math.sqrt(2 / n));
      agrees(normalSurvival(normalSurvivalQuantile(inputs.alphaPerComparison) - shift), power, tolerance, "power");
    }
  });
});
