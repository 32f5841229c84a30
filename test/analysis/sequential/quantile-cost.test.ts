import fc from "fast-check";
import { expect, it } from "vitest";
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
