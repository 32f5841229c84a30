import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { basePoint, lineOf, type NullLine, projectOntoLine } from "../../../../src/stats/anytime/blocks/null-line.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const nullEffect: fc.Arbitrary<NullLine> = fc.oneof(
  fc.double({ min: -0.9, max: 0.9, noNaN: true }).map((difference) => ({ difference })),
  fc.double({ min: 0.1, max: 8, noNaN: true }).map((ratio) => ({ ratio })),
);

describe("the projection onto a null hypothesis", () => {
  it("is the most likely pair of shares on the line", () => {
    fc.assert(
      fc.property(
        nullEffect,
        share,
        fc.integer({ min: 1, max: 1000 }),
        share,
        fc.integer({ min: 1, max: 1000 }),
        (effect, control, controlTrials, treatment, treatmentTrials) => {
          const line = lineOf("test", effect);
          const likelihood = (x: number): number => {
            const y = line.slope * x + line.intercept;
            const part = (count: number, p: number): number =>
              count < 1e-12 ? 0 : count * Math.log(Math.min(1, Math.max(p, 1e-300)));
            return (
              part(controlTrials * control, x) +
              part(controlTrials * (1 - control), 1 - x) +
              part(treatmentTrials * treatment, y) +
              part(treatmentTrials * (1 - treatment), 1 - y)
            );
          };
          const found = projectOntoLine(line, control, controlTrials, treatment, treatmentTrials);
          expect(found).toBeGreaterThanOrEqual(line.lower - 1e-12);
          expect(found).toBeLessThanOrEqual(line.upper + 1e-12);
          const best = likelihood(found);
          for (let cell = 0; cell <= 200; cell++)
            expect(likelihood(line.lower + ((line.upper - line.lower) * cell) / 200)).toBeLessThanOrEqual(
              best + 1e-7 * (1 + Math.abs(best)),
            );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is at an edge where the arms are beyond it", () => {
    expect(projectOntoLine(lineOf("test", { difference: 0.2 }), 0, 50, 0.1, 50)).toBe(0);
    expect(projectOntoLine(lineOf("test", { difference: 0.2 }), 1, 50, 1, 50)).toBe(0.8);
    expect(projectOntoLine(lineOf("test", { difference: -0.2 }), 0.1, 50, 0, 50)).toBe(0.2);
    expect(projectOntoLine(lineOf("test", { difference: 0 }), 0.25, 100, 0.5, 300)).toBeCloseTo(0.4375, 14);
  });

  it("starts where both arms together have the pooled share", () => {
    for (const effect of [{ difference: 0.1 }, { ratio: 0.5 }]) {
      const line = lineOf("test", effect);
      const x = basePoint(line, 0.4, 0.25);
      expect(0.75 * x + 0.25 * (line.slope * x + line.intercept)).toBeCloseTo(0.4, 12);
    }
    expect(basePoint(lineOf("test", { difference: 0.5 }), 0, 0.5)).toBe(1e-6);
    expect(basePoint(lineOf("test", { difference: 0.5 }), 1, 0.5)).toBe(0.5 - 1e-6);
  });

  it("refuses what is no null hypothesis", () => {
    for (const difference of [-1, 1, Number.NaN])
      expect(() => lineOf("test", { difference })).toThrow(
        `nullEffect.difference must be strictly between -1 and 1, current value is ${difference}`,
      );
    for (const ratio of [0, -1, Infinity, Number.NaN])
      expect(() => lineOf("test", { ratio })).toThrow(
        `nullEffect.ratio must be a positive finite number, current value is ${ratio}`,
      );
  });
});
