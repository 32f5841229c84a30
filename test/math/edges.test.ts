import { describe, expect, it } from "vitest";
import { betaLogitQuantile, betaQuantile, betaSurvivalQuantile, lnBeta } from "../../src/math/beta.ts";
import { binomialLogProbability, binomialProbability } from "../../src/math/binomial.ts";
import { chiSquareCdf, chiSquareLogCdf, chiSquareLogSurvival, chiSquareSurvival } from "../../src/math/chi-square.ts";
import { erfcInverse } from "../../src/math/erfc-inverse.ts";
import { lnGamma } from "../../src/math/gamma.ts";
import {
  hypergeometricCdf,
  hypergeometricLogProbability,
  hypergeometricProbability,
  hypergeometricSurvival,
} from "../../src/math/hypergeometric.ts";
import { closeTo } from "../helpers/close-to.ts";

describe("distributions at the edges of their support", () => {
  it("no probability lies outside it", () => {
    for (const k of [-1, 0, 1, 7, 2.5, NaN]) expect(hypergeometricLogProbability(k, 10, 6, 6)).toBe(-Infinity);
    // C(6, 2) C(4, 4) / C(10, 6), and all six marked.
    closeTo(hypergeometricProbability(2, 10, 6, 6), 15 / 210, 1e-14);
    closeTo(hypergeometricProbability(6, 10, 6, 6), 1 / 210, 1e-14);
    expect(hypergeometricLogProbability(4, 4, 4, 4)).toBe(0);
    expect(hypergeometricLogProbability(0, 9, 0, 5)).toBe(0);
    expect([
      hypergeometricCdf(1, 10, 6, 6),
      hypergeometricSurvival(1, 10, 6, 6),
      hypergeometricCdf(6, 10, 6, 6),
      hypergeometricSurvival(6, 10, 6, 6),
    ]).toEqual([0, 1, 1, 0]);
    for (const k of [-1, 4, 1.5]) expect(binomialLogProbability(k, 3, 0.5)).toBe(-Infinity);
    for (const [k, p, probability] of [
      [0, 0, 1],
      [1, 0, 0],
      [3, 1, 1],
      [2, 1, 0],
      [0, 0.5, 1 / 8],
      [3, 0.5, 1 / 8],
      [1, 0.5, 3 / 8],
    ] as const)
      closeTo(binomialProbability(k, 3, p), probability, 1e-15);
  });

  it("certain tails have infinite quantiles", () => {
    expect([
      betaQuantile(0, 2, 3),
      betaQuantile(1, 2, 3),
      betaSurvivalQuantile(0, 2, 3),
      betaSurvivalQuantile(1, 2, 3),
    ]).toEqual([0, 1, 1, 0]);
    expect([betaLogitQuantile(0, 1, 2, 3), betaLogitQuantile(1, 0, 2, 3)]).toEqual([-Infinity, Infinity]);
    expect([erfcInverse(0), erfcInverse(2)]).toEqual([Infinity, -Infinity]);
    closeTo(erfcInverse(1), 0, 0, 1e-17);
    for (const y of [-1e-300, 2.0000000000000004, NaN, -Infinity])
      expect(() => erfcInverse(y)).toThrow("y must be in [0, 2]");
  });

  it("where x or 1 - x would underflow, a beta tail is its leading power", () => {
    // P(X <= x) = x^a / (a B(a, b)) to every digit: the logit of x is (ln p + ln a + ln B(a, b)) / a.
    for (const [a, b] of [
      [0.01, 3],
      [0.02, 0.5],
      [0.001, 200],
    ] as const) {
      closeTo(betaLogitQuantile(1e-9, 1 - 1e-9, a, b), (Math.log(1e-9) + Math.log(a) + lnBeta(a, b)) / a, 1e-13);
      closeTo(betaLogitQuantile(1 - 1e-9, 1e-9, b, a), -(Math.log(1e-9) + Math.log(a) + lnBeta(a, b)) / a, 1e-13);
    }
  });

  it("chi-square tails of less than one degree of freedom follow from those with two more", () => {
    for (const degrees of [0.02, 0.1, 0.5, 0.9]) {
      const shape = degrees / 2;
      for (const x of [1e-30, 1e-3, 0.4, 1, 2, 2.4]) {
        // P(a, x) = P(a + 1, x) + x^a e^-x / gamma(a + 1).
        const lnStep = shape * Math.log(x / 2) - x / 2 - lnGamma(shape + 1);
        const cdf = chiSquareCdf(x, degrees + 2) + Math.exp(lnStep);
        closeTo(chiSquareCdf(x, degrees), cdf, 1e-13, 0, `x ${x}, ${degrees} degrees`);
        closeTo(chiSquareLogCdf(x, degrees), Math.log(cdf), 1e-12, 1e-13);
        closeTo(chiSquareSurvival(x, degrees), chiSquareSurvival(x, degrees + 2) - Math.exp(lnStep), 1e-12, 1e-14);
        closeTo(chiSquareLogSurvival(x, degrees), Math.log(chiSquareSurvival(x, degrees)), 1e-11, 1e-13);
      }
    }
  });
});
