import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { twoProportionZTest } from "../../../src/stats/proportions/two-proportion-z.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("twoProportionZTest", () => {
  it("is the square root of Pearson's chi-square of the 2 x 2 table", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const [a, b] = [control.successes, control.trials - control.successes];
        const [c, d] = [treatment.successes, treatment.trials - treatment.successes];
        const chiSquare = ((a + b + c + d) * (a * d - b * c) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d));
        const { statistic } = computed(twoProportionZTest(control, treatment));
        closeTo(statistic ** 2, chiSquare, 1e-9, 1e-12, "chi-square");
        expect(Math.sign(statistic)).toBe(Math.sign(c / (c + d) - a / (a + b)) || Math.sign(statistic));
      }),
    );
  });

  it("is 0.3 / 0.12315 = 2.4360 for 15/30 against 24/30, p = 0.0149", () => {
    const result = computed(twoProportionZTest(arm(15, 30), arm(24, 30)));
    // 0.3 / sqrt(0.65 x 0.35 x 2 / 30)
    closeTo(result.statistic, 0.3 / Math.sqrt((0.65 * 0.35 * 2) / 30), 1e-12, 0, "z");
    expect(result.pValue.toFixed(4)).toBe("0.0149");
  });

  it("says why there is no test without any variance", () => {
    expect(twoProportionZTest(arm(5, 5), arm(7, 7))).toMatchObject({ computable: false, reason: "zero-variance" });
    expect(() => twoProportionZTest(arm(6, 5), arm(7, 7))).toThrow("control.successes must be at most");
  });
});
