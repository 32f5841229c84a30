import { describe, expect, it } from "vitest";
import { findRoot } from "../../../src/math/root.ts";
import { anytimeTEvidence, anytimeTRadius, tunedPriorObservations } from "../../../src/stats/anytime/anytime-t.ts";
import type { ConfidenceSequenceResult, SequentialEvidence } from "../../../src/stats/anytime/evidence.ts";
import { lnBetaMixtureEvidence } from "../../../src/stats/anytime/mixtures/beta-mixture.ts";
import {
  lnBetaBinomialFactor,
  lnDirichletMultinomialFactor,
} from "../../../src/stats/anytime/mixtures/dirichlet-multinomial.ts";
import {
  type GaussianMixtureResult,
  gaussianMixtureSequence,
  mixtureScale,
  oneSidedBound,
} from "../../../src/stats/anytime/mixtures/gaussian-mixture.ts";
import { oneProportionConfidenceSequence } from "../../../src/stats/anytime/proportions/one-proportion-sequence.ts";
import { quantileKernelEvidence } from "../../../src/stats/anytime/quantiles/exact-quantile.ts";
import { histogramOf } from "./histogram-of.ts";
import { reference, relativeError } from "./reference.ts";

interface Case<I, E> {
  source: string;
  name?: string;
  inputs: I;
  expected: E;
  expectedFull?: E;
  tolerance: { abs?: number; rel?: number };
}

/** 2 ln(1 / alpha) + ln(1 + 2 ln(1 / alpha)): what a sample size is divided by to tune a mixture to it. */
const tuning = (alpha: number): number => -2 * Math.log(alpha) + Math.log1p(-2 * Math.log(alpha));
const concentration = (sampleSize: number, alpha: number): number => Math.max(1e-3, sampleSize / tuning(alpha) - 1);

