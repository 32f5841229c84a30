import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lnGamma } from "../../../src/math/gamma.ts";
import { createRandom } from "../../../src/math/random.ts";
import { findRoot } from "../../../src/math/root.ts";
import { empiricalProcessBound } from "../../../src/stats/anytime/empirical-process-bound.ts";
import { lnBetaMixtureEvidence } from "../../../src/stats/anytime/mixtures/beta-mixture.ts";
import {
  gammaPoissonBound,
  gammaPoissonLnEvidence,
} from "../../../src/stats/anytime/mixtures/gamma-poisson-mixture.ts";
import { mixtureScale } from "../../../src/stats/anytime/mixtures/gaussian-mixture.ts";
import { mixtureLnEvidence, oneSidedMixtureLnEvidence } from "../../../src/stats/anytime/mixtures/normal-mixture.ts";
import { polynomialStitchingBound } from "../../../src/stats/anytime/polynomial-stitching.ts";
import { quantileStitchingBound } from "../../../src/stats/anytime/quantile-stitching.ts";
import { reference, relativeError } from "./reference.ts";

describe("the boundaries of confseq that stand on their own", () => {
  type Inputs = Readonly<
    Record<
      | "v"
      | "s"
      | "c"
      | "g"
      | "h"
      | "t"
      | "alpha"
      | "v_opt"
      | "v_min"
      | "t_min"
      | "t_opt"
      | "A"
      | "eta"
      | "delta"
      | "quantile_p"
      | "alpha_opt",
      number
    >
  > & { readonly fn: string; readonly is_one_sided: boolean };
  const vectors = reference<{ inputs: Inputs; expected: number; expectedFull: number }[]>("confseq-boundaries");
  const tuning = (alpha: number): number => -2 * Math.log(alpha) + Math.log1p(-2 * Math.log(alpha));
  const betaBinomialBound = ({ v, alpha, v_opt, g, h, alpha_opt }: Inputs): number => {
    const trials = v / (g * h);
    const excess = (s: number): number =>
      lnBetaMixtureEvidence(s + trials * g, trials, g, [v_opt / (g * h) / tuning(2 * alpha_opt) - 1], "greater") +
      Math.log(alpha);
    return excess(trials * h) < 0 ? trials * h : findRoot(excess, 0, trials * h);
  };
  const ours: Readonly<Record<string, (inputs: Inputs) => number>> = {
    best_rho_two_sided: ({ v_opt, alpha_opt }) => 1 / mixtureScale(v_opt, alpha_opt) ** 2,
    normal_log_mixture: ({ s, v, v_opt, alpha_opt, is_one_sided }) =>
      is_one_sided
        ? oneSidedMixtureLnEvidence(s / Math.sqrt(v), v, mixtureScale(v_opt, 2 * alpha_opt))
        : mixtureLnEvidence((s * s) / v, v, mixtureScale(v_opt, alpha_opt)),
    gamma_poisson_log_mixture: ({ s, v, c, v_opt, alpha_opt }) =>
      gammaPoissonLnEvidence(s, v, { scale: c, tunedVariance: v_opt, alpha: alpha_opt }),
    gamma_poisson_mixture_bound: ({ v, c, v_opt, alpha }) =>
      gammaPoissonBound(v, { scale: c, tunedVariance: v_opt, alpha }),
    beta_binomial_mixture_bound: betaBinomialBound,
    "beta_binomial_mixture_bound (saturates at v/g)": betaBinomialBound,
    poly_stitching_bound: ({ v, alpha, v_min, c, s, eta }) =>
      polynomialStitchingBound(v, { alpha, minimumVariance: v_min, scale: c, power: s, ratio: eta }),
    empirical_process_lil_bound: ({ t, alpha, t_min, A }) =>
      empiricalProcessBound(t, { alpha, minimumSampleSize: t_min, factor: A }),
    double_stitching_bound: ({ quantile_p, t, alpha, t_opt, delta, s, eta }) =>
      quantileStitchingBound(quantile_p, t, {
        alpha,
        minimumSampleSize: t_opt,
        coarseness: delta,
        power: s,
        ratio: eta,
      }),
  };

  it.each(Object.entries(ours))("%s to relative 1e-9", (name, compute) => {
    const cases = vectors.filter(({ inputs }) => inputs.fn === name);
    expect(cases.length).toBeGreaterThan(0);
    for (const { inputs, expected, expectedFull } of cases)
      expect(relativeError(compute(inputs), expectedFull ?? expected)).toBeLessThanOrEqual(1e-9);
  });

  it("together with those of the other tests, every vector is met", () => {
    const elsewhere = new Set([
      "normal_mixture_bound",
      "beta_binomial_log_mixture",
      "fixed_quantile_confidence_bounds",
    ]);
    expect(vectors.filter(({ inputs: { fn } }) => !(fn in ours) && !elsewhere.has(fn))).toEqual([]);
  });

  it("further values that confseq's own tests state, to their digits", () => {
    expect(polynomialStitchingBound(100, { minimumVariance: 10, scale: -1 })).toBeCloseTo(28.99389, 5);
    expect(quantileStitchingBound(0.5, 1000, { minimumSampleSize: 100 })).toBeCloseTo(68.62803, 5);
    expect(quantileStitchingBound(0.9, 1000, { minimumSampleSize: 100 })).toBeCloseTo(43.72119, 5);
  });
});

