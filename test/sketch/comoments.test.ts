import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoMoments } from "../../src/sketch/comoments.ts";
import { closeTo } from "../helpers/close-to.ts";

/** Whole numbers, whose sums, squares and products big integers give exactly. */
const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });
const total = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
/** (n Σxy - Σx Σy) / n, the numerator by big integers. */
const deviations = (xs: readonly number[], ys: readonly number[]): number => {
  const [x, y] = [xs.map(BigInt), ys.map(BigInt)];
  return (
    Number(BigInt(x.length) * total(x.map((value, i) => value * (y[i] as bigint))) - total(x) * total(y)) / x.length
  );
};
const pairs = (xs: readonly number[], ys: readonly number[]): CoMoments => {
  const comoments = new CoMoments();
  comoments.addAll(Float64Array.from(xs), Float64Array.from(ys));
  return comoments;
};

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
        expect([merged.count, merged.sumX, merged.sumY]).toEqual([
          n,
          Number(total(xs.map(BigInt))),
          Number(total(ys.map(BigInt))),
        ]);
        closeTo(merged.varianceX, deviations(xs, xs) / (n - 1), 1e-15);
        closeTo(merged.varianceY, deviations(ys, ys) / (n - 1), 1e-15);
        closeTo(merged.covariance, deviations(xs, ys) / (n - 1), 1e-15);
      }),
    );
  });

  it("leave out pairs with a NaN on either side, and say NaN for one pair", () => {
    const comoments = new CoMoments();
    expect(comoments.addAll(Float64Array.of(1, NaN, 3, 4), Float64Array.of(2, 3, NaN, 8))).toBe(2);
    expect([
      comoments.count,
      comoments.sumX,
      comoments.sumY,
      comoments.varianceX,
      comoments.varianceY,
      comoments.covariance,
    ]).toEqual([2, 5, 10, 4.5, 18, 9]);
    const one = pairs([1], [2]);
    expect([one.varianceX, one.varianceY, one.covariance]).toEqual([NaN, NaN, NaN]);
  });

  it("what is none is refused by name", () => {
    const json = pairs([1, 2], [3, 5]).toJSON();
    for (const [bad, field] of [
      [null, "count"],
      [{ ...json, count: -1 }, "count"],
      ...(["sumX", "sumY", "sumXX", "sumYY", "sumXY"] as const).map(
        (field) => [{ ...json, [field]: 3 }, field] as const,
      ),
    ] as const) {
      expect(() => CoMoments.fromJSON(bad)).toThrow(`Cannot decode the moments: ${field} must be`);
    }
  });
});