describe("vectors of confseq", () => {
  type Inputs = Record<string, number> & { fn: string; is_one_sided: boolean };
  const boundaries =
    reference<Case<Inputs, number | { lowerBoundary: number; upperBoundary: number }>[]>("confseq-boundaries");
  const named = (fn: string): typeof boundaries => boundaries.filter((c) => c.inputs.fn === fn);

  it("normal_mixture_bound, one- and two-sided: relative 1e-9", () => {
    const cases = named("normal_mixture_bound");
    expect(cases.length).toBe(30);
    for (const c of cases) {
      const { v, alpha, v_opt, alpha_opt, is_one_sided } = c.inputs as unknown as Record<string, number>;
      const prior = mixtureScale(v_opt as number, (is_one_sided ? 2 : 1) * (alpha_opt as number));
      const twoSided = gaussianMixtureSequence(
        { estimate: 0, standardError: 1 / Math.sqrt(v as number), sampleSize: 1 },
        { alpha: alpha as number, priorDeviation: prior },
      ) as GaussianMixtureResult;
      const bound = is_one_sided
        ? oneSidedBound(v as number, alpha as number, prior) * Math.sqrt(v as number)
        : twoSided.interval[1] * (v as number);
      expect(relativeError(bound, (c.expectedFull ?? c.expected) as number)).toBeLessThanOrEqual(1e-9);
    }
  });

  it("beta_binomial_log_mixture, one-sided: 1e-9", () => {
    const [c] = named("beta_binomial_log_mixture");
    const { s, v, v_opt, g, h, alpha_opt } = c?.inputs as unknown as {
      s: number;
      v: number;
      v_opt: number;
      g: number;
      h: number;
      alpha_opt: number;
    };
    const trials = v / (g * h);
    const ln = lnBetaMixtureEvidence(
      s + trials * g,
      trials,
      g,
      [v_opt / (g * h) / tuning(2 * alpha_opt) - 1],
      "greater",
    );
    expect(Math.abs(ln - (c?.expectedFull as number))).toBeLessThanOrEqual(1e-9);
  });

  it("fixed_quantile_confidence_bounds: relative 1e-8 (the reference bisects to 40 bits)", () => {
    const cases = named("fixed_quantile_confidence_bounds");
    expect(cases.length).toBe(190);
    for (const c of cases) {
      const { p, n, t_opt, alpha, alpha_opt } = c.inputs as unknown as {
        p: number;
        n: number;
        t_opt: number;
        alpha: number;
        alpha_opt: number;
      };
      const { lowerBoundary, upperBoundary } = c.expected as { lowerBoundary: number; upperBoundary: number };
      const bound = (q: number): number => {
        const excess = (off: number): number =>
          lnBetaBinomialFactor(n * q + off, n, q, concentration(t_opt, alpha_opt)) + Math.log(alpha);
        const most = n * (1 - q);
        return excess(most * (1 - 1e-12)) < 0 ? most : findRoot(excess, 0, most * (1 - 1e-12));
      };
      expect(relativeError(bound(p), upperBoundary)).toBeLessThanOrEqual(1e-8);
      expect(relativeError(bound(1 - p), lowerBoundary)).toBeLessThanOrEqual(1e-8);
    }
  });

  it("bernoulli_confidence_interval: absolute 1e-8", () => {
    const cases =
      reference<
        Case<{ successes: number; n: number; alpha: number; t_opt: number; alpha_opt: number }, [number, number]>[]
      >("confseq-bernoulli-interval");
    expect(cases.length).toBe(20);
    for (const c of cases) {
      const { successes, n, alpha, t_opt, alpha_opt } = c.inputs;
      // confseq tunes at alpha_opt, Assay at alpha: the sample size that gives the same prior.
      const size = (concentration(t_opt, alpha_opt) + 1) * tuning(alpha);
      const { interval } = oneProportionConfidenceSequence(
        { successes, trials: n },
        { alpha, tunedSampleSizes: [size] },
      ) as ConfidenceSequenceResult;
      interval.forEach((end, i) =>
        expect(Math.abs(end - ((c.expectedFull ?? c.expected)[i] as number))).toBeLessThanOrEqual(1e-8),
      );
    }
  });

  it("quantile_ab_p_value: relative 1e-9, tighter only where the cheapest count above is not a whole number", () => {
    type Values = string | number[];
    const cases =
      reference<Case<{ a: Values; b: Values; quantile_p: number; t_opt: number; alpha_opt: number }, number>[]>(
        "confseq-quantile-ab",
      );
    expect(cases.length).toBe(32);
    const values = (of: Values): number[] => {
      if (typeof of !== "string") return of;
      const [from, to] = of.split("..").map(Number) as [number, number];
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    };
    let tighter = 0;
    for (const c of cases) {
      const { quantile_p: p, t_opt } = c.inputs;
      const arms = [histogramOf(values(c.inputs.a)), histogramOf(values(c.inputs.b))] as const;
      const { lnPValue } = quantileKernelEvidence([{ control: arms[0], treatment: arms[1] }], {
        probability: p,
        effect: "difference",
        tunedSampleSize: t_opt,
      }) as SequentialEvidence;
      // The count above the quantile is an integer; the reference lets it be any number.
      const slack = arms.reduce((sum, { count }) => {
        const ln = (x: number): number => lnBetaBinomialFactor(x, count, 1 - p, concentration(t_opt, 0.05));
        const best = count * (1 - p) + p - 0.5;
        return (
          sum +
          Math.min(ln(Math.floor(best)), ln(Math.ceil(best))) -
          Math.min(ln(best), ln(best - 0.05), ln(best + 0.05))
        );
      }, 0);
      const off = Math.log(c.expectedFull ?? c.expected) - lnPValue;
      if (Math.abs(off) > 1e-9) {
        tighter++;
        expect(off).toBeGreaterThan(0);
        expect(off).toBeLessThanOrEqual(slack + 1e-6);
      }
    }
    expect(tighter).toBeLessThanOrEqual(5);
  });
});

