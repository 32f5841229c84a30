import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proportionEquivalenceTest, twoOneSidedTests } from "../../../src/stats/proportions/equivalence.ts";
import { farringtonManningTest } from "../../../src/stats/proportions/score-difference.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("twoOneSidedTests", () => {
  it("has the larger of the p-values of both one-sided tests (Schuirmann 1987)", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const result = computed(proportionEquivalenceTest(control, treatment, [-0.1, 0.1]));
        const above = computed(
          farringtonManningTest(control, treatment, { nullDifference: -0.1, alternative: "greater" }),
        );
        const below = computed(farringtonManningTest(control, treatment, { nullDifference: 0.1, alternative: "less" }));
        closeTo(result.pValue, Math.max(above.pValue, below.pValue), 1e-12, 0, "p");
        expect(result.equivalent).toBe(result.pValue <= 0.05);
      }),
    );
  });

  it("is not established by few data, and is by many", () => {
    expect(computed(proportionEquivalenceTest(arm(18, 20), arm(18, 20), [-0.02, 0.02])).equivalent).toBe(false);
    expect(computed(proportionEquivalenceTest(arm(9000, 10_000), arm(9000, 10_000), [-0.02, 0.02])).equivalent).toBe(
      true,
    );
  });

  it("names margins out of order", () => {
    expect(() => proportionEquivalenceTest(arm(1, 5), arm(1, 5), [0.1, -0.1])).toThrow(RangeError);
    expect(() => twoOneSidedTests(() => computed(farringtonManningTest(arm(1, 5), arm(1, 5))), [0, 0])).toThrow(
      RangeError,
    );
  });
});
