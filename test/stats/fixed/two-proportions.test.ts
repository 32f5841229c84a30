import { describe, expect, it } from "vitest";
import { agrestiCaffoInterval } from "../../../src/stats/proportions/agresti-caffo.ts";
import { homogeneityTest } from "../../../src/stats/proportions/chi-square.ts";
import { proportionEquivalenceTest } from "../../../src/stats/proportions/equivalence.ts";
import { fisherTest } from "../../../src/stats/proportions/fisher.ts";
import { katzInterval } from "../../../src/stats/proportions/katz.ts";
import { newcombeInterval } from "../../../src/stats/proportions/newcombe.ts";
import {
  farringtonManningTest,
  meeInterval,
  miettinenNurminenInterval,
} from "../../../src/stats/proportions/score-difference.ts";
import { twoProportionZTest } from "../../../src/stats/proportions/two-proportion-z.ts";
import { wilsonInterval } from "../../../src/stats/proportions/wilson.ts";
import { woolfInterval } from "../../../src/stats/proportions/woolf.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { armsOf, computed, vectors } from "./vectors.ts";

/** 50-digit references hold at 1e-12; where a value is 0 by cancellation in 50 digits, within 1e-30. */
const strict = (actual: number, expected: number, what: string): void => closeTo(actual, expected, 1e-12, 1e-30, what);
const interval = (
  actual: readonly [number, number],
  expected: readonly [number, number] | undefined,
  what: string,
): void => {
  // The oracle gives no intervals where all trials succeeded (12/12 twice).
  if (expected === undefined) return;
  strict(actual[0], expected[0], `${what} lower`);
  strict(actual[1], expected[1], `${what} upper`);
};

const cases = vectors("ztest_reference_mpmath").map((vector) => {
  const { x1, n1, x2, n2 } = vector.inputs;
  return [`${x1}/${n1} against ${x2}/${n2}`, vector] as const;
});