describe("vectors of other engines", () => {
  it("avlm: ln G, p and radius to relative 1e-12; published p-values to their three digits", () => {
    const cases =
      reference<Case<Record<string, number> & { fn: string }, number | { logG?: number; p: number }>[]>(
        "avlm-anytime-t",
      );
    expect(cases.length).toBe(13);
    for (const c of cases) {
      const { fn, t, t2, nu, n, g, alpha, number_of_coefficients } = c.inputs as unknown as { fn: string } & Record<
        string,
        number
      >;
      if (fn === "log_G_t / p_G_t") {
        const evidence = anytimeTEvidence(
          { t: Math.sqrt(t2 as number), degreesOfFreedom: nu as number, sampleSize: n as number },
          { priorObservations: g as number },
        );
        const { logG, p } = c.expected as { logG: number; p: number };
        expect(relativeError(evidence.lnEvidence, logG)).toBeLessThanOrEqual(1e-12);
        if (p > 0) expect(relativeError(evidence.pValue, p)).toBeLessThanOrEqual(1e-12);
      } else if (fn === "t_radius") {
        const radius = anytimeTRadius(
          { degreesOfFreedom: (n as number) - (number_of_coefficients as number), sampleSize: n as number },
          { priorObservations: g as number, alpha: alpha as number },
        );
        expect(relativeError(radius, c.expected as number)).toBeLessThanOrEqual(1e-12);
      } else if (fn === "z_radius") {
        // A normal prior worth g observations: the Gaussian mixture with unit variance and prior variance 1 / g.
        const sequence = gaussianMixtureSequence(
          { estimate: 0, standardError: 1 / Math.sqrt(n as number), sampleSize: n as number },
          { alpha: alpha as number, priorDeviation: 1 / Math.sqrt(g as number) },
        ) as GaussianMixtureResult;
        expect(relativeError(sequence.interval[1] * Math.sqrt(n as number), c.expected as number)).toBeLessThanOrEqual(
          1e-12,
        );
      } else {
        const prior = tunedPriorObservations(100, 8, 0.05);
        const { pValue } = anytimeTEvidence(
          { t: t as number, degreesOfFreedom: 92, sampleSize: 100 },
          { priorObservations: prior },
        );
        expect(relativeError(pValue, (c.expected as { p: number }).p)).toBeLessThanOrEqual(c.tolerance.rel as number);
      }
    }
  });

  it("ssrm: Bayes factors to absolute 1e-9, at 2e7 counts too", () => {
    interface Inputs {
      data?: number[][];
      counts?: number[];
      p0: number[];
      dirichletAlpha?: number[];
      dirichletConcentration?: number;
    }
    const cases = reference<Case<Inputs, { logBayesFactor?: number }>[]>("sequential-sample-ratio").filter(
      (c) => c.expected.logBayesFactor !== undefined,
    );
    expect(cases.length).toBe(12);
    for (const { inputs, expected } of cases) {
      const { data, p0, dirichletAlpha, dirichletConcentration } = inputs;
      const counts =
        inputs.counts ?? p0.map((_, arm) => (data ?? []).reduce((sum, row) => sum + (row[arm] as number), 0));
      const prior = dirichletAlpha ?? p0.map((share) => share * (dirichletConcentration as number));
      expect(
        Math.abs(lnDirichletMultinomialFactor(counts, p0, prior) - (expected.logBayesFactor as number)),
      ).toBeLessThanOrEqual(1e-9);
    }
  });

  it(
    "GrowthBook: two-sided half-widths to relative 1e-12; one-sided ours is 0 to 6 % narrower than its " +
      "approximation",
    () => {
      const cases = reference<
        Case<
          { s2: number; n: number; sequentialTuningParameter: number; alpha: number },
          { rhoTwoSided: number; halfwidthTwoSided: number; halfwidthOneSided: number }
        >[]
      >("growthbook-sequential").filter((c) => c.name === "halfwidth grid");
      expect(cases.length).toBe(105);
      for (const { inputs, expected } of cases) {
        const effect = { estimate: 0, standardError: Math.sqrt(inputs.s2 / inputs.n), sampleSize: inputs.n };
        const options = { alpha: inputs.alpha, tunedSampleSize: inputs.sequentialTuningParameter };
        const two = gaussianMixtureSequence(effect, options) as GaussianMixtureResult;
        const one = gaussianMixtureSequence(effect, { ...options, alternative: "less" }) as GaussianMixtureResult;
        expect(
          relativeError(mixtureScale(inputs.sequentialTuningParameter, inputs.alpha), expected.rhoTwoSided),
        ).toBeLessThanOrEqual(1e-12);
        expect(relativeError(two.interval[1], expected.halfwidthTwoSided)).toBeLessThanOrEqual(1e-12);
        expect(one.interval[1] / expected.halfwidthOneSided).toBeLessThanOrEqual(1 + 1e-12);
        expect(one.interval[1] / expected.halfwidthOneSided).toBeGreaterThanOrEqual(0.94);
      }
    },
  );

  it("GrowthBook: whole two-sided tests on its own effect and standard error, to its printed digits", () => {
    interface Arm {
      n: number;
    }
    interface Inputs {
      test?: string;
      a: Arm;
      b: Arm;
      alpha: number;
      sequentialTuningParameter: number;
    }
    interface Expected {
      effect: number;
      standardError: number;
      ci: [number, number];
      pValue: number;
    }
    const cases = reference<Case<Inputs, Expected>[]>("growthbook-sequential").filter(
      (c) => c.inputs.test === "SequentialTwoSidedTTest",
    );
    expect(cases.length).toBe(4);
    for (const c of cases) {
      const { effect, standardError, ci, pValue } = c.expectedFull as Expected;
      const sampleSize = c.inputs.a.n + c.inputs.b.n;
      const result = gaussianMixtureSequence(
        { estimate: effect, standardError, sampleSize },
        { alpha: c.inputs.alpha, tunedSampleSize: c.inputs.sequentialTuningParameter },
      ) as GaussianMixtureResult;
      ci.forEach((end, i) => expect(Math.abs((result.interval[i] as number) - end)).toBeLessThanOrEqual(1e-9));
      expect(Math.abs(result.evidence.pValue - pValue)).toBeLessThanOrEqual(1e-9);
    }
  });
});
