import fc from "fast-check";
import { expect, it } from "vitest";
import { bucketIndex } from "../../src/sketch/bucket-index.ts";
import { QuantileSketch } from "../../src/sketch/index.ts";

it("counts the values in buckets above that of x, within the bounds of countAbove", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ noNaN: true })), { minLength: 1 }),
      fc.double({ min: 1e-9, max: 1e7, noNaN: true }),
      fc.integer({ min: 0, max: 7 }),
      (values, x, scale) => {
        const sketch = new QuantileSketch({ scale });
        for (const value of values) sketch.add(value);
        const found = sketch.countAboveBucket(x);
        const { lower, upper } = sketch.countAbove(x);
        expect(found).toBeLessThanOrEqual(upper);
        const finest = sketch.scale;
        if (values.every((value) => value > 0 && value < Infinity) && x >= sketch.min && x < sketch.max)
          expect(found).toBe(values.filter((own) => bucketIndex(own, finest) > bucketIndex(x, finest)).length);
        else if (x < sketch.min) expect(found).toBe(lower);
        else if (x >= sketch.max) expect(found).toBe(0);
      },
    ),
    { numRuns: 500, seed: 3 },
  );
});
