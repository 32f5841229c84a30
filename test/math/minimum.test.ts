import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMinimum } from "../../src/math/minimum.ts";

describe("findMinimum", () => {
  it("finds the bottom of a parabola, of any width and place", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (bottom, scale) => {
          const { position, value } = findMinimum((x) => scale * (x - bottom) ** 2 + 7, bottom - 3, bottom + 11);
          // A parabola is flat to half the digits of a double around its bottom.
          expect(Math.abs(position - bottom)).toBeLessThan(1e-6 * Math.max(1, Math.sqrt(1 / scale)));
          expect(value).toBeCloseTo(7, 12);
        },
      ),
    );
  });

  it("keeps its tolerance, and evaluates once a step", () => {
    let calls = 0;
    const { position } = findMinimum((x) => ((calls += 1), Math.abs(x - 1)), 0, 3, { tolerance: 1e-3 });
    expect(Math.abs(position - 1)).toBeLessThan(1e-3);
    // 3 x 0.618^n <= 0.001 at n = 17; two points to begin with and one at the end.
    expect(calls).toBe(17 + 3);
  });

  it("ends at an end where the function only rises, and on an interval without a width", () => {
    expect(findMinimum((x) => x, 2, 5).position).toBeCloseTo(2, 12);
    expect(findMinimum((x) => x, 5, 5)).toEqual({ position: 5, value: 5 });
  });
});
