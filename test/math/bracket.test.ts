import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaleUntil, walkUntil } from "../../src/math/bracket.ts";

describe("scaleUntil", () => {
  it("is the first power of the factor that holds", () => {
    expect(scaleUntil((x) => x >= 100, 3)).toBe(192);
    expect(scaleUntil((x) => x <= 0.01, 1, { factor: 0.5 })).toBe(0.0078125);
    expect(scaleUntil(() => true, 7)).toBe(7);
  });

  it("is null when nothing up to the limit holds", () => {
    expect(scaleUntil((x) => x >= 100, 3, { limit: 100 })).toBeNull();
    expect(scaleUntil((x) => x >= 100, 3, { limit: 192 })).toBe(192);
    expect(scaleUntil(() => false, 1)).toBeNull();
    expect(scaleUntil(() => false, 1, { factor: 0.5 })).toBeNull();
  });
});

describe("walkUntil", () => {
  it("finds the stride in which a threshold lies, in both directions", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        fc.constantFrom(1, -1),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (distance, side, start) => {
          const found = walkUntil((x) => side * (x - start) >= distance, start, side * 0.5);
          if (found === null) throw new Error("nothing found");
          expect(side * (found.near - start)).toBeLessThan(distance);
          expect(side * (found.far - start)).toBeGreaterThanOrEqual(distance);
        },
      ),
    );
  });

  it("tries start + 1, + 3, + 7, ... and stops at the limit or after the strides", () => {
    const tried: number[] = [];
    const never = (x: number): boolean => (tried.push(x), false);
    expect(walkUntil(never, 0, 1, { strides: 3 })).toBeNull();
    expect(tried).toEqual([1, 3, 7]);
    tried.length = 0;
    expect(walkUntil(never, 0, -1, { limit: -5 })).toBeNull();
    expect(tried).toEqual([-1, -3, -5]);
    expect(walkUntil((x) => x === 5, 0, 1, { limit: 5 })).toEqual({ near: 3, far: 5 });
  });
});
