import fc from "fast-check";
import { expect, it } from "vitest";
import { QuantileSketch } from "../../../../src/sketch/quantile-sketch.ts";
import {
  binomialRankDeviance,
  placeOf,
  type QuantileRegions,
  quantileRegions,
} from "../../../../src/stats/anytime/quantiles/quantile-positions.ts";

const sketch = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.oneof(fc.double({ min: 1, max: 1e4, noNaN: true }), fc.integer({ min: -9, max: 9 })),
        fc.integer({ min: 1, max: 300 }),
      ),
      { minLength: 1, maxLength: 40 },
    ),
    fc.integer({ min: 2, max: 9 }),
  )
  .map(([entries, scale]) => {
    const all = new QuantileSketch({ scale });
    for (const [value, count] of entries) all.add(value, count);
    return all;
  });
const probability = fc.constantFrom(0.01, 0.5, 0.9, 0.99, 0.999);

/** The regions, once with lower bins listed as they are asked for and once with all bins at hand. */
function twice(all: QuantileSketch, p: number): [QuantileRegions, QuantileRegions] {
  const deviance = binomialRankDeviance(all.count, p);
  const expected = all.count * (1 - p);
  return [
    quantileRegions(all, expected, deviance),
    quantileRegions({ count: all.count, bins: () => all.bins() }, expected, deviance),
  ];
}

it("the places are the same, whatever the order in which bins are listed", () => {
  fc.assert(
    fc.property(sketch, probability, fc.infiniteStream(fc.nat()), (all, p, order) => {
      const [lazy, whole] = twice(all, p);
      expect([lazy.size, lazy.valley]).toEqual([whole.size, whole.valley]);
      const look = (regions: QuantileRegions, place: number): number[] => [
        regions.lower(place),
        regions.upper(place),
        regions.cost(place),
        regions.costAtUpper(place),
      ];
      for (const next of order.take(10)) {
        const place = next % whole.size;
        expect(look(lazy, place)).toEqual(look(whole, place));
      }
      for (let place = whole.size - 1; place >= 0; place--) expect(look(lazy, place)).toEqual(look(whole, place));
    }),
    { numRuns: 500 },
  );
});

it("a value's place is the first that ends at or above it, and the last place where none does", () => {
  fc.assert(
    fc.property(sketch, probability, fc.double(), fc.nat(), (all, p, anywhere, at) => {
      const [lazy, whole] = twice(all, p);
      const ends = Array.from({ length: whole.size }, (_, place) => whole.upper(place));
      for (const value of [ends[at % whole.size] as number, anywhere, anywhere % 1e4, -Infinity, Infinity]) {
        const first = ends.findIndex((end) => !(end < value));
        expect(placeOf(lazy, value)).toBe(first === -1 ? whole.size - 1 : first);
      }
    }),
    { numRuns: 500 },
  );
});

it("a high quantile's interval lists no lower bins", () => {
  const all = new QuantileSketch();
  for (let value = 1; value <= 1000; value++) all.add(value, 100);
  const unlisted = (): never => {
    throw new Error("all bins were listed");
  };
  const ranks: number[] = [];
  const upper = { count: all.count, bins: unlisted, binsFromRank: (k: number) => (ranks.push(k), all.binsFromRank(k)) };
  const places = quantileRegions(upper, all.count * 0.01, binomialRankDeviance(all.count, 0.99));
  let low = places.valley;
  while (places.cost(low - 1) < 8) low--;
  expect([places.lower(low), placeOf(places, 989)].every(Number.isFinite)).toBe(true);
  expect(Math.min(...ranks)).toBeGreaterThan(0.94 * all.count);
});
