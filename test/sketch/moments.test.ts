import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { CoMoments } from "../../src/sketch/comoments.ts";
import { Moments } from "../../src/sketch/moments.ts";
import { closeTo } from "../close-to.ts";

/** Whole numbers, whose sums, squares and products big integers give exactly. */
const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });
const total = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
/** (n Σxy - Σx Σy) / n, the numerator by big integers. */
const deviations = (xs: readonly number[], ys: readonly number[]): number => {
  const [x, y] = [xs.map(BigInt), ys.map(BigInt)];
  return Number(BigInt(x.length) * total(x.map((value, i) => value * (y[i] as bigint))) - total(x) * total(y)) / x.length;
};
const of = (...values: number[]): Moments => {
  const moments = new Moments();
  moments.addAll(Float64Array.from(values));
  return moments;
};
const pairs = (xs: readonly number[], ys: readonly number[]): CoMoments => {
  const comoments = new CoMoments();
  comoments.addAll(Float64Array.from(xs), Float64Array.from(ys));
  return comoments;
};

describe("moments", () => {
  it("are those by big integers, whatever is merged with what", () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 2, maxLength: 30 }), fc.nat(), (values, at) => {
        const cut = at % values.length;
        const [whole, left, right] = [of(...values), of(...values.slice(0, cut)), of(...values.slice(cut))];
        const before = JSON.stringify(left);
        const merged = left.clone().absorb(right);
        expect(JSON.stringify(left)).toBe(before);
        expect(JSON.stringify(merged)).toBe(JSON.stringify(whole));
        expect(JSON.stringify(Moments.fromJSON(JSON.parse(JSON.stringify(whole))))).toBe(JSON.stringify(whole));
        expect([merged.count, merged.sum, merged.sumOfSquares]).toEqual([values.length, Number(total(values.map(BigInt))), Number(total(values.map((value) => BigInt(value) ** 2n)))]);
        closeTo(merged.mean, merged.sum / values.length, 1e-15);
        closeTo(merged.sumOfSquaredDeviations, deviations(values, values), 1e-15);
        closeTo(merged.variance, deviations(values, values) / (values.length - 1), 1e-15);
      }),
    );
  });

  it("leave NaN out and count it, and say NaN where there is too little", () => {
    const moments = new Moments();
    expect(moments.addAll(Float64Array.of(1, NaN, 3, NaN))).toBe(2);
    expect([moments.count, moments.sum, moments.mean, moments.variance]).toEqual([2, 4, 2, 2]);
    expect([of().mean, of().variance, of(5).variance, of().sumOfSquaredDeviations]).toEqual([NaN, NaN, NaN, NaN]);
    expect(of(5).sumOfSquaredDeviations).toBe(0);
    // Plain doubles would lose the variance of values near 1e9 altogether.
    expect(of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16).variance).toBe(30);
  });

  it.each([
    [null, "count must be a non-negative integer"],
    [{ count: -1, sum: [], sumOfSquares: [] }, "current value is -1"],
    [{ count: 1.5, sum: [], sumOfSquares: [] }, "current value is 1.5"],
    [{ count: "1", sum: [], sumOfSquares: [] }, 'current value is "1"'],
    [{ count: 1, sum: 3, sumOfSquares: [] }, "sum must be a list of finite numbers, current value is 3"],
    [{ count: 1, sum: [1], sumOfSquares: [Infinity] }, "sumOfSquares must be a list of finite numbers"],
    [{ count: 1, sum: ["1"], sumOfSquares: [1] }, "sum must be a list of finite numbers"],
  ])("what is no moments is refused: %j", (json, message) => {
    expect(() => Moments.fromJSON(json)).toThrow(FormatError);
    expect(() => Moments.fromJSON(json)).toThrow(message);
    expect(() => CoMoments.fromJSON(json)).toThrow(FormatError);
  });
});

describe("moments of pairs", () => {
  it("are those by big integers, whatever is merged with what", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(whole, whole), { minLength: 2, maxLength: 30 }), fc.nat(), (both, at) => {
        const [xs, ys] = [both.map(([x]) => x), both.map(([, y]) => y)];
        const cut = at % xs.length;
        const [left, right] = [pairs(xs.slice(0, cut), ys.slice(0, cut)), pairs(xs.slice(cut), ys.slice(cut))];
        const before = JSON.stringify(left);
        const merged = left.clone().absorb(right);
        expect(JSON.stringify(left)).toBe(before);
        expect(JSON.stringify(merged)).toBe(JSON.stringify(pairs(xs, ys)));
        expect(JSON.stringify(CoMoments.fromJSON(JSON.parse(JSON.stringify(merged))))).toBe(JSON.stringify(merged));
        const n = xs.length;
        expect([merged.count, merged.sumX, merged.sumY]).toEqual([n, Number(total(xs.map(BigInt))), Number(total(ys.map(BigInt)))]);
        closeTo(merged.varianceX, deviations(xs, xs) / (n - 1), 1e-15);
        closeTo(merged.varianceY, deviations(ys, ys) / (n - 1), 1e-15);
        closeTo(merged.covariance, deviations(xs, ys) / (n - 1), 1e-15);
      }),
    );
  });

  it("leave out pairs with a NaN on either side, and say NaN for one pair", () => {
    const comoments = new CoMoments();
    expect(comoments.addAll(Float64Array.of(1, NaN, 3, 4), Float64Array.of(2, 3, NaN, 8))).toBe(2);
    expect([comoments.count, comoments.sumX, comoments.sumY, comoments.varianceX, comoments.varianceY, comoments.covariance]).toEqual([2, 5, 10, 4.5, 18, 9]);
    const one = pairs([1], [2]);
    expect([one.varianceX, one.varianceY, one.covariance]).toEqual([NaN, NaN, NaN]);
  });
});
