import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNotComputable } from "../../src/errors.ts";
import { binomialCdf } from "../../src/math/binomial.ts";
import { ExplicitHistogram } from "../../src/sketch/explicit-histogram.ts";
import type { QuantileEstimate } from "../../src/sketch/histogram.ts";
import { orderStatisticInterval, type OrderStatisticInterval } from "../../src/sketch/order-statistic-interval.ts";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";

const filled = (values: readonly number[], options = {}): QuantileSketch => {
  const sketch = new QuantileSketch(options);
  sketch.addAll(Float64Array.from(values));
  return sketch;
};

describe("QuantileSketch", () => {
  it("says so when it is empty", () => {
    const sketch = new QuantileSketch();
    expect([sketch.count, sketch.sum, sketch.min, sketch.max]).toEqual([0, 0, NaN, NaN]);
    expect(isNotComputable(sketch.quantile(0.5)) && isNotComputable(sketch.cdf(1))).toBe(true);
    expect(sketch.rank(3)).toEqual({ lower: 0, upper: 0 });
    expect(sketch.bins().count.length).toBe(0);
  });

  it("keeps every value within 0.271 % at scale 7", () => {
    const bound = (2 ** (1 / 128) - 1) / (2 ** (1 / 128) + 1);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-4, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p) => {
          const exact = [...values].sort((a, b) => a - b)[
            Math.max(1, Math.ceil(p * values.length - 1e-9)) - 1
          ] as number;
          const { value } = filled(values, { maxBuckets: 8192 }).quantile(p) as QuantileEstimate;
          expect(Math.abs(value / exact - 1)).toBeLessThanOrEqual(bound * (1 + 1e-9));
        },
      ),
    );
  });

  it("takes n p for an integer when it misses it by rounding", () => {
    const sketch = filled(Array.from({ length: 1000 }, (_, i) => i + 1));
    const { lower, upper } = sketch.quantile(0.07) as QuantileEstimate;
    expect(lower < 70 && 70 <= upper).toBe(true);
    expect(sketch.orderStatistic(70)).toEqual(sketch.quantile(0.07));
    expect(sketch.quantile(0)).toEqual({ value: 1, lower: 1, upper: 1 });
  });

  it("refuses NaN, wrong counts, ranks and options, naming field, value and requirement", () => {
    const sketch = filled([1, 2, 3]);
    expect(() => sketch.add(NaN)).toThrow(
      "Cannot add a value to a sketch: value must be a number other than NaN, current value is NaN",
    );
    expect(() => sketch.add("7" as unknown as number)).toThrow('value must be a number, current value is "7"');
    expect(() => sketch.add(1, 0)).toThrow("count must be a positive integer, current value is 0");
    expect(() => sketch.add(1, 1.5)).toThrow("count must be a positive integer, current value is 1.5");
    expect(() => sketch.add(1, 2 ** 53 - 1)).toThrow("the total count must be a non-negative integer up to 2^53 - 1");
    expect(() => sketch.addAll([1, 2] as unknown as Float64Array)).toThrow("values must be a Float64Array");
    expect(() => sketch.addAll(Float64Array.of(1, 2), 2, 1)).toThrow(
      "end must be an integer from start 2 to 2, current value is 1",
    );
    expect(() => sketch.quantile(1.5)).toThrow("p must be a number from 0 to 1, current value is 1.5");
    expect(() => sketch.orderStatistic(4)).toThrow("k must be an integer from 1 to 3, current value is 4");
    expect(() => sketch.rank(NaN)).toThrow("x must be a number, current value is NaN");
    expect(() => sketch.scaleDown(8)).toThrow(
      "scale must be an integer from -10 to the current scale 7, current value is 8",
    );
    expect(() => sketch.merge({} as QuantileSketch)).toThrow("the other must be a QuantileSketch");
    expect(() => new QuantileSketch({ scale: 21 })).toThrow(
      "scale must be an integer from -10 to 20, current value is 21",
    );
    expect(() => new QuantileSketch({ maxBuckets: 3 })).toThrow(
      "maxBuckets must be an integer from 4 to 1048576, current value is 3",
    );
    expect(() => filled([1]).diff(filled([2]))).toThrow(
      "Cannot subtract a sketch: its positive buckets must not exceed those of the later snapshot",
    );
    expect(sketch.count).toBe(3);
  });

  it("counts to 2^53 - 1 exactly, one by one at the end", () => {
    const sketch = new QuantileSketch();
    sketch.add(3, 2 ** 53 - 3);
    sketch.add(5);
    sketch.add(7);
    expect(sketch.count).toBe(2 ** 53 - 1);
    expect(() => sketch.add(9)).toThrow("up to 2^53 - 1");
    expect(sketch.rank(4)).toEqual({ lower: 2 ** 53 - 3, upper: 2 ** 53 - 3 });
    expect(sketch.sum).toBe(Number(3n * (2n ** 53n - 3n) + 12n));
  });

  it("scaled down is what inserting at that scale gives; so is a merge of different scales", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 50 }),
        fc.integer({ min: -10, max: 7 }),
        fc.integer({ min: -10, max: 20 }),
        (values, coarse, fine) => {
          const direct = JSON.stringify(filled(values, { scale: coarse }));
          expect(
            JSON.stringify(
              filled(values, { scale: 7 }).scaleDown(Math.min(coarse, filled(values, { scale: 7 }).scale)),
            ),
          ).toBe(direct);
          const low = Math.min(coarse, fine);
          expect(JSON.stringify(filled(values, { scale: coarse }).merge(filled(values, { scale: fine })))).toBe(
            JSON.stringify(filled([...values, ...values], { scale: low })),
          );
        },
      ),
    );
  });

  it("bounds memory: a hostile range makes it coarser, not larger", () => {
    const sketch = filled([5e-324, 1, 1.7e308], { scale: 20 });
    expect(sketch.scale).toBe(0);
    const latencies = filled([0.001, 3_600_000]);
    expect(latencies.scale).toBe(7);
  });

  it("takes the wider zero bucket of a merge, rounded up to an edge", () => {
    const wide = QuantileSketch.fromCounts({
      scale: 0,
      zeroCount: 3,
      zeroThreshold: 0.3,
      positive: [{ offset: 1, counts: [1] }],
    });
    const merged = wide.merge(filled([0.1, 0.4, 0.6, 3], { scale: 0 }));
    expect([merged.zeroThreshold, merged.zeroCount, merged.count]).toEqual([0.5, 5, 8]);
    expect(JSON.stringify(filled([0.1, 0.4, 0.6, 3], { scale: 0 }).merge(wide))).toBe(JSON.stringify(merged));
    expect(isNotComputable(merged.sum)).toBe(true);
  });

  it("knows only bounds on the extremes of a difference", () => {
    const earlier = filled([1, 100]);
    const later = earlier.merge(filled([10, 20]));
    const rest = later.diff(earlier);
    expect([rest.count, rest.sum, rest.extremesExact]).toEqual([2, 30, false]);
    expect(rest.min).toBeLessThan(10);
    expect(rest.max).toBeGreaterThanOrEqual(20);
    expect(rest.max).toBeLessThan(20.2);
    expect(later.diff(later).count).toBe(0);
  });
});

