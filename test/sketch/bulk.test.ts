import { describe, expect, it } from "vitest";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";
import { exactSum } from "../laws/sketch-laws.ts";
import { referenceIndex } from "./reference-index.ts";

/** A seeded generator of numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Samples that visit every path of the hot loop: plain, ties at the extremes, outliers, wide ranges, edges, all kinds
 * of left-out values.
 */
const samples: Readonly<Record<string, (random: () => number, i: number) => number>> = {
  latencies: (random) => Math.exp(6 + 0.8 * (random() + random() + random() - 1.5) * 2),
  constant: () => 250,
  integers: (random) => Math.floor(random() * 20),
  "growing range": (random, i) => Math.exp((random() - 0.5) * i * 0.02),
  "forty doublings": (random) => 2 ** (random() * 40),
  "every double": (random) => (random() - 0.5) * 2 ** ((random() - 0.5) * 2000),
  "one outlier": (random, i) => (i === 3000 ? 1e300 : 1 + random()),
  "tiny outlier": (random, i) => (i === 3000 ? 5e-324 : 1 + random()),
  edges: (random) => 2 ** Math.floor(random() * 10),
  "with gaps": (random, i) =>
    i % 97 === 0 ? NaN : i % 89 === 0 ? -random() : i % 83 === 0 ? 0 : i % 79 === 0 ? Infinity : 10 + random(),
  "mostly not a number": (random, i) => (i % 8 === 0 ? random() : NaN),
  subnormal: (random) => random() * 1e-310,
  huge: (random) => random() * 1.7e308,
};

function expected(values: readonly number[], sketch: QuantileSketch): unknown {
  const counts = new Map<string, number>();
  for (const x of values) {
    const key =
      x === 0
        ? "zero"
        : !Number.isFinite(x)
          ? String(x)
          : `${x < 0 ? "-" : "+"}${referenceIndex(Math.abs(x), sketch.scale)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Map([...counts].sort());
}

function actual(sketch: QuantileSketch): unknown {
  const json = sketch.toJSON();
  const counts = new Map<string, number>();
  for (const [sign, runs] of [
    ["+", json.positive ?? []],
    ["-", json.negative ?? []],
  ] as const) {
    for (const [start, ...run] of runs)
      run.forEach((values, i) => values > 0 && counts.set(`${sign}${(start as number) + i}`, values));
  }
  if (sketch.zeroCount > 0) counts.set("zero", sketch.zeroCount);
  if (sketch.infinityCount > 0) counts.set("Infinity", sketch.infinityCount);
  return new Map([...counts].sort());
}

describe("inserting in bulk", () => {
  for (const [name, next] of Object.entries(samples)) {
    for (const scale of [7, 0, -3, 8, 12]) {
      it(`gives the counts by definition and the exact sum: ${name}, scale ${scale}`, () => {
        const random = generator(11 + scale);
        const values = Array.from({ length: 10_003 }, (_, i) => next(random, i));
        const kept = values.filter((x) => !Number.isNaN(x));
        const sketch = new QuantileSketch({ scale });
        expect(sketch.addAll(Float64Array.from(values))).toBe(values.length - kept.length);
        expect(actual(sketch)).toEqual(expected(kept, sketch));
        expect(sketch.count).toBe(kept.length);
        expect(sketch.sum).toBe(exactSum(kept));
        expect([sketch.min, sketch.max]).toEqual([
          kept.reduce((a, b) => Math.min(a, b)),
          kept.reduce((a, b) => Math.max(a, b)),
        ]);
      });
    }
    it(`does not depend on how the values are cut up: ${name}`, () => {
      const random = generator(5);
      const values = Float64Array.from({ length: 9_000 }, (_, i) => next(random, i));
      const whole = new QuantileSketch();
      whole.addAll(values);
      const pieces = new QuantileSketch();
      for (let from = 0; from < values.length;) {
        const to = Math.min(values.length, from + Math.floor(random() * (random() < 0.5 ? 40 : 3000)));
        pieces.addAll(values, from, to);
        if (random() < 0.1) pieces.quantile(0.5);
        from = to;
      }
      const single = new QuantileSketch();
      for (const x of values) if (!Number.isNaN(x)) single.add(x);
      const ascending = new QuantileSketch();
      for (const x of values.toSorted()) if (!Number.isNaN(x)) ascending.add(x);
      expect(JSON.stringify(pieces)).toBe(JSON.stringify(whole));
      expect(JSON.stringify(single)).toBe(JSON.stringify(whole));
      expect(JSON.stringify(ascending)).toBe(JSON.stringify(whole));
    });
  }

  it("reads a part of an array, and an array that is a view into a larger buffer", () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) => i + 1);
    const part = new QuantileSketch();
    part.addAll(values, 1000, 4000);
    const view = new QuantileSketch();
    view.addAll(values.subarray(1000, 4000));
    expect(JSON.stringify(part)).toBe(JSON.stringify(view));
    expect([part.count, part.min, part.max, part.sum]).toEqual([3000, 1001, 4000, 7_501_500]);
  });
});
