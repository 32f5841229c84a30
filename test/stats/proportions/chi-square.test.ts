import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goodnessOfFitTest, homogeneityTest } from "../../../src/stats/proportions/chi-square.ts";
import { twoProportionZTest } from "../../../src/stats/proportions/two-proportion-z.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("goodnessOfFitTest", () => {
  it("is 0.470 with p = 0.925 for Mendel's 556 peas against 9:3:3:1 (Pearson 1900)", () => {
    const result = computed(goodnessOfFitTest([315, 108, 101, 32], [312.75, 104.25, 104.25, 34.75]));
    closeTo(result.statistic, 0.4700239808153477, 1e-12, 0, "statistic");
    expect(result.degreesOfFreedom).toBe(3);
    expect(result.pValue.toFixed(4)).toBe("0.9254");
  });

  it("names an expected count of 0 and lengths that differ", () => {
    expect(() => goodnessOfFitTest([1, 2], [1, 1, 1])).toThrow(RangeError);
    expect(() => goodnessOfFitTest([1, 2], [-1, 4])).toThrow("expected[0]");
  });
});

describe("homogeneityTest", () => {
  it("is the square of the two-proportion z for two arms, whatever their order", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (first, second) => {
        const z = computed(twoProportionZTest(first, second));
        const [own, other] = [computed(homogeneityTest([first, second])), computed(homogeneityTest([second, first]))];
        closeTo(own.statistic, z.statistic ** 2, 1e-9, 1e-12, "statistic");
        closeTo(own.pValue, z.pValue, 1e-8, 0, "p");
        closeTo(own.statistic, other.statistic, 1e-9, 1e-12, "order");
      }),
    );
  });

  it("names the arm whose counts can't be", () => {
    expect(() => homogeneityTest([arm(1, 5), arm(7, 5)])).toThrow(RangeError);
    expect(homogeneityTest([arm(0, 5), arm(0, 5)])).toMatchObject({ computable: false });
  });
});
