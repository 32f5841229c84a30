import fc from "fast-check";
import jStat from "jstat";
import { describe, expect, it } from "vitest";
import reference from "../../fixtures/reference/fixed-methods.json" with { type: "json" };
import {
  betaCdf,
  betaLogCdf,
  betaLogSurvival,
  betaQuantile,
  betaSurvival,
  betaSurvivalQuantile,
  lnBeta,
} from "../../src/math/beta.ts";
import { binomialCdf, binomialProbability, binomialQuantile, binomialSurvival } from "../../src/math/binomial.ts";
import {
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSurvival,
  chiSquareSurvivalQuantile,
} from "../../src/math/chi-square.ts";
import { erfcInverse } from "../../src/math/erfc-inverse.ts";
import { erfc } from "../../src/math/erfc.ts";
import { lnGamma } from "../../src/math/gamma.ts";
import {
  hypergeometricCdf,
  hypergeometricProbability,
  hypergeometricSupport,
  hypergeometricSurvival,
} from "../../src/math/hypergeometric.ts";
import { noncentralHypergeometric } from "../../src/math/noncentral-hypergeometric.ts";
import {
  normalCdf,
  normalLogCdf,
  normalLogQuantile,
  normalQuantile,
  normalSurvival,
  normalSurvivalQuantile,
} from "../../src/math/normal.ts";
import { studentTCdf, studentTQuantile, studentTSurvival, studentTSurvivalQuantile } from "../../src/math/student-t.ts";
import { closeTo } from "../helpers/close-to.ts";

const shape = fc.double({ min: 0.5, max: 1e4, noNaN: true });
const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
const counts = { min: 0, max: 60 };

