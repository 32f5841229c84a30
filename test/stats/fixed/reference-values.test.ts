import { describe, expect, it } from "vitest";
import reference from "../../../fixtures/reference/fixed-methods.json" with { type: "json" };
import { cupedTest, regressionAdjustedTest } from "../../../src/stats/means/cuped.ts";
import { mannWhitneyTest } from "../../../src/stats/means/mann-whitney.ts";
import { pairedDifferenceMoments, pairedTTest } from "../../../src/stats/means/paired-t.ts";
import { momentsOf, pairMomentsOf } from "../../../src/stats/means/sample-moments.ts";
import { welchTest } from "../../../src/stats/means/welch.ts";
import { dunnettAdjust } from "../../../src/stats/multiplicity/dunnett.ts";
import { conditionalOddsRatio } from "../../../src/stats/proportions/conditional-odds-ratio.ts";
import { fisherTest } from "../../../src/stats/proportions/fisher.ts";
import { meeInterval, miettinenNurminenInterval } from "../../../src/stats/proportions/score-difference.ts";
import { koopmanInterval, scoreOddsRatioInterval } from "../../../src/stats/proportions/score-ratio.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "./vectors.ts";

const counts = ([successes, trials]: readonly number[]): { successes: number; trials: number } => ({
  successes: successes as number,
  trials: trials as number,
});
/** "+inf" and decimal strings of mpmath. */
const number = (text: string | number): number => (text === "+inf" ? Infinity : Number(text));

describe("conditional odds ratio and Fisher's definitions", () => {
  it.each(reference.conditionalOddsRatio.map((one) => [`${one.control} against ${one.treatment}`, one] as const))(
    "%s",
    (_, one) => {
      const [control, treatment] = [counts(one.control), counts(one.treatment)];
      const own = computed(conditionalOddsRatio(control, treatment));
      closeTo(own.estimate, number(one.estimate), 1e-11, 0, "estimate");
      own.interval.forEach((end, i) => closeTo(end, number(one.interval[i] as string), 1e-11, 0, `end ${i}`));
      closeTo(own.pValue, number(one.minimumLikelihood), 1e-12, 0, "minimum likelihood");
      for (const [twoSided, value] of [
        ["doubled", one.doubled],
        ["blaker", one.blaker],
      ] as const) {
        closeTo(computed(fisherTest(control, treatment, { twoSided })).pValue, number(value), 1e-12, 0, twoSided);
      }
      closeTo(computed(fisherTest(control, treatment, { midP: true })).pValue, number(one.midP), 1e-11, 0, "mid-p");
    },
  );
});

describe("score intervals, also where statsmodels raises", () => {
  it.each(
    reference.scoreIntervals.map(
      (one) => [`${one.effect} ${one.correction} ${one.control} against ${one.treatment}`, one] as const,
    ),
  )("%s", (_, one) => {
    const [control, treatment] = [counts(one.control), counts(one.treatment)];
    const smallSampleFactor = one.correction;
    const result =
      one.effect === "diff"
        ? (one.correction ? miettinenNurminenInterval : meeInterval)(control, treatment)
        : (one.effect === "ratio" ? koopmanInterval : scoreOddsRatioInterval)(control, treatment, {
            smallSampleFactor,
          });
    computed(result).interval.forEach((end, i) =>
      closeTo(end, number(one.interval[i] as string), 1e-10, 1e-14, `end ${i}`),
    );
  });
});

describe("Dunnett", () => {
  it.each(
    reference.dunnett.map(
      (one) =>
        [
          `${one.statistic} with ${one.treatmentSizes} against ${one.controlSize}, df ${one.degreesOfFreedom}`,
          one,
        ] as const,
    ),
  )("%s", (_, one) => {
    const { controlSize, treatmentSizes, degreesOfFreedom } = one;
    const statistics = treatmentSizes.map(() => one.statistic);
    const own = dunnettAdjust(statistics, {
      controlSize,
      treatmentSizes,
      ...(degreesOfFreedom === null ? {} : { degreesOfFreedom }),
    });
    own.forEach((p) => closeTo(p, number(one.pValue), 1e-9));
  });
});

describe("ranks", () => {
  it.each(reference.rank.map((one, i) => [`${i} ${one.method} ${one.alternative}`, one] as const))("%s", (_, one) => {
    const own = computed(
      mannWhitneyTest(one.control, one.treatment, {
        method: one.method as "exact",
        alternative: one.alternative as "less",
      }),
    );
    expect(own.statistic).toBe(one.U);
    closeTo(own.pValue, one.pValue, 1e-12, 0, "p");
    closeTo(own.estimate, one.shift, 1e-12, 1e-12, "shift");
    // The interval is made of differences, and holds those of the middle ranks.
    expect(own.interval[0]).toBeLessThanOrEqual(one.shift);
    expect(own.interval[1]).toBeGreaterThanOrEqual(one.shift);
  });
});

describe("means", () => {
  it("Welch and paired t agree with scipy", () => {
    const { welch, paired } = reference.means;
    const own = computed(welchTest(momentsOf(welch.control), momentsOf(welch.treatment)));
    closeTo(own.statistic, welch.statistic, 1e-12);
    closeTo(own.degreesOfFreedom, welch.df, 1e-12);
    closeTo(own.pValue, welch.pValue, 1e-11);
    own.interval.forEach((end, i) => closeTo(end, welch.interval[i] as number, 1e-11));
    const pairs = computed(pairedTTest(pairedDifferenceMoments(paired.control, paired.treatment), { level: 0.9 }));
    closeTo(pairs.statistic, paired.statistic, 1e-12);
    closeTo(pairs.pValue, paired.pValue, 1e-11);
    pairs.interval.forEach((end, i) => closeTo(end, paired.interval90[i] as number, 1e-11));
  });

  it("CUPED and the interacted regression are least squares", () => {
    const { xControl, yControl, xTreatment, yTreatment, cuped, lin } = reference.adjustment;
    const arms = [pairMomentsOf(xControl, yControl), pairMomentsOf(xTreatment, yTreatment)] as const;
    const common = computed(cupedTest(...arms));
    closeTo(common.estimate, cuped.estimate, 1e-10);
    closeTo(common.slopes.control, cuped.slope, 1e-10);
    expect(common.varianceReduction).toBeGreaterThan(0.5);
    const separate = computed(regressionAdjustedTest(...arms));
    closeTo(separate.estimate, lin.estimate, 1e-10);
    closeTo(separate.slopes.control, lin.controlSlope, 1e-10);
    closeTo(separate.slopes.treatment, lin.treatmentSlope, 1e-10);
  });
});
