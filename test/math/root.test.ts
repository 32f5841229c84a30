import { describe, expect, it } from "vitest";
import { findRoot, findRootOutwards, solveIncreasing } from "../../src/math/root.ts";
import { closeTo } from "../helpers/close-to.ts";

/** What a search returns, and how often it evaluated its function: any change of its steps shows in the count. */
function counted<Value>(
  search: (f: (x: number) => Value) => number,
  f: (x: number) => Value,
): readonly [root: number, evaluations: number] {
  let evaluations = 0;
  const root = search((x) => (evaluations++, f(x)));
  return [root, evaluations];
}

const functions = {
  "x^3 - 2x - 5": (x: number) => x ** 3 - 2 * x - 5,
  "cos x - x": (x: number) => Math.cos(x) - x,
  "1 - x^4": (x: number) => 1 - x * x * x * x,
  "e^-20x - 1/10": (x: number) => Math.exp(-20 * x) - 0.1,
  "atan 50(x - 0.7)": (x: number) => Math.atan(50 * (x - 0.7)),
  "(x - 1/2)^9": (x: number) => (x - 0.5) ** 9,
  "a step at 0.3": (x: number) => (x > 0.3 ? 1 : -1),
} as const;

describe("the steps of root finding", () => {
  it.each([
    ["x^3 - 2x - 5", 2, 3, 2.0945514815423265, 8, 6],
    ["x^3 - 2x - 5", -10, 10, 2.0945514815423265, 16, 13],
    ["cos x - x", 0, 1, 0.7390851332151607, 9, 6],
    ["cos x - x", 1, 0, 0.7390851332151607, 9, 6],
    ["cos x - x", -3, 4, 0.7390851332151607, 11, 9],
    ["e^-20x - 1/10", 0, 1, Math.LN10 / 20, 13, 9],
    ["e^-20x - 1/10", -1, 4, Math.LN10 / 20, 19, 15],
    ["atan 50(x - 0.7)", 0, 1, 0.7, 10, 9],
    ["atan 50(x - 0.7)", -1, 4, 0.7, 13, 11],
    ["(x - 1/2)^9", 0, 1, 0.5, 3, 3],
    ["(x - 1/2)^9", -1, 4, 0.5, 140, 31],
    ["a step at 0.3", 0, 1, 0.3, 54, 12],
    ["a step at 0.3", -1, 4, 0.3, 57, 15],
    ["1 - x^4", 0, 5, 1, 15, 13],
    ["1 - x^4", -5, 0, -1, 15, 13],
  ] as const)("Brent's method on %s from %f to %f", (name, lower, upper, root, evaluations, rough) => {
    const [found, count] = counted<number>((f) => findRoot(f, lower, upper), functions[name]);
    closeTo(found, root, 1e-15);
    const [near, few] = counted<number>((f) => findRoot(f, lower, upper, { tolerance: 1e-3 }), functions[name]);
    closeTo(near, root, 0, 1e-3);
    expect([count, few]).toEqual([evaluations, rough]);
  });

  it("Newton's method inside its bracket", () => {
    const sinh = (x: number): readonly [number, number] => [Math.sinh(x - 3), Math.cosh(x - 3)];
    const cubic = (x: number): readonly [number, number] => [x ** 3 + x, 3 * x * x + 1];
    const atan = (x: number): readonly [number, number] => [Math.atan(x - 5), 1 / (1 + (x - 5) ** 2)];
    const from = (start: number, f: (x: number) => readonly [number, number]): unknown =>
      counted<readonly [number, number]>((g) => solveIncreasing(g, start), f);
    expect(from(0, sinh)).toEqual([3, 7]);
    expect(from(40, sinh)).toEqual([3, 41]);
    expect(from(-100, cubic)).toEqual([0, 22]);
    expect(from(0.5, atan)).toEqual([5, 8]);
    expect(from(1000, atan)).toEqual([5, 23]);
    expect(from(7, (x) => [x - 7, 1])).toEqual([7, 1]);
  });

  it("strides that double", () => {
    const from = (start: number, step: number, f: (x: number) => number): unknown =>
      counted<number>((g) => findRootOutwards(g, start, step), f);
    expect(from(0, 1, (x) => x - 10)).toEqual([10, 8]);
    expect(from(0, -0.1, (x) => x + 3)).toEqual([-3, 9]);
    expect(from(0, 1, (x) => 7 - x)).toEqual([7, 6]);
    expect(from(2, 1, (x) => x - 2)).toEqual([2, 1]);
    let last = 0;
    expect(() => findRootOutwards((x) => ((last = x), 1), 0, 1)).toThrow(`between 0 and ${2 ** 60 - 1}`);
    expect(last).toBe(2 ** 60 - 1);
  });

  it("ends are roots too, and a function that turns NaN is told of", () => {
    expect(findRoot((x) => x - 1, 0, 1)).toBe(1);
    expect(findRoot((x) => x + 0, 0, 1)).toBe(0);
    expect(() => findRoot((x) => (x === 0 ? NaN : 1), 0, 1)).toThrow("opposite signs");
    expect(() => findRoot((x) => (x === 1 ? NaN : -1), 0, 1)).toThrow("opposite signs");
    let evaluations = 0;
    expect(() => findRoot((x) => (++evaluations > 3 ? NaN : x ** 3 - 0.3), 0, 1)).toThrow(
      "Cannot find a root: f must be a function that Brent's method solves in 400 evaluations",
    );
    expect(evaluations).toBe(4);
    evaluations = 0;
    expect(() => findRoot((x) => (evaluations++, x - 0.3 > 0 ? 1 : -1), 0, 1, { maximumEvaluations: 10 })).toThrow(
      "10 evaluations",
    );
    expect(evaluations).toBe(10);
  });
});
