import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fisherTest } from "../../../src/stats/proportions/fisher.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mirrored, mixedArm } from "./arms.ts";

describe("fisherTest", () => {
  it("is 17/70 for the lady tasting tea, 34/70 two-sided (Fisher 1935)", () => {
    const [control, treatment] = [arm(1, 4), arm(3, 4)];
    closeTo(
      computed(fisherTest(control, treatment, { alternative: "greater" })).pValue,
      17 / 70,
      1e-13,
      0,
      "one-sided",
    );
    closeTo(computed(fisherTest(control, treatment)).pValue, 34 / 70, 1e-13, 0, "two-sided");
  });

  it("is the same when arms, or successes and failures, change places", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const { pValue } = computed(fisherTest(control, treatment));
        closeTo(computed(fisherTest(treatment, control)).pValue, pValue, 1e-8, 0, "arms");
        closeTo(computed(fisherTest(mirrored(control), mirrored(treatment))).pValue, pValue, 1e-8, 0, "failures");
      }),
    );
  });

  it("names an unknown definition of two-sided", () => {
    expect(() => fisherTest(arm(1, 4), arm(3, 4), { twoSided: "central" as "blaker" })).toThrow(
      "twoSided must be one of",
    );
  });
});
