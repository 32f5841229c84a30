import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaCdf, betaQuantile } from "../../src/math/beta.ts";
import { binomialCdf } from "../../src/math/binomial.ts";
import { chiSquareCdf } from "../../src/math/chi-square.ts";
import { productMinus } from "../../src/math/exact-product.ts";
import { lnGamma } from "../../src/math/gamma.ts";
import { hypergeometricCdf } from "../../src/math/hypergeometric.ts";
import { log1mexp, logSumExp } from "../../src/math/log-sum-exp.ts";
import { normalCdf, normalQuantile } from "../../src/math/normal.ts";
import { gaussLegendre } from "../../src/math/quadrature.ts";
import { createRandom } from "../../src/math/random.ts";
import { findRoot, findRootOutwards, RootError, solveIncreasing } from "../../src/math/root.ts";
import {
  sampleBeta,
  sampleBinomial,
  sampleExponential,
  sampleGamma,
  sampleNormal,
  samplePoisson,
} from "../../src/math/sampling.ts";
import { studentTCdf } from "../../src/math/student-t.ts";
import { CompensatedSum, sum } from "../../src/math/sum.ts";
import { closeTo } from "../helpers/close-to.ts";

describe("root finding", () => {
  it("finds roots to the last bits", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e3, max: 1e3, noNaN: true }), (root) => {
        closeTo(
          findRoot((x) => x ** 3 - root ** 3, -2000, 2000),
          root,
          1e-14,
          1e-5,
        );
        closeTo(
          findRoot((x) => Math.atan(x - root), -2000, 2000),
          root,
          1e-14,
          1e-13,
        );
        closeTo(
          findRootOutwards((x) => x - root, 0, root >= 0 ? 0.1 : -0.1),
          root,
          1e-14,
          1e-30,
        );
        closeTo(
          solveIncreasing((x) => [Math.sinh((x - root) / 100), Math.cosh((x - root) / 100) / 100], 0),
          root,
          1e-12,
          1e-12,
        );
      }),
    );
    expect(findRoot((x) => x, 0, 1)).toBe(0);
  });

  it("tells what is missing instead of returning an end", () => {
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow(RootError);
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow(
      "Cannot find a root: f(-1) and f(1) must be of opposite signs, current value is [2,2]",
    );
    expect(() => findRoot(() => NaN, -1, 1)).toThrow(RootError);
    expect(() => findRoot((x) => x - 0.3, -1, 1, { maximumEvaluations: 3 })).toThrow("3 evaluations");
    expect(() => findRootOutwards(() => 1, 0, 1)).toThrow(RootError);
  });
});

describe("quadrature", () => {
  it.each([1, 2, 3, 5, 12, 20, 64, 201])("integrates polynomials of degree 2n - 1 exactly, n = %i", (n) => {
    const { nodes, weights } = gaussLegendre(n);
    for (const degree of [0, 1, 2, n, 2 * n - 1, 2 * n - 2].filter((power) => power < 2 * n)) {
      const integral = sum(nodes.map((x, i) => (weights[i] as number) * x ** degree));
      closeTo(integral, degree % 2 === 1 ? 0 : 2 / (degree + 1), 1e-13, 1e-14);
    }
    expect([...nodes]).toEqual([...nodes].sort((a, b) => a - b));
  });
});

describe("sums", () => {
  it("keeps what plain addition loses", () => {
    expect(sum([1, 1e100, 1, -1e100])).toBe(2);
    expect(sum([])).toBe(0);
    expect(sum([Infinity, 1])).toBe(Infinity);
    const total = new CompensatedSum();
    for (let i = 0; i < 1e6; i += 1) total.add(0.1);
    expect(total.value).toBe(100000.00000000001 - 1e-11 + 0);
  });

  it("adds in logs", () => {
    closeTo(logSumExp([-1000, -1000]), -1000 + Math.LN2, 1e-15);
    expect(logSumExp([])).toBe(-Infinity);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logSumExp([Infinity, 0])).toBe(Infinity);
    expect(logSumExp([NaN, 0])).toBeNaN();
    closeTo(log1mexp(-1e-20), Math.log(1e-20), 1e-15);
    closeTo(log1mexp(-800), -0, 0, 1e-300);
    closeTo(log1mexp(-50), -Math.exp(-50), 1e-15);
  });

  it("multiplies exactly", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: -1e6, max: 1e6 }), (a, b) => {
        const exact = BigInt(a) * BigInt(b);
        expect(BigInt(productMinus(a, b, a * b))).toBe(exact - BigInt(a * b));
      }),
    );
  });
});

