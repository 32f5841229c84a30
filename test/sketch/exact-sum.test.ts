import fc from "fast-check";
import { expect, it } from "vitest";
import { ExactSum } from "../../src/sketch/exact-sum.ts";
import { exactSum } from "../laws/sketch-laws.ts";

type Step =
  | { readonly kind: "add"; readonly value: number; readonly times: number }
  | { readonly kind: "absorb" | "subtract"; readonly values: readonly number[] }
  | { readonly kind: "read" }
  | { readonly kind: "copy" };

/** Numbers whose limbs lie far apart, next to each other, and in the same place with opposite signs. */
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc
    .tuple(fc.integer({ min: -1074, max: 1000 }), fc.constantFrom(1, -1, 3, -3))
    .map(([exponent, factor]) => factor * 2 ** exponent),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** 52 - 1, 1 - 2 ** 52),
);
const values = fc.array(value, { maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("add" as const), value, times: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("absorb" as const, "subtract" as const), values }) },
  fc.record({ kind: fc.constant("read" as const) }),
  fc.record({ kind: fc.constant("copy" as const) }),
);

it("adding, merging, subtracting, reading and copying in any order keep the sum of big integers", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let sum = new ExactSum();
      const all: number[] = [];
      for (const one of steps) {
        if (one.kind === "add") {
          sum.add(one.value, one.times);
          for (let i = 0; i < one.times; i++) all.push(one.value);
        } else if (one.kind === "read") expect(sum.value()).toBe(exactSum(all));
        else if (one.kind === "copy") sum = sum.clone();
        else {
          const other = new ExactSum();
          for (const x of one.values) other.add(x);
          const sign = one.kind === "absorb" ? 1 : -1;
          sum.absorb(other, sign);
          expect(other.value()).toBe(exactSum(one.values));
          for (const x of one.values) all.push(sign * x);
        }
      }
      expect(sum.value()).toBe(exactSum(all));
      const again = new ExactSum();
      for (const part of sum.parts()) again.add(part);
      expect(again.value()).toBe(sum.value());
    }),
    { numRuns: 3000 },
  );
});

it("a sum beyond the largest double is infinite, and finite again when enough is taken away", () => {
  const most = 2 ** 53 - 1;
  for (const sign of [1, -1]) {
    const sum = new ExactSum();
    sum.add(sign * Number.MAX_VALUE, most);
    expect(sum.value()).toBe(sign * Infinity);
    expect(sum.parts()).toEqual([sign * Infinity]);
    sum.add(-sign * Number.MAX_VALUE, most - 1);
    expect(sum.value()).toBe(sign * Number.MAX_VALUE);
  }
});
