import fc from "fast-check";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";

/** Sketches of values of every kind that a format can hold, at scales that it has. */
export function arbitrarySketch(limits: {
  minScale: number;
  maxScale: number;
  infinities: boolean;
}): fc.Arbitrary<QuantileSketch> {
  const value = fc.oneof(
    fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    fc.integer({ min: -50, max: 50 }),
    fc.double({ noNaN: true, noDefaultInfinity: !limits.infinities }),
  );
  return fc
    .record({
      scale: fc.integer({ min: limits.minScale, max: limits.maxScale }),
      entries: fc.array(fc.tuple(value, fc.integer({ min: 1, max: 2 ** 40 })), { maxLength: 40 }),
    })
    .map(({ scale, entries }) => {
      const sketch = new QuantileSketch({ scale });
      for (const [x, count] of entries) sketch.add(x, count);
      return sketch;
    });
}
