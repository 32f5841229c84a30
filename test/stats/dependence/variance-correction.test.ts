import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalLogSurvival } from "../../../src/math/normal.ts";
import { studentTLogSurvival } from "../../../src/math/student-t.ts";
import {
  combinedCorrection,
  correctedDeviance,
  correctedThreshold,
  type CorrectionPart,
  independent,
  meanFactor,
  precisionShare,
} from "../../../src/stats/dependence/variance-correction.ts";

const part = (factor: number, degreesOfFreedom = Infinity, weight = 1): CorrectionPart => ({
  weight,
  factor,
  degreesOfFreedom,
});
const correction = fc
  .array(
    fc.record({
      weight: fc.double({ min: 0.05, max: 1, noNaN: true }),
      factor: fc.double({ min: 0.2, max: 500, noNaN: true }),
      degreesOfFreedom: fc.oneof(fc.constant(Infinity), fc.double({ min: 1, max: 300, noNaN: true })),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => {
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    return parts.map((own) => ({ ...own, weight: own.weight / total }));
  });
const positive = fc.double({ min: 1e-3, max: 500, noNaN: true });

describe("the correction of a deviance", () => {
  it("leaves independent requests as they are, and divides by a known factor", () => {
    expect(correctedDeviance(7.3, independent)).toBe(7.3);
    expect(correctedDeviance(7.3, [part(2)])).toBe(3.65);
    expect(correctedThreshold(3.65, [part(2)])).toBe(7.3);
    // A factor below 1 makes nothing more certain.
    expect(correctedDeviance(7.3, [part(0.5)])).toBe(7.3);
  });

  it("turns a Student variable into a normal one: Wallace's map is within 2 % of the exact tail", () => {
    for (const degrees of [4, 10, 60])
      for (const t of [1, 2, 4]) {
        const exact = studentTLogSurvival(t, degrees);
        const mapped = normalLogSurvival(Math.sqrt(correctedDeviance(t * t, [part(1, degrees)])));
        expect(Math.abs(mapped - exact) / Math.abs(exact)).toBeLessThan(0.02);
      }
  });

  it("averages tail areas over the factors", () => {
    const mixture = [part(1, Infinity, 0.9), part(25, Infinity, 0.1)];
    const tail = 0.9 * Math.exp(normalLogSurvival(4)) + 0.1 * Math.exp(normalLogSurvival(4 / 5));
    expect(normalLogSurvival(Math.sqrt(correctedDeviance(16, mixture)))).toBeCloseTo(Math.log(tail), 9);
  });

  it("is never above the deviance, grows with it, and is undone by the threshold", () => {
    fc.assert(
      fc.property(correction, positive, positive, (parts, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(correctedDeviance(low, parts)).toBeLessThanOrEqual(low);
        expect(correctedDeviance(high, parts)).toBeGreaterThanOrEqual(correctedDeviance(low, parts) - 1e-9);
        const corrected = correctedDeviance(high, parts);
        if (corrected > 1e-6 && corrected < high)
          expect(Math.abs(correctedThreshold(corrected, parts) / high - 1)).toBeLessThan(1e-5);
      }),
      { numRuns: 200 },
    );
  });

  it("takes 0 and infinity as they are", () => {
    const parts = [part(2, 5, 0.5), part(30, Infinity, 0.5)];
    expect([correctedDeviance(0, parts), correctedDeviance(Infinity, parts)]).toEqual([0, Infinity]);
    expect([correctedThreshold(0, parts), correctedThreshold(Infinity, parts)]).toEqual([0, Infinity]);
  });
});

describe("two kinds of clusters", () => {
  it("add what each has beyond independence; the larger alone is the least", () => {
    expect(combinedCorrection([part(3)], [part(2)])).toEqual([part(4)]);
    expect(combinedCorrection([part(3)], [part(0.5)])).toEqual([part(3)]);
    // Satterthwaite: 4^2 / (3^2 / 10 + 2^2 / 5).
    expect(combinedCorrection([part(3, 10)], [part(2, 5)])[0]?.degreesOfFreedom).toBeCloseTo(16 / 1.7, 12);
  });

  it("have a mean factor of at least 1 and a share of the information of at most 1", () => {
    fc.assert(
      fc.property(correction, (parts) => {
        expect(meanFactor(parts)).toBeGreaterThanOrEqual(1);
        expect(precisionShare(parts)).toBeLessThanOrEqual(1);
        expect(precisionShare(parts) * meanFactor(parts)).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });
});