describe("orderStatisticInterval", () => {
  it("has the ranks of the definition and covers at least the level", () => {
    for (const [n, p, level] of [
      [1000, 0.5, 0.95],
      [1000, 0.99, 0.95],
      [100, 0.99, 0.9],
      [37, 0.2, 0.99],
      [5, 0.5, 0.95],
    ] as const) {
      const exact = new ExplicitHistogram({ boundaries: Array.from({ length: n }, (_, i) => i + 1) });
      for (let i = 1; i <= n; i++) exact.add(i);
      const {
        lowerRank: l,
        upperRank: u,
        lower,
        upper,
      } = orderStatisticInterval(exact, p, level) as OrderStatisticInterval;
      const coverage = binomialCdf(u - 1, n, p) - (l === 0 ? 0 : binomialCdf(l - 1, n, p));
      expect(coverage).toBeGreaterThanOrEqual(level - 1e-12);
      if (l + 1 <= n) expect(binomialCdf(l, n, p)).toBeGreaterThan((1 - level) / 2);
      if (u > 1) expect(1 - binomialCdf(u - 2, n, p)).toBeGreaterThan((1 - level) / 2);
      expect([lower, upper]).toEqual([l === 0 ? -Infinity : l === 1 ? 1 : l - 1, u > n ? Infinity : u]);
    }
    expect(isNotComputable(orderStatisticInterval(new QuantileSketch(), 0.5))).toBe(true);
  });
});