describe("random numbers", () => {
  it("are the same for the same seed", () => {
    const [a, b, c] = [createRandom(7), createRandom(7), createRandom(8)];
    const first = Array.from({ length: 5 }, a);
    expect(Array.from({ length: 5 }, b)).toEqual(first);
    expect(Array.from({ length: 5 }, c)).not.toEqual(first);
    for (const x of first) expect(x >= 0 && x < 1).toBe(true);
  });

  const runs = 40_000;
  const random = createRandom(20261125);
  it.each([
    ["normal", () => sampleNormal(random), 0, 1],
    ["exponential", () => sampleExponential(random), 1, 1],
    ["gamma(0.4)", () => sampleGamma(random, 0.4), 0.4, 0.4],
    ["gamma(9)", () => sampleGamma(random, 9), 9, 9],
    ["beta(2, 5)", () => sampleBeta(random, 2, 5), 2 / 7, 10 / (49 * 8)],
    ["binomial(25, .3)", () => sampleBinomial(random, 25, 0.3), 7.5, 5.25],
    ["binomial(1e6, .003)", () => sampleBinomial(random, 1e6, 0.003), 3000, 2991],
    ["Poisson(3)", () => samplePoisson(random, 3), 3, 3],
    ["Poisson(4000)", () => samplePoisson(random, 4000), 4000, 4000],
  ] as const)("%s has its mean and variance", (_, draw, mean, variance) => {
    const values = Array.from({ length: runs }, draw);
    const average = sum(values) / runs;
    const spread = sum(values.map((x) => (x - average) ** 2)) / (runs - 1);
    const kurtosis = sum(values.map((x) => (x - average) ** 4)) / runs / spread ** 2;
    expect(Math.abs(average - mean)).toBeLessThan(4.5 * Math.sqrt(variance / runs));
    expect(Math.abs(spread - variance)).toBeLessThan(4.5 * variance * Math.sqrt((kurtosis - 1) / runs));
  });

  it("binomial deviates follow the binomial distribution at every count", () => {
    const seen = new Map<number, number>();
    for (let i = 0; i < runs; i += 1) {
      const k = sampleBinomial(random, 60, 0.35);
      seen.set(k, (seen.get(k) ?? 0) + 1);
    }
    let below = 0;
    for (let k = 0; k <= 60; k += 1) {
      below += seen.get(k) ?? 0;
      const cdf = binomialCdf(k, 60, 0.35);
      expect(Math.abs(below / runs - cdf)).toBeLessThan(4.5 * Math.sqrt((cdf * (1 - cdf)) / runs) + 1e-9);
    }
  });
});

describe("arguments outside the domain", () => {
  it.each([
    [() => normalCdf(NaN), "Cannot evaluate the normal distribution: z must be a number, current value is NaN"],
    [() => normalQuantile(1.5), "p must be a probability in [0, 1], current value is 1.5"],
    [() => lnGamma(0), "x must be a positive finite number, current value is 0"],
    [() => betaCdf(0.5, -1, 2), "a must be a positive finite number, current value is -1"],
    [() => betaCdf(1.2, 1, 2), "x must be a probability in [0, 1], current value is 1.2"],
    [() => betaQuantile(-0.1, 1, 2), "p must be a probability in [0, 1]"],
    [() => studentTCdf(1, 0), "degreesOfFreedom must be a positive finite number, current value is 0"],
    [() => chiSquareCdf(-1, 2), "x must be a non-negative number, current value is -1"],
    [() => binomialCdf(1, 2.5, 0.5), "n must be a non-negative integer"],
    [() => hypergeometricCdf(1, 10, 11, 5), "marked must be at most the population of 10, current value is 11"],
    [() => sampleBinomial(createRandom(1), -1, 0.5), "trials must be a non-negative integer"],
    [() => gaussLegendre(0), "n must be an integer from 1 to 10000"],
  ] as const)("%# is refused by name", (run, message) => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(message);
  });
  it("a text is a TypeError", () => {
    expect(() => normalCdf("1" as unknown as number)).toThrow(TypeError);
  });
});
