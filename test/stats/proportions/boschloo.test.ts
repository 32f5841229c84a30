import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boschlooTest } from "../../../src/stats/proportions/boschloo.ts";
import { fisherTest } from "../../../src/stats/proportions/fisher.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm } from "./arms.ts";

describe("boschlooTest", () => {
  it("is the largest chance, over a grid of common rates, of a Fisher p-value as small as observed", () => {
    const fisher = (x: number, y: number): number =>
      x + y === 0 || x + y === 19 ? 1 : computed(fisherTest(arm(x, 9), arm(y, 10), { alternative: "less" })).pValue;
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    const observed = fisher(7, 2);
    const extreme: [number, number][] = [];
    for (let x = 0; x <= 9; x += 1)
      for (let y = 0; y <= 10; y += 1) if (fisher(x, y) <= observed * (1 + 1e-7)) extreme.push([x, y]);
    let largest = 0;
    for (let p = 0.0005; p < 1; p += 0.0005) {
      const sizes = extreme.map(([x, y]) => choose(9, x) * choose(10, y) * p ** (x + y) * (1 - p) ** (19 - x - y));
      largest = Math.max(
        largest,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }
    const result = computed(boschlooTest(arm(7, 9), arm(2, 10), { alternative: "less" }));
    expect(result.pValue).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
    // The grid of 0.0005 misses the top of a peak by little.
    closeTo(result.pValue, largest, 1e-4, 0, "p");
    closeTo(result.statistic, observed, 1e-10, 0, "Fisher's p as statistic");
  });

  it("never exceeds Fisher's p-value, one-sided", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 0, max: 9 }), (x, y) => {
        const own = computed(boschlooTest(arm(x, 12), arm(y, 9), { alternative: "greater" }));
        const fisher = computed(fisherTest(arm(x, 12), arm(y, 9), { alternative: "greater" }));
        expect(own.pValue).toBeLessThanOrEqual(fisher.pValue * (1 + 1e-9));
      }),
      { numRuns: 40 },
    );
  });

  it("says why large tables are not computed, and names wrong counts", () => {
    expect(boschlooTest(arm(5, 5000), arm(9, 5000))).toMatchObject({ computable: false });
    expect(() => boschlooTest(arm(5, 4), arm(3, 4))).toThrow("control.successes must be at most control.trials (4)");
  });
});
