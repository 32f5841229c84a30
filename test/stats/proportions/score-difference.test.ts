import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  farringtonManningTest,
  meeInterval,
  miettinenNurminenInterval,
} from "../../../src/stats/proportions/score-difference.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

const ends = (result: { readonly interval: readonly [number, number] }, digits = 4): string[] =>
  result.interval.map((end) => end.toFixed(digits));

describe("score methods for a difference", () => {
  it("are as in Newcombe 1998, Statistics in Medicine 17, 873-890, for 56/70 against 48/80", () => {
    const [control, treatment] = [arm(48, 80), arm(56, 70)];
    expect(ends(computed(meeInterval(control, treatment)))).toEqual(["0.0533", "0.3377"]);
    expect(ends(computed(miettinenNurminenInterval(control, treatment)))).toEqual(["0.0528", "0.3382"]);
  });

  it("reject a null exactly when Mee's interval leaves it out", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, fc.double({ min: -0.9, max: 0.9, noNaN: true }), (control, treatment, null_) => {
        const [lower, upper] = computed(meeInterval(control, treatment)).interval;
        fc.pre(Math.abs(null_ - lower) > 1e-6 && Math.abs(null_ - upper) > 1e-6);
        const { pValue } = computed(farringtonManningTest(control, treatment, { nullDifference: null_ }));
        expect(pValue < 0.05).toBe(null_ < lower || null_ > upper);
      }),
    );
  });

  it("name a null difference outside (-1, 1)", () => {
    expect(() => farringtonManningTest(arm(1, 5), arm(2, 5), { nullDifference: 1.5 })).toThrow("nullDifference");
    expect(() => meeInterval(arm(9, 5), arm(2, 5))).toThrow("control.successes must be at most");
  });
});
