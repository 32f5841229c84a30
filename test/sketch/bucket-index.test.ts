import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketEdge } from "../../src/sketch/bucket-edge.ts";
import { bucketIndex, MAX_SCALE, MIN_SCALE } from "../../src/sketch/bucket-index.ts";
import { boundaryMantissa } from "../../src/sketch/root-of-two.ts";
import { neighbour, referenceIndex } from "./reference-index.ts";

const scales = Array.from({ length: MAX_SCALE - MIN_SCALE + 1 }, (_, i) => MIN_SCALE + i);
const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });

/** A spread of octaves that includes both ends of the normal range and the subnormal one. */
const octaves = [-1074, -1073, -1060, -1023, -1022, -1021, -52, -1, 0, 1, 9, 52, 1022, 1023];

function check(value: number, scale: number): void {
  if (bucketIndex(value, scale) !== referenceIndex(value, scale)) {
    expect({ value, scale, index: bucketIndex(value, scale) }).toEqual({
      value,
      scale,
      index: referenceIndex(value, scale),
    });
  }
}

describe("bucketIndex", () => {
  it("agrees with a 256-bit decision on random doubles of every size, at every scale", () => {
    fc.assert(
      fc.property(positive, fc.constantFrom(...scales), (value, scale) => check(value, scale)),
      { numRuns: 20_000 },
    );
  });

  it.each(scales)("agrees on each side of boundaries at scale %i", (scale) => {
    const parts = scale <= 0 ? 1 : 2 ** scale;
    const stride = Math.max(1, Math.floor(parts / 1024)) | 1;
    for (const octave of octaves) {
      for (let k = 0; k < parts; k += octave === 0 ? stride : stride * 61) {
        const edge = bucketEdge(scale <= 0 ? Math.floor(octave / 2 ** -scale) : octave * parts + k, scale);
        for (const value of [edge, neighbour(edge, 1), edge > Number.MIN_VALUE ? neighbour(edge, -1) : edge]) {
          if (value > 0 && Number.isFinite(value)) check(value, scale);
        }
      }
    }
  });

  it("places powers of two in the bucket below their boundary, at every scale", () => {
    for (const scale of scales) for (let e = -1074; e <= 1023; e++) check(2 ** e, scale);
  });

  it("is at every scale the right shift of the finest one", () => {
    fc.assert(
      fc.property(
        positive,
        fc.constantFrom(...scales),
        (value, scale) => bucketIndex(value, scale) === bucketIndex(value, MAX_SCALE) >> (MAX_SCALE - scale),
      ),
      { numRuns: 5_000 },
    );
  });
});

describe("bucketEdge", () => {
  it("bounds exactly the doubles of its bucket", () => {
    fc.assert(
      fc.property(positive, fc.constantFrom(...scales), (value, scale) => {
        const index = bucketIndex(value, scale);
        return bucketEdge(index, scale) < value && value <= bucketEdge(index + 1, scale);
      }),
      { numRuns: 20_000 },
    );
  });

  it("rounds the boundaries of scale 8 down, proved by raising them to the 256th power", () => {
    for (let k = 1; k < 256; k++) {
      const m = boundaryMantissa(k, 8);
      const target = 1n << BigInt(52 * 256 + k);
      expect(m ** 256n < target && target < (m + 1n) ** 256n).toBe(true);
    }
  });
});
