import { describe, expect, it } from "vitest";
import { barnardTest } from "../../../src/stats/proportions/barnard.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm } from "./arms.ts";

describe("barnardTest", () => {
  it("is the largest size over a grid of common rates", () => {
    const [control, treatment] = [arm(7, 12), arm(2, 15)];
    const z = (x: number, y: number): number => {
      const pooled = (x + y) / 27;
      const error = Math.sqrt(pooled * (1 - pooled) * (1 / 12 + 1 / 15));
      return error === 0 ? 0 : (y / 15 - x / 12) / error;
    };
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    const observed = Math.abs(z(7, 2));
    let largest = 0;
    for (let p = 0.0005; p < 1; p += 0.0005) {
      let size = 0;
      for (let x = 0; x <= 12; x += 1)
        for (let y = 0; y <= 15; y += 1)
          if (Math.abs(z(x, y)) >= observed - 1e-9)
            size += choose(12, x) * choose(15, y) * p ** (x + y) * (1 - p) ** (27 - x - y);
      largest = Math.max(largest, size);
    }
    const { pValue } = computed(barnardTest(control, treatment));
    // The grid of 0.0005 misses the top of a peak by little.
    expect(pValue).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
    closeTo(pValue, largest, 1e-4, 0, "p");
  });

  it("is the same when the arms change places", () => {
    closeTo(
      computed(barnardTest(arm(7, 9), arm(2, 10))).pValue,
      computed(barnardTest(arm(2, 10), arm(7, 9))).pValue,
      1e-9,
      0,
      "p",
    );
  });

  it("names an unknown variance", () => {
    expect(() => barnardTest(arm(1, 4), arm(3, 4), { variance: "own" as "pooled" })).toThrow(
      'variance must be one of "pooled", "unpooled", current value is "own"',
    );
  });
});
