import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionalOddsRatio } from "../../../src/stats/proportions/conditional-odds-ratio.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("conditionalOddsRatio", () => {
  it("is 6.408309 with [0.2117329, 621.9337] for the lady tasting tea (R's fisher.test, example TeaTasting)", () => {
    const result = computed(conditionalOddsRatio(arm(1, 4), arm(3, 4)));
    // R solves to about six digits; the estimate is where the expected number of treatment successes is the 3 observed.
    closeTo(result.estimate, 6.408309, 1e-5, 0, "estimate");
    const weights = [1, 16, 36, 16, 1].map((count, k) => count * result.estimate ** k);
    const expected = weights.reduce((sum, weight, k) => sum + k * weight, 0) / weights.reduce((sum, w) => sum + w, 0);
    closeTo(expected, 3, 1e-12, 0, "expected successes");
    closeTo(result.interval[0], 0.2117329, 2e-5, 0, "lower end");
    const oneSided = computed(conditionalOddsRatio(arm(1, 4), arm(3, 4), { alternative: "greater" }));
    closeTo(oneSided.interval[0], 0.3135693, 2e-5, 0, "one-sided lower end");
    // R's search resolves 1 / end to 1e-4 only. The end is where at most the 3 observed successes have a chance of 2.5
    // %.
    const t = result.interval[1];
    closeTo(1 / t, 1 / 621.9337, 0, 1e-4, "upper end");
    const most3 = 1 + 16 * t + 36 * t ** 2 + 16 * t ** 3;
    closeTo(most3 / (most3 + t ** 4), 0.025, 1e-10, 0, "chance of at most 3");
  });

  it("is inverted when the arms change places", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const [own, other] = [
          computed(conditionalOddsRatio(control, treatment)),
          computed(conditionalOddsRatio(treatment, control)),
        ];
        closeTo(own.estimate, 1 / other.estimate, 1e-7, 0, "estimate");
        closeTo(own.interval[0], 1 / other.interval[1], 1e-7, 0, "lower end");
      }),
      { numRuns: 50 },
    );
  });

  it("names a null ratio that is not positive", () => {
    expect(() => conditionalOddsRatio(arm(1, 4), arm(3, 4), { nullRatio: 0 })).toThrow(
      "nullRatio must be a positive finite number, current value is 0",
    );
    expect(conditionalOddsRatio(arm(0, 4), arm(0, 4))).toMatchObject({ computable: false });
  });
});
