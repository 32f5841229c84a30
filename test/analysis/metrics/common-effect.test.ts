import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonRatio, type MeanStratum, ratioDeviance } from "../../../src/analysis/metrics/common-effect.ts";

const arm = (value: number, variance: number, n = 100) => ({ n, value, spread: variance * n, variance, factor: 1 });
const estimate = fc
  .tuple(fc.integer({ min: -50, max: 400 }), fc.integer({ min: 1, max: 400 }))
  .map(([value, variance]) => arm(value / 10, variance / 1000));
const strata = fc.array(fc.record({ control: estimate, treatment: estimate }), { minLength: 1, maxLength: 3 });

describe("the ratio common to several epochs", () => {
  it("fits no worse than any other between the epochs' own, however they disagree", () => {
    let disagreed = 0;
    fc.assert(
      fc.property(strata, (given: MeanStratum[]) => {
        // Relative to the control's size, so that below 0 better stays better.
        const own = given.map(
          ({ control, treatment }) => 1 + (treatment.value - control.value) / Math.abs(control.value),
        );
        fc.pre(own.every((ratio) => Math.abs(ratio) < 1e3));
        const [low, high] = [Math.min(...own), Math.max(...own)];
        const found = commonRatio(given);
        expect(found).toBeGreaterThanOrEqual(low - 1e-9);
        expect(found).toBeLessThanOrEqual(high + 1e-9);
        const least = Math.min(
          ...Array.from({ length: 2001 }, (_, i) => ratioDeviance(given, low + ((high - low) * i) / 2000)),
        );
        expect(ratioDeviance(given, found)).toBeLessThanOrEqual(least * (1 + 1e-9) + 1e-9);
        if (least > 20) disagreed++;
      }),
      { seed: 2, numRuns: 400 },
    );
    expect(disagreed).toBeGreaterThan(100);
  });

  it("has no number where no control's mean is told from 0, but a side, and none where the treatment is 0, too", () => {
    expect(commonRatio([{ control: arm(0, 1), treatment: arm(3, 1) }])).toBe(Infinity);
    expect(commonRatio([{ control: arm(0, 1), treatment: arm(-3, 1) }])).toBe(-Infinity);
    expect(commonRatio([{ control: arm(1e-200, 1), treatment: arm(3, 1) }])).toBe(Infinity);
    expect(commonRatio([{ control: arm(0, 1), treatment: arm(0, 1) }])).toBeNaN();
    expect(
      commonRatio([
        { control: arm(0, 1), treatment: arm(3, 1) },
        { control: arm(2, 1), treatment: arm(3, 1) },
      ]),
    ).toBe(1.5);
  });
});
