import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantileCost, quantileCostInterval } from "../../../src/analysis/sequential/quantile-cost.ts";
import { type QuantileRegions, binomialRankDeviance, quantileRegions } from "../../../src/analysis/sequential/quantile-regions.ts";
import { histogramOf } from "./histogram-of.ts";

const sample = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 9 });
const regionsOf = (values: readonly number[]): QuantileRegions => {
  const histogram = histogramOf(values);
  return quantileRegions(histogram, histogram.count / 2, binomialRankDeviance(histogram.count, 0.5));
};

/** The cost of the quantile lying at q, straight from the definition: any number of the values tied with q may be above it. */
function costAt(values: readonly number[], q: number): number {
  const n = values.length;
  const [fewest, most] = [values.filter((x) => x > q).length, values.filter((x) => x >= q).length];
  return binomialRankDeviance(n, 0.5)(Math.min(most, Math.max(fewest, n / 2)));
}

it("costs of effects, and the effects below a threshold, are those of trying every quantile: ties and gaps included", () => {
  fc.assert(
    fc.property(sample, sample, (control, treatment) => {
      const strata = [{ control: regionsOf(control), treatment: regionsOf(treatment) }];
      const threshold = 0.8;
      const [low, high] = quantileCostInterval(strata, "difference", threshold);
      for (let effect = -9; effect <= 9; effect += 0.5) {
        let least = Infinity;
        for (let q = -20; q <= 30; q += 0.25) least = Math.min(least, costAt(control, q) + costAt(treatment, q + effect));
        const cost = quantileCost(strata, "difference", effect, effect);
        // A value and the places beside it share edges, so the cost may be a neighbour's; it is never overstated.
        expect(cost).toBeLessThanOrEqual(least + 1e-12);
        if (least < threshold) expect(effect >= low && effect <= high).toBe(true);
        if (effect % 1 === 0.5 || effect % 1 === -0.5) expect(cost).toBeCloseTo(least, 12);
      }
    }),
    { seed: 17, numRuns: 150 },
  );
});

describe("with several strata", () => {
  // An effect added to 1e300 is lost in rounding.
  it.each([["difference", 1000], ["ratio", 1e300]] as const)("the ends of the affordable %ss are the outermost, and no further out than the resolution", (kind, largest) => {
    const wide = fc.array(fc.constantFrom(0, 1e-7, 0.5, 1, 3, 8, largest), { minLength: 1, maxLength: 9 });
    const drawn = fc.tuple(fc.tuple(sample, sample, sample, sample), fc.tuple(wide, wide, wide, wide));
    let [bounded, empty] = [0, 0];
    fc.assert(
      fc.property(drawn.chain((pair) => fc.constantFrom(...pair)), fc.double({ min: 0.3, max: 3, noNaN: true }), ([a, b, c, d], threshold) => {
        const strata = [{ control: regionsOf(a), treatment: regionsOf(b) }, { control: regionsOf(c), treatment: regionsOf(d) }];
        const [low, high] = quantileCostInterval(strata, kind, threshold);
        const affordable = (from: number, to: number): boolean => quantileCost(strata, kind, from, to) < threshold;
        const values = [...a, ...b, ...c, ...d];
        const between = values.flatMap((x) => values.map((y) => (kind === "difference" ? y - x : x === 0 ? 0 : y / x)));
        for (const effect of between.flatMap((x) => [x, 1.01 * x, 0.99 * x, x + 0.01])) {
          if ((kind === "difference" || effect >= 0) && affordable(effect, effect)) expect(effect >= low && effect <= high).toBe(true);
        }
        if (low > high) empty++;
        else if (Number.isFinite(low) && Number.isFinite(high)) {
          bounded++;
          const step = (end: number): number => 1.01e-6 * (Math.abs(end) + 1e-6);
          if (low > 0 || kind === "difference") expect(affordable(low - step(low), low - step(low))).toBe(false);
          expect(affordable(high + step(high), high + step(high))).toBe(false);
          expect(affordable(low, low + step(low))).toBe(true);
          expect(affordable(high - step(high), high)).toBe(true);
        }
      }),
      { seed: 19, numRuns: 300 },
    );
    expect(bounded).toBeGreaterThan(50);
    expect(empty).toBeGreaterThan(5);
  });

  it("no effect is affordable where the strata disagree: the interval holds nothing", () => {
    const [low, high] = [[1, 1, 1, 1, 1, 1], [50, 50, 50, 50, 50, 50]].map(regionsOf);
    const strata = [{ control: low as QuantileRegions, treatment: high as QuantileRegions }, { control: high as QuantileRegions, treatment: low as QuantileRegions }];
    expect(quantileCostInterval(strata, "difference", 0.5)).toEqual([Infinity, -Infinity]);
  });
});