describe("what the boundaries promise", () => {
  it("gamma-Poisson evidence has mean 1 for Poisson counts, whatever their rate and the tuning", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.double({ min: 10, max: 100, noNaN: true }),
        (rate, tunedVariance) => {
          let mean = 0;
          // Beyond this many counts the terms are below 1e-12 for these rates and tunings.
          for (let k = 0; k < 1200; k++)
            mean += Math.exp(
              k * Math.log(rate) -
                rate -
                lnGamma(k + 1) +
                gammaPoissonLnEvidence(k - rate, rate, { scale: 1, tunedVariance }),
            );
          return Math.abs(mean - 1) < 1e-9;
        },
      ),
      { numRuns: 20 },
    );
  });

  it("a bound is where the evidence reaches the threshold", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.constantFrom(0.001, 0.05, 0.3, 0.9),
        (variance, scale, alpha) => {
          const options = { scale, tunedVariance: 50, alpha };
          return (
            Math.abs(
              gammaPoissonLnEvidence(gammaPoissonBound(variance, options), variance, options) + Math.log(alpha),
            ) < 1e-7
          );
        },
      ),
    );
  });

  const runs = 1500;
  const allowed = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);

  it("a stitched bound is crossed by at most 5 % of random walks, in 3,000 looks", () => {
    const random = createRandom(11);
    const bounds = Array.from({ length: 3000 }, (_, step) =>
      polynomialStitchingBound(step + 1, { minimumVariance: 10 }),
    );
    let crossed = 0;
    for (let run = 0; run < runs; run++) {
      let sum = 0;
      if (bounds.some((bound) => (sum += random() < 0.5 ? 1 : -1) > bound)) crossed++;
    }
    expect(crossed / runs).toBeLessThanOrEqual(allowed);
  });

  it(
    "the band and the bound over all quantiles are left by at most 5 % of samples, at 5 looks, and an unadjusted " +
      "band by more",
    () => {
      const random = createRandom(12);
      const looks = [20, 50, 100, 200, 400];
      const left = { band: 0, quantiles: 0, fixed: 0 };
      const minimum = { minimumSampleSize: 20 };
      const rankBounds = looks.map((n) =>
        Array.from({ length: 19 }, (_, i) => quantileStitchingBound((i + 1) / 20, n, minimum)),
      );
      for (let run = 0; run < runs; run++) {
        const values = Array.from({ length: 400 }, random);
        const outside = looks.map((n, look) => {
          const sorted = Float64Array.from(values.slice(0, n)).sort();
          const distance = sorted.reduce((most, x, i) => Math.max(most, x - i / n, (i + 1) / n - x), 0);
          const below = (p: number): number => sorted.reduce((count, x) => count + (x <= p ? 1 : 0), 0);
          return {
            band: distance > empiricalProcessBound(n, minimum),
            quantiles: (rankBounds[look] as number[]).some(
              (bound, i) => below((i + 1) / 20) - (n * (i + 1)) / 20 > bound,
            ),
            fixed: distance > Math.sqrt(Math.log(2 / 0.05) / (2 * n)),
          };
        });
        for (const kind of ["band", "quantiles", "fixed"] as const)
          if (outside.some((look) => look[kind])) left[kind]++;
      }
      expect(left.band / runs).toBeLessThanOrEqual(allowed);
      expect(left.quantiles / runs).toBeLessThanOrEqual(allowed);
      expect(left.fixed / runs).toBeGreaterThan(allowed);
    },
  );

  it("bad input is named", () => {
    expect(() => gammaPoissonBound(1, { scale: 0, tunedVariance: 1 })).toThrow(
      /scale must be a positive finite number/,
    );
    expect(() => gammaPoissonLnEvidence(Number.NaN, 1, { scale: 1, tunedVariance: 1 })).toThrow(
      /sum must be a finite number/,
    );
    expect(() => polynomialStitchingBound(1, { minimumVariance: 1, power: 1 })).toThrow(
      /power must be a finite number above 1/,
    );
    expect(() => empiricalProcessBound(10, { minimumSampleSize: 20 })).toThrow(
      /sampleSize must be .* minimumSampleSize 20/,
    );
    expect(() => empiricalProcessBound(10, { minimumSampleSize: 1, factor: 0.7 })).toThrow(/factor must be/);
    expect(() => quantileStitchingBound(1, 10, { minimumSampleSize: 1 })).toThrow(/probability must be/);
    for (const n of [0, 0.5, Infinity, NaN]) {
      expect(() => quantileStitchingBound(0.5, n, { minimumSampleSize: 1 })).toThrow(
        `sampleSize must be a finite number of at least 1, current value is ${n}`,
      );
      expect(() => quantileStitchingBound(0.5, 10, { minimumSampleSize: n })).toThrow(
        `minimumSampleSize must be a finite number of at least 1, current value is ${n}`,
      );
    }
    for (const coarseness of [0, -1, Infinity, NaN])
      expect(() => quantileStitchingBound(0.5, 10, { minimumSampleSize: 1, coarseness })).toThrow(
        `coarseness must be a positive finite number, current value is ${coarseness}`,
      );
    expect(quantileStitchingBound(0.5, 1, { minimumSampleSize: 1 })).toBeGreaterThan(0);
  });
});