describe("distribution laws", () => {
  it("tails add up to 1", () => {
    fc.assert(
      fc.property(probability, shape, shape, (x, a, b) => {
        closeTo(betaCdf(x, a, b) + betaSurvival(x, a, b), 1, 1e-15);
        closeTo(Math.exp(betaLogCdf(x, a, b)) + Math.exp(betaLogSurvival(x, a, b)), 1, 1e-14);
        closeTo(chiSquareCdf(a * x, b) + chiSquareSurvival(a * x, b), 1, 1e-15);
      }),
    );
  });

  it("the beta distribution mirrors, and its recurrence in a holds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1023 }),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        (i, a, b) => {
          const x = i / 1024;
          closeTo(betaCdf(x, a, b), betaSurvival(1 - x, b, a), 1e-13);
          const step = Math.exp(a * Math.log(x) + b * Math.log(1 - x) - lnBeta(a, b)) / a;
          expect(Math.abs(betaCdf(x, a, b) - betaCdf(x, a + 1, b) - step)).toBeLessThan(1e-13);
        },
      ),
    );
  });

  it("quantiles invert both tails", () => {
    fc.assert(
      fc.property(probability, shape, shape, (p, a, b) => {
        closeTo(betaCdf(betaQuantile(p, a, b), a, b), p, 1e-9);
        const x = betaSurvivalQuantile(p, a, b);
        // Nearer to 1 a double cannot hold x; 1 - x is the quantile of (b, a).
        if (x < 0.999) closeTo(betaSurvival(x, a, b), p, 1e-9);
        closeTo(chiSquareCdf(chiSquareQuantile(p, a), a), p, 1e-11);
        closeTo(chiSquareSurvival(chiSquareSurvivalQuantile(p, a), a), p, 1e-11);
        closeTo(studentTCdf(studentTQuantile(p, a), a), p, 1e-11);
        closeTo(studentTSurvival(studentTSurvivalQuantile(p, a), a), p, 1e-11);
        closeTo(normalCdf(normalQuantile(p)), p, 1e-13);
        closeTo(normalSurvival(normalSurvivalQuantile(p)), p, 1e-13);
        closeTo(erfc(erfcInverse(p)), p, 1e-13);
      }),
    );
  });

  it("quantiles reach the ends", () => {
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3), betaSurvivalQuantile(0, 2, 3)]).toEqual([0, 1, 1]);
    expect([chiSquareQuantile(0, 3), chiSquareQuantile(1, 3)]).toEqual([0, Infinity]);
    expect([studentTQuantile(0, 3), studentTQuantile(1, 3)]).toEqual([-Infinity, Infinity]);
    expect(studentTQuantile(0.5, 3)).toBeCloseTo(0, 300);
    closeTo(normalLogQuantile(-1e6), -Math.sqrt(2e6) * (1 - 4.115e-6), 1e-6);
    closeTo(normalLogCdf(normalLogQuantile(-1e6)), -1e6, 1e-14);
  });

  it("shapes below 1/2 keep the complement of a probability near 1", () => {
    // I_x(a, 1) = x^a.
    for (const a of [0.01, 0.1, 0.3])
      for (const x of [1e-200, 1e-20, 1e-3, 0.3, 0.9]) {
        closeTo(betaSurvival(x, a, 1), -Math.expm1(a * Math.log(x)), 1e-13);
        closeTo(betaCdf(x, a, 1), x ** a, 1e-13);
      }
  });

  it("Student t becomes normal", () => {
    for (const t of [0.1, 1, 5, 20]) closeTo(studentTSurvival(t, 1e14), normalSurvival(t), 1e-9);
  });

  it("counts distributions are the sums of their probabilities", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer(counts),
        (n, p, k) => {
          let below = 0;
          for (let i = 0; i <= Math.min(k, n); i += 1) below += binomialProbability(i, n, p);
          closeTo(binomialCdf(k, n, p), Math.min(1, below), 1e-12);
          const quantile = binomialQuantile(below < 1 ? below * (1 - 1e-12) : 0.5, n, p);
          expect(binomialCdf(quantile, n, p)).toBeGreaterThanOrEqual(below < 1 ? below * (1 - 1e-12) : 0.5);
          expect(binomialSurvival(n, n, p)).toBe(0);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.integer(counts),
        fc.integer(counts),
        fc.integer(counts),
        fc.integer(counts),
        (marked, unmarked, drawnRaw, k) => {
          const population = marked + unmarked;
          const drawn = Math.min(drawnRaw, population);
          const [smallest, largest] = hypergeometricSupport(population, marked, drawn);
          let below = 0;
          for (let i = smallest; i <= Math.min(k, largest); i += 1)
            below += hypergeometricProbability(i, population, marked, drawn);
          closeTo(hypergeometricCdf(k, population, marked, drawn), Math.min(1, below), 1e-12);
          closeTo(hypergeometricSurvival(k, population, marked, drawn), 1 - Math.min(1, below), 1e-12, 1e-14);
        },
      ),
    );
  });

  it("agrees with jstat where jstat is good", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 1, max: 20, noNaN: true }),
        fc.double({ min: 1, max: 20, noNaN: true }),
        (x, a, b) => {
          closeTo(betaCdf(x, a, b), jStat.beta.cdf(x, a, b), 1e-6, 1e-9);
          closeTo(chiSquareCdf(a, b), jStat.chisquare.cdf(a, b), 1e-8, 1e-10);
          closeTo(studentTCdf(x * 3, a), jStat.studentt.cdf(x * 3, a), 1e-7);
          closeTo(lnGamma(a + 2), jStat.gammaln(a + 2), 1e-9);
        },
      ),
    );
  });
});

describe("noncentral hypergeometric", () => {
  it.each(reference.noncentralHypergeometric.map((one) => [one.inputs.join(", "), one] as const))(
    "holds at %s",
    (_, one) => {
      const [population, marked, drawn, k, lnOddsRatio] = one.inputs as [number, number, number, number, number];
      const own = noncentralHypergeometric(population, marked, drawn, lnOddsRatio);
      closeTo(own.cdf(k), Number(one.cdf), 1e-11);
      closeTo(own.survival(k), Number(one.survival), 1e-11);
      closeTo(own.logProbability(k), Number(one.logProbability), 1e-12);
      closeTo(own.mean, Number(one.mean), 1e-12);
      closeTo(own.variance, Number(one.variance), 1e-10);
      closeTo(own.lnNormaliser, Number(one.lnNormaliser), 1e-11, 1e-12);
      closeTo(Math.exp(own.logCdf(k)) + Math.exp(own.logSurvival(k)), 1, 1e-12);
    },
  );
});