describe("two proportions against 50 digits", () => {
  it("has the whole oracle, with intervals in all tables but the degenerate one", () => {
    expect(cases).toHaveLength(33);
    expect(
      cases.filter(([, { expected }]) => expected.miettinenNurminenCI95 === undefined).map(([name]) => name),
    ).toEqual(["12/12 against 12/12"]);
  });

  it.each(cases)("z-tests and Wald interval, %s", (_, { inputs, expected }) => {
    const [control, treatment] = armsOf(inputs);
    for (const variance of ["pooled", "unpooled"] as const) {
      const result = twoProportionZTest(control, treatment, { variance });
      if (expected[variance] === null) {
        expect(result).toMatchObject({ computable: false, reason: "zero-variance" });
        continue;
      }
      const own = computed(result);
      strict(own.statistic, expected[variance].z, "z");
      strict(own.lnPValue, expected[variance].lnPTwoSided, "ln p");
      if (expected[variance].pTwoSided > 1e-300) strict(own.pValue, expected[variance].pTwoSided, "p");
      const greater = computed(twoProportionZTest(control, treatment, { variance, alternative: "greater" }));
      const less = computed(twoProportionZTest(control, treatment, { variance, alternative: "less" }));
      for (const [side, value] of [
        [greater, expected[variance].pGreater],
        [less, expected[variance].pLess],
      ] as const) {
        if (value > 1e-300) strict(side.pValue, value, "one-sided p");
      }
    }
    if (expected.unpooled !== null)
      interval(computed(twoProportionZTest(control, treatment)).interval, expected.waldCI95, "Wald");
  });

  it.each(cases)("Yates and Pearson chi-square, %s", (_, { inputs, expected }) => {
    const [control, treatment] = armsOf(inputs);
    if (expected.pooled === null)
      return expect(homogeneityTest([control, treatment])).toMatchObject({ computable: false });
    const yates = computed(twoProportionZTest(control, treatment, { continuity: true }));
    strict(yates.statistic ** 2, expected.yates.chi2, "Yates");
    if (expected.yates.pTwoSided > 1e-300) strict(yates.pValue, expected.yates.pTwoSided, "Yates p");
    const pearson = computed(homogeneityTest([control, treatment]));
    closeTo(pearson.statistic, expected.pooled.chi2, 1e-7, 1e-12, "Pearson");
    const corrected = computed(homogeneityTest([control, treatment], { continuity: true }));
    closeTo(corrected.statistic, expected.yates.chi2, 1e-7, 1e-12, "Yates by counts");
  });

  it.each(cases)("intervals of the difference, %s", (_, { inputs, expected }) => {
    const [control, treatment] = armsOf(inputs);
    interval(computed(agrestiCaffoInterval(control, treatment)).interval, expected.agrestiCaffoCI95, "Agresti-Caffo");
    interval(computed(wilsonInterval(treatment)).interval, expected.wilson1CI95, "Wilson 1");
    interval(computed(wilsonInterval(control)).interval, expected.wilson2CI95, "Wilson 2");
    interval(computed(newcombeInterval(control, treatment)).interval, expected.newcombeCI95, "Newcombe");
    interval(
      computed(miettinenNurminenInterval(control, treatment)).interval,
      expected.miettinenNurminenCI95,
      "Miettinen-Nurminen",
    );
    interval(computed(meeInterval(control, treatment)).interval, expected.scoreMeeCI95_noCorrection, "Mee");
  });

  it.each(cases)("ratio and odds ratio, %s", (_, { inputs, expected }) => {
    const [control, treatment] = armsOf(inputs);
    const katz = katzInterval(control, treatment);
    if (
      control.successes === 0 ||
      treatment.successes === 0 ||
      (control.successes === control.trials && treatment.successes === treatment.trials)
    ) {
      expect(katz.computable).toBe(false);
    } else {
      strict(computed(katz).estimate, expected.riskRatio.rr, "ratio");
      interval(computed(katz).interval, expected.riskRatio.katzCI95, "Katz");
    }
    const woolf = woolfInterval(control, treatment);
    const cells = [
      control.successes,
      treatment.successes,
      control.trials - control.successes,
      treatment.trials - treatment.successes,
    ];
    if (Math.min(...cells) === 0)
      return expect(woolf).toMatchObject({ computable: false, reason: "method-does-not-apply" });
    strict(computed(woolf).estimate, expected.oddsRatio.or, "odds ratio");
    interval(computed(woolf).interval, expected.oddsRatio.woolfCI95, "Woolf");
  });

  it.each(cases)("Farrington-Manning at four margins, %s", (_, { inputs, expected }) => {
    const [control, treatment] = armsOf(inputs);
    const margins = Object.entries(expected.nonInferiority_H0_p1_minus_p2_le_minus_margin) as [
      string,
      { zFarringtonManning: number; pNonInferior: number; lnP: number; zWald: number | null },
    ][];
    expect(margins).toHaveLength(4);
    for (const [margin, value] of margins) {
      const nullDifference = -Number(margin);
      const own = computed(farringtonManningTest(control, treatment, { nullDifference, alternative: "greater" }));
      strict(own.statistic, value.zFarringtonManning, `z at ${margin}`);
      strict(own.lnPValue, value.lnP, `ln p at ${margin}`);
      if (value.pNonInferior > 1e-300) strict(own.pValue, value.pNonInferior, `p at ${margin}`);
      const wald = twoProportionZTest(control, treatment, { variance: "unpooled", nullDifference });
      if (value.zWald === null) expect(wald).toMatchObject({ computable: false, reason: "zero-variance" });
      else strict(computed(wald).statistic, value.zWald, `Wald z at ${margin}`);
    }
  });

  it.each(cases)("Fisher, %s", (_, { inputs, expected }) => {
    const [control, treatment] = armsOf(inputs);
    if (expected.fisher === null || expected.fisher === undefined) return;
    if (control.successes + treatment.successes === control.trials + treatment.trials) {
      return expect(fisherTest(control, treatment)).toMatchObject({ computable: false, reason: "not-identified" });
    }
    const p = (options: Parameters<typeof fisherTest>[2]): number =>
      computed(fisherTest(control, treatment, options)).pValue;
    const check = (actual: number, value: number, what: string): void => {
      if (value > 1e-300) strict(actual, value, what);
    };
    check(p({}), expected.fisher.twoSided, "two-sided");
    check(p({ alternative: "less" }), expected.fisher.less, "less");
    check(p({ alternative: "greater" }), expected.fisher.greater, "greater");
    check(p({ alternative: "less", midP: true }), expected.fisher.midpLess, "mid-p less");
    check(p({ alternative: "greater", midP: true }), expected.fisher.midpGreater, "mid-p greater");
    // A p-value that is 1 to 50 digits has a logarithm of 1e-43 there and of 0 in a double.
    closeTo(
      computed(fisherTest(control, treatment)).lnPValue,
      expected.fisher.lnTwoSided,
      1e-12,
      1e-15,
      "ln two-sided",
    );
  });
});

describe("equivalence of two proportions", () => {
  const [control, treatment] = [
    { successes: 9970, trials: 10_000 },
    { successes: 9962, trials: 10_000 },
  ];

  it.each([
    [-0.002, 0.004],
    [-0.004, 0.0005],
    [-0.005, 0.005],
  ])("within [%s, %s] is the weaker of two one-sided score tests, at the level asked for", (lower, upper) => {
    const above = computed(
      farringtonManningTest(control, treatment, { nullDifference: lower, alternative: "greater", level: 0.99 }),
    );
    const below = computed(
      farringtonManningTest(control, treatment, { nullDifference: upper, alternative: "less", level: 0.99 }),
    );
    const own = computed(proportionEquivalenceTest(control, treatment, [lower, upper], 0.01));
    expect(own.pValue).toBe(Math.max(above.pValue, below.pValue));
    expect(own.interval).toEqual([above.interval[0], below.interval[1]]);
    expect(own).toMatchObject({
      level: 0.98,
      alpha: 0.01,
      margins: [lower, upper],
      equivalent: own.pValue < 0.01,
      estimate: above.estimate,
    });
    expect(own.interval[0] > lower && own.interval[1] < upper).toBe(own.equivalent);
  });

  it("is established at one of these margins and not at the others", () => {
    const equivalentWithin = (lower: number, upper: number): boolean =>
      computed(proportionEquivalenceTest(control, treatment, [lower, upper])).equivalent;
    expect([
      equivalentWithin(-0.005, 0.005),
      equivalentWithin(-0.002, 0.004),
      equivalentWithin(-0.004, -0.0005),
    ]).toEqual([true, false, false]);
  });
});
