import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Moments } from "../../src/sketch/moments.ts";
import { exactSum } from "../laws/sketch-laws.ts";

const whole = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 2, maxLength: 30 });
const of = (values: readonly number[]): Moments => {
  const moments = new Moments();
  moments.addAll(Float64Array.from(values));
  return moments;
};

describe("moments", () => {
  it("are those of whole numbers, far from zero too", () => {
    fc.assert(
      fc.property(whole, fc.integer({ min: -60_000_000, max: 60_000_000 }), (values, shift) => {
        const moments = of(values.map((value) => value + shift));
        const n = BigInt(values.length);
        const [sum, squares] = values.reduce<[bigint, bigint]>(
          ([s, q], value) => [s + BigInt(value), q + BigInt(value) ** 2n],
          [0n, 0n],
        );
        // n^2 times the mean squared deviation does not depend on the shift.
        const deviations = Number(n * squares - sum * sum) / values.length;
        expect(moments.count).toBe(values.length);
        expect(moments.sum).toBe(Number(sum + n * BigInt(shift)));
        expect(moments.mean).toBe(moments.sum / values.length);
        expect(moments.sumOfSquaredDeviations).toBeCloseTo(deviations, 10 - Math.ceil(Math.log10(1 + deviations)));
        expect(moments.variance).toBe(moments.sumOfSquaredDeviations / (values.length - 1));
        expect(moments.sumOfSquares).toBe(exactSum(values.map((value) => (value + shift) ** 2)));
      }),
    );
  });

  it("leave out what is missing and say how many, and a copy goes its own way", () => {
    const moments = new Moments();
    expect(moments.addAll(Float64Array.of(1, Number.NaN, 3, Number.NaN))).toBe(2);
    expect(moments.toJSON()).toEqual({ count: 2, sum: [4], sumOfSquares: [10] });
    const copy = moments.clone();
    expect(copy.addAll(Float64Array.of(8))).toBe(0);
    expect([moments.count, copy.count, copy.mean]).toEqual([2, 3, 4]);
    expect(
      of([1, 3])
        .absorb(of([8]))
        .toJSON(),
    ).toEqual(copy.toJSON());
  });

  it("of too few values are NaN where they have no meaning", () => {
    expect(new Moments()).toMatchObject({ count: 0, sum: 0, mean: Number.NaN, variance: Number.NaN });
    expect(of([5])).toMatchObject({ mean: 5, sumOfSquaredDeviations: 0, variance: Number.NaN });
  });

  it("come back from JSON, and nothing else does", () => {
    const json = of([0.1, 0.2, 1e300]).toJSON();
    expect(Moments.fromJSON(JSON.parse(JSON.stringify(json))).toJSON()).toEqual(json);
    // The square of 1e300 is beyond the largest double.
    expect(json).toMatchObject({ count: 3, sumOfSquares: ["Infinity"] });
    expect(of([Number.MAX_VALUE, Number.MAX_VALUE]).toJSON().sum).toEqual(["Infinity"]);
    expect(of([-Number.MAX_VALUE, -Number.MAX_VALUE]).toJSON().sum).toEqual(["-Infinity"]);
    for (const [bad, field] of [
      [null, "count"],
      [{ ...json, count: 1.5 }, "count"],
      [{ ...json, count: -1 }, "count"],
      [{ ...json, sum: "1" }, "sum"],
      [{ ...json, sum: [null] }, "sum"],
      [{ ...json, sumOfSquares: ["NaN"] }, "sumOfSquares"],
    ] as const)
      expect(() => Moments.fromJSON(bad)).toThrow(`Cannot decode the moments: ${field} must be`);
  });
});
