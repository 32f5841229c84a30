import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HistogramBins, HistogramTail } from "../../src/sketch/histogram.ts";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";
import { arbitrarySketch } from "./arbitrary-sketch.ts";

/**
 * The slow way: lists all bins and leaves out those whose last value comes before rank k, where that is positive and
 * finite.
 */
function cut({ lower, upper, count }: HistogramBins, rank: number, zeroThreshold = 0): HistogramTail {
  const lastRanks = Array.from(count, (_, i) => count.slice(0, i + 1).reduce((sum, values) => sum + values, 0));
  const bin = lastRanks.findIndex((last) => last >= rank);
  const k =
    (lower[bin] as number) >= 0 && (upper[bin] as number) > zeroThreshold && (lower[bin] as number) < Infinity
      ? rank
      : 1;
  const kept = (_: number, i: number): boolean => (lastRanks[i] as number) >= k;
  return {
    lower: lower.filter(kept),
    upper: upper.filter(kept),
    count: count.filter(kept),
    binsBelow: lastRanks.filter((rank) => rank < k).length,
  };
}

/** Values of both signs, zeros, infinities, subnormal numbers, every scale. */
const anySketch = fc
  .tuple(arbitrarySketch({ minScale: -10, maxScale: 20, infinities: false }), fc.nat({ max: 3 }), fc.nat({ max: 3 }))
  .map(([sketch, lowest, highest]) => {
    if (lowest > 0) sketch.add(-Infinity, lowest);
    if (highest > 0) sketch.add(Infinity, highest);
    return sketch;
  });
/** A zero bucket that ends inside a bucket, as other formats have it. */
const withZeroBucket = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 1, max: 3 }),
    fc.double({ min: 0.2, max: 1, noNaN: true }),
  )
  .map(([counts, zeroCount, zeroThreshold]) =>
    QuantileSketch.fromCounts({
      scale: 0,
      zeroCount,
      zeroThreshold,
      positive: [{ offset: -1, counts }],
      negative: [{ offset: -1, counts: [...counts].reverse() }],
    }),
  );

describe("the bins from a rank up", () => {
  for (const [name, sketches] of [
    ["any sketch", anySketch],
    ["a sketch with a zero bucket", withZeroBucket],
  ] as const) {
    it(`of ${name} are those of all bins, at every edge and anywhere between`, () => {
      fc.assert(
        fc.property(
          sketches.filter(({ count }) => count > 0),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (sketch, share) => {
            const { count } = sketch.bins();
            const ranks = new Set([1, sketch.count, Math.max(1, Math.ceil(share * sketch.count))]);
            count.reduce((below, values) => {
              ranks.add(below + 1).add(below + values);
              return below + values;
            }, 0);
            for (const k of ranks) expect(sketch.binsFromRank(k)).toEqual(cut(sketch.bins(), k, sketch.zeroThreshold));
          },
        ),
        { numRuns: 500 },
      );
    });
  }

  it("count values that were added one by one, and after the sketch shrank", () => {
    const sketch = new QuantileSketch();
    for (const value of [5, 3, 900, 4, -1, 0]) sketch.add(value);
    expect(sketch.binsFromRank(6)).toEqual(cut(sketch.bins(), 6));
    const earlier = sketch.clone();
    sketch.add(2, 3);
    expect(sketch.diff(earlier).binsFromRank(1)).toEqual({ ...sketch.diff(earlier).bins(), binsBelow: 0 });
  });

  it("exist for ranks of the sample only", () => {
    const sketch = new QuantileSketch();
    expect(() => sketch.binsFromRank(1)).toThrow("k must be an integer from 1 to 0");
    sketch.add(1, 5);
    for (const k of [0, 6, 1.5, Number.NaN])
      expect(() => sketch.binsFromRank(k)).toThrow("k must be an integer from 1 to 5");
  });
});
