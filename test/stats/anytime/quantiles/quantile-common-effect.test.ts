import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, sampleNormal } from "../../../../src/index.ts";
import { bestCommonEffect } from "../../../../src/stats/anytime/quantiles/quantile-common-effect.ts";
import {
  binomialRankDeviance,
  type QuantileRegions,
  quantileRegions,
  type QuantileStratum,
} from "../../../../src/stats/anytime/quantiles/quantile-positions.ts";
import { quantileCost } from "../../../../src/stats/anytime/quantiles/quantile-profile.ts";
import { histogramOf } from "../histogram-of.ts";

function regionsOf(values: readonly number[], probability = 0.5): QuantileRegions {
  const histogram = histogramOf(values);
  return quantileRegions(
    histogram,
    histogram.count * (1 - probability),
    binomialRankDeviance(histogram.count, probability),
  );
}

const kinds = ["difference", "ratio"] as const;
const shifted = (values: readonly number[], kind: (typeof kinds)[number], effect: number): number[] =>
  values.map((x) => (kind === "difference" ? x + effect : x * effect));

describe("the best common effect", () => {
  it.each(kinds)("is the shared %s, at no cost, where both epochs have it, zeros included", (kind) => {
    const sample = fc
      .array(fc.constantFrom(0, 1, 2, 4, 8), { minLength: 3, maxLength: 11 })
      .filter((values) => values.length % 2 === 1);
    fc.assert(
      fc.property(sample, sample, fc.constantFrom(0.5, 2, 4), (first, second, effect) => {
        const medians = [first, second].map((values) => values.toSorted((a, b) => a - b)[values.length >> 1] as number);
        fc.pre(kind === "difference" || medians.some((median) => median > 0));
        const strata = [first, second].map((values) => ({
          control: regionsOf(values),
          treatment: regionsOf(shifted(values, kind, effect)),
        }));
        const best = bestCommonEffect(strata, kind);
        expect(best).toEqual({ effect, cost: 0 });
        expect(bestCommonEffect(strata, kind)).toBe(best);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it.each(kinds)(
    "of epochs with other %ss lies between theirs; its cost is no less than that of any effect, and little " +
      "more than the least",
    (kind) => {
      const random = createRandom(11);
      const lognormal = (count: number, median: number): number[] =>
        Array.from({ length: count }, () => Math.round(median * Math.exp(0.5 * sampleNormal(random)) * 10) / 10);
      for (const probability of [0.5, 0.9]) {
        const strata: QuantileStratum[] = [
          {
            control: regionsOf(lognormal(500, 100), probability),
            treatment: regionsOf(lognormal(400, 105), probability),
          },
          {
            control: regionsOf(lognormal(300, 100), probability),
            treatment: regionsOf(lognormal(700, 135), probability),
          },
        ];
        const own = strata.map((stratum) => bestCommonEffect([stratum], kind).effect);
        const { effect, cost } = bestCommonEffect(strata, kind);
        const [low, high] = [Math.min(...own), Math.max(...own)];
        expect(effect).toBeGreaterThan(low);
        expect(effect).toBeLessThan(high);
        const costs = Array.from({ length: 2000 }, (_, i) =>
          quantileCost(strata, kind, low + ((high - low) * i) / 1999, low + ((high - low) * i) / 1999),
        );
        expect(Math.min(...costs)).toBeGreaterThan(0.5);
        expect(cost).toBeGreaterThanOrEqual(Math.min(...costs));
        expect(cost - Math.min(...costs)).toBeLessThan(0.12);
        expect(cost - quantileCost(strata, kind, effect, effect)).toBeGreaterThanOrEqual(0);
      }
    },
  );

  it("is unknown where no epoch has one", () => {
    const zeros = { control: regionsOf([0, 0, 0]), treatment: regionsOf([0, 0, 1]) };
    expect(bestCommonEffect([zeros, zeros], "ratio")).toEqual({ effect: Number.NaN, cost: 0 });
    expect(
      bestCommonEffect([zeros, { control: regionsOf([2, 2, 2]), treatment: regionsOf([6, 6, 6]) }], "ratio"),
    ).toEqual({ effect: 3, cost: 0 });
  });
});
