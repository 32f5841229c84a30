import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/math/random.ts";
import {
  oddsRatioConfidenceSequence,
  oddsRatioEProcess,
} from "../../../src/stats/anytime/blocks/odds-ratio-e-process.ts";
import type { ConfidenceSequenceResult } from "../../../src/stats/anytime/evidence.ts";
import { evidenceThreshold, isRejected, sequentialEvidence } from "../../../src/stats/anytime/evidence.ts";
import {
  combineEpochs,
  type GaussianMixtureResult,
  gaussianMixtureSequence,
} from "../../../src/stats/anytime/mixtures/gaussian-mixture.ts";
import {
  oneProportionConfidenceSequence,
  oneProportionEvidence,
} from "../../../src/stats/anytime/proportions/one-proportion-sequence.ts";
import {
  asymptoticProportionSequence,
  mixtureSequentialProbabilityRatioTest,
} from "../../../src/stats/anytime/proportions/wald-sequence.ts";
import { sequentialSampleRatioTest } from "../../../src/stats/anytime/sample-ratio-evidence.ts";
import { sequentialProbabilityRatioTest } from "../../../src/stats/anytime/sprt.ts";

const lnChoose = (n: number, k: number): number => {
  let ln = 0;
  for (let i = 1; i <= k; i++) ln += Math.log((n - k + i) / i);
  return ln;
};
const lnBinomial = (n: number, k: number, p: number): number =>
  lnChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
const binomial = (n: number, k: number, p: number): number => Math.exp(lnBinomial(n, k, p));

describe("evidence", () => {
  it("rejects exactly when ln E reaches ln(1 / alpha), in logs beyond what a double holds", () => {
    expect(isRejected(sequentialEvidence("m", "anytime-exact", Math.log(20)), 0.05)).toBe(true);
    expect(isRejected(sequentialEvidence("m", "anytime-exact", Math.log(19.99)), 0.05)).toBe(false);
    const extreme = sequentialEvidence("m", "anytime-exact", 1e5);
    expect(extreme.pValue).toBe(0);
    expect(extreme.lnPValue).toBe(-1e5);
    expect(sequentialEvidence("m", "anytime-exact", -3).pValue).toBe(1);
    expect(() => evidenceThreshold(1)).toThrow("alpha must be a number strictly between 0 and 1");
  });
});

describe("odds-ratio e-process", () => {
  it("is an e-value: its expectation given a block's margins is at most 1 under the null", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.constantFrom("two-sided" as const, "greater" as const, "less" as const),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (nc, nt, nullOddsRatio, baseline, alternative, deeper) => {
          const beyond = alternative === "two-sided" ? 1 : alternative === "greater" ? 1 / deeper : deeper;
          const odds = (baseline / (1 - baseline)) * nullOddsRatio * beyond;
          const pt = odds / (1 + odds);
          let expectation = 0;
          for (let kc = 0; kc <= nc; kc++) {
            for (let kt = 0; kt <= nt; kt++) {
              const { lnEvidence } = oddsRatioEProcess(
                [{ successes: kc, trials: nc }],
                [{ successes: kt, trials: nt }],
                { nullOddsRatio, alternative },
              );
              expectation += binomial(nc, kc, baseline) * binomial(nt, kt, pt) * Math.exp(lnEvidence);
            }
          }
          expect(expectation).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { seed: 9, numRuns: 150 },
    );
  });

  it("does not depend on how the stream is cut, and hardly on merging blocks of one baseline", () => {
    const part = { control: { successes: 12, trials: 1000 }, treatment: { successes: 25, trials: 1000 } };
    const many = oddsRatioConfidenceSequence(
      Array.from({ length: 20 }, () => part.control),
      Array.from({ length: 20 }, () => part.treatment),
    );
    const one = oddsRatioConfidenceSequence([{ successes: 240, trials: 20_000 }], [{ successes: 500, trials: 20_000 }]);
    one.interval.forEach((end, i) => expect((many.interval[i] as number) / end).toBeCloseTo(1, 1));
    expect(one.interval[0]).toBeGreaterThan(1.5);
  });

  it("has ends where the evidence reaches its threshold, and none where the data give none", () => {
    const [control, treatment] = [[{ successes: 30, trials: 1000 }], [{ successes: 80, trials: 1000 }]];
    for (const alternative of ["two-sided", "greater", "less"] as const) {
      const { interval } = oddsRatioConfidenceSequence(control, treatment, { alternative });
      for (const end of interval) {
        if (end > 0 && end < Infinity)
          expect(oddsRatioEProcess(control, treatment, { alternative, nullOddsRatio: end }).lnEvidence).toBeCloseTo(
            Math.log(20),
            4,
          );
      }
    }
    expect(oddsRatioConfidenceSequence([{ successes: 0, trials: 100 }], [{ successes: 0, trials: 100 }])).toMatchObject(
      { estimate: null, interval: [0, Infinity] },
    );
    const all = oddsRatioConfidenceSequence([{ successes: 0, trials: 100 }], [{ successes: 100, trials: 100 }]);
    expect(all.interval[0]).toBeGreaterThan(5);
    expect(all.interval[1]).toBe(Infinity);
  });

  it("refuses a null that is not positive", () => {
    expect(() => oddsRatioEProcess([], [], { nullOddsRatio: 0 })).toThrow(
      "nullOddsRatio must be a positive finite number",
    );
  });
});

describe("one proportion", () => {
  it("is an e-value at every sample size, for every proportion of the null", () => {
    for (const [nullProportion, alternative, p] of [
      [0.9, "two-sided", 0.9],
      [0.9, "less", 0.95],
      [0.3, "greater", 0.2],
      [0.99, "less", 0.99],
    ] as const) {
      for (const n of [1, 10, 200]) {
        let expectation = 0;
        for (let k = 0; k <= n; k++)
          expectation += Math.exp(
            lnBinomial(n, k, p) +
              oneProportionEvidence({ successes: k, trials: n }, { nullProportion, alternative }).lnEvidence,
          );
        expect(expectation).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  it("establishes a breach of an absolute floor, and does not when the floor is kept", () => {
    const floor = { nullProportion: 0.99, alternative: "less" } as const;
    expect(oneProportionEvidence({ successes: 9_600, trials: 10_000 }, floor).pValue).toBeLessThan(1e-9);
    expect(oneProportionEvidence({ successes: 9_950, trials: 10_000 }, floor).pValue).toBe(1);
  });

  it("has ends where the evidence reaches its threshold", () => {
    for (const [successes, trials] of [
      [0, 50],
      [3, 50],
      [9970, 10_000],
      [50, 50],
    ] as const) {
      const { interval } = oneProportionConfidenceSequence({ successes, trials }) as ConfidenceSequenceResult;
      for (const end of interval) {
        if (end > 0 && end < 1)
          expect(oneProportionEvidence({ successes, trials }, { nullProportion: end }).lnEvidence).toBeCloseTo(
            Math.log(20),
            4,
          );
      }
    }
    expect(oneProportionConfidenceSequence({ successes: 0, trials: 0 })).toMatchObject({
      computable: false,
      reason: "no-data",
    });
    expect(() => oneProportionEvidence({ successes: 0, trials: 0 }, { nullProportion: 1 })).toThrow(
      "nullProportion must be",
    );
    expect(() => oneProportionConfidenceSequence({ successes: 0, trials: 1 }, { tunedSampleSizes: [] })).toThrow(
      "tunedSampleSizes must be one or more sample sizes",
    );
  });
});

describe("sequential sample ratio test", () => {
  it("alarms on a mismatch, and never on what was planned", () => {
    const good = sequentialSampleRatioTest([
      {
        weights: [0.9, 0.1],
        countsByPeriod: [
          [9000, 1000],
          [9010, 990],
        ],
      },
    ]);
    expect(good.pValue).toBeGreaterThan(0.5);
    const bad = sequentialSampleRatioTest([
      {
        weights: [1, 1, 1],
        countsByPeriod: [
          [3000, 3000, 3000],
          [3000, 3000, 2500],
        ],
      },
    ]);
    expect(bad.pValue).toBeLessThan(0.001);
  });

  it("multiplies over epochs with their own weights, and keeps the strongest moment", () => {
    const first = { weights: [0.5, 0.5], countsByPeriod: [[1000, 1150]] };
    const second = { weights: [0.9, 0.1], countsByPeriod: [[9000, 1000]] };
    const ln = (epochs: Parameters<typeof sequentialSampleRatioTest>[0]): number =>
      sequentialSampleRatioTest(epochs).lnEvidence;
    expect(ln([first, second])).toBeCloseTo(ln([first]) + ln([second]), 12);
    const both = sequentialSampleRatioTest([first, second]);
    expect(both.lnPValue).toBeCloseTo(-ln([first]), 12);
  });

  it("takes traffic of an arm of weight 0 for what it is: proof", () => {
    const result = sequentialSampleRatioTest([
      {
        weights: [0.5, 0.5, 0],
        countsByPeriod: [
          [100, 100, 0],
          [100, 100, 1],
        ],
      },
    ]);
    expect(result).toMatchObject({ lnEvidence: Infinity, pValue: 0, zeroWeightArmsWithTraffic: [2] });
    expect(
      sequentialSampleRatioTest([{ weights: [0.5, 0.5, 0], countsByPeriod: [[100, 100, 0]] }]).pValue,
    ).toBeGreaterThan(0.5);
  });

  it("is an e-value: its expectation over all assignments is at most 1", () => {
    for (const concentrations of [[2], [100, 10_000]]) {
      let expectation = 0;
      for (let k = 0; k <= 60; k++)
        expectation +=
          binomial(60, k, 0.3) *
          Math.exp(
            sequentialSampleRatioTest([{ weights: [0.3, 0.7], countsByPeriod: [[k, 60 - k]] }], { concentrations })
              .lnEvidence,
          );
      expect(Math.abs(expectation - 1)).toBeLessThanOrEqual(1e-9);
    }
  });

  it("refuses weights and counts that make no sense", () => {
    expect(() => sequentialSampleRatioTest([{ weights: [0, 0], countsByPeriod: [] }])).toThrow(
      "epochs[0].weights must be non-negative numbers with a positive sum",
    );
    expect(() => sequentialSampleRatioTest([{ weights: [1, 1], countsByPeriod: [[1]] }])).toThrow(
      "epochs[0].countsByPeriod[0].length must be the number of weights (2)",
    );
    expect(() => sequentialSampleRatioTest([{ weights: [1, 1], countsByPeriod: [[1, -1]] }])).toThrow(
      "epochs[0].countsByPeriod[0][1] must be a non-negative integer",
    );
    expect(() => sequentialSampleRatioTest([], { concentrations: [] })).toThrow(
      "concentrations must be one or more positive finite numbers",
    );
  });
});

describe("Gaussian mixtures", () => {
  const effect = { estimate: 12, standardError: 2, sampleSize: 10_000 };

  it("have ends where the evidence reaches its threshold, whichever the side", () => {
    for (const alternative of ["two-sided", "greater", "less"] as const) {
      const { interval } = gaussianMixtureSequence(effect, { alternative }) as GaussianMixtureResult;
      for (const end of interval) {
        if (!Number.isFinite(end)) continue;
        const { evidence } = gaussianMixtureSequence(effect, { alternative, nullEffect: end }) as GaussianMixtureResult;
        expect(evidence.lnEvidence).toBeCloseTo(Math.log(20), 9);
      }
    }
  });

  it("combine epochs without bias from their estimated variances", () => {
    const epoch = (estimate: number, standardError: number, size: number) => ({
      effect: { estimate, standardError, sampleSize: 2 * size },
      controlSize: size,
      treatmentSize: size,
    });
    expect(combineEpochs([epoch(1, 0.3, 100)])).toEqual({ estimate: 1, standardError: 0.3, sampleSize: 200 });
    const combined = combineEpochs([epoch(1, 0.3, 100), epoch(2, 0.4, 300)]);
    expect(combined).toEqual({ estimate: 1.75, standardError: Math.hypot(0.25 * 0.3, 0.75 * 0.4), sampleSize: 800 });
    expect(combineEpochs([])).toMatchObject({ computable: false, reason: "no-data" });
  });

  it("could not be computed without variance, and refuse nonsense", () => {
    expect(gaussianMixtureSequence({ ...effect, standardError: 0 })).toMatchObject({
      computable: false,
      reason: "zero-variance",
    });
    expect(() => gaussianMixtureSequence({ ...effect, standardError: -1 })).toThrow(
      "standardError must be a finite number of at least 0",
    );
    expect(() => gaussianMixtureSequence(effect, { tunedSampleSize: 0 })).toThrow("tunedSampleSize must be at least 1");
    expect(() => gaussianMixtureSequence(effect, { priorDeviation: 0 })).toThrow(
      "priorDeviation must be a positive finite number",
    );
  });

  it("of proportions refuse beyond a split of 70/30 unless forced", () => {
    const [control, treatment] = [
      { successes: 890, trials: 900 },
      { successes: 98, trials: 100 },
    ];
    for (const sequence of [asymptoticProportionSequence, mixtureSequentialProbabilityRatioTest]) {
      expect(sequence(control, treatment)).toMatchObject({ computable: false, reason: "method-does-not-apply" });
      expect(sequence(control, treatment, { allowUnequalSplit: true })).toMatchObject({
        computable: true,
        guarantee: "anytime-asymptotic",
      });
      expect(sequence({ successes: 690, trials: 700 }, { successes: 298, trials: 300 })).toMatchObject({
        computable: true,
      });
      expect(sequence({ successes: 10, trials: 10 }, { successes: 10, trials: 10 })).toMatchObject({
        computable: false,
        reason: "zero-variance",
      });
      expect(sequence({ successes: 9, trials: 10 }, { successes: 10, trials: 10 })).toMatchObject({
        computable: false,
        reason: "zero-variance",
      });
      expect(sequence({ successes: 0, trials: 0 }, { successes: 10, trials: 10 })).toMatchObject({
        computable: false,
        reason: "no-data",
      });
    }
  });
});

describe("sequential probability ratio test", () => {
  const options = { nullProportion: 0.99, alternativeProportion: 0.97, alpha: 0.05, beta: 0.2 };

  it("keeps its errors and its expected number of trials: 1,500 tests of each hypothesis", () => {
    for (const [p, expected] of [
      [0.99, "underNull"],
      [0.97, "underAlternative"],
    ] as const) {
      const random = createRandom(4);
      let wrong = 0;
      let trials = 0;
      const runs = 1_500;
      for (let run = 0; run < runs; run++) {
        let [successes, n] = [0, 0];
        for (;;) {
          n++;
          if (random() < p) successes++;
          const { outcome } = sequentialProbabilityRatioTest({ successes, trials: n }, options);
          if (outcome === "continue") continue;
          if (outcome === (p === 0.99 ? "accept-alternative" : "accept-null")) wrong++;
          break;
        }
        trials += n;
      }
      const allowed = p === 0.99 ? options.alpha : options.beta;
      expect(wrong / runs).toBeLessThanOrEqual(allowed + 3 * Math.sqrt((allowed * (1 - allowed)) / runs));
      // Wald's approximation neglects the overshoot.
      expect(
        trials / runs / sequentialProbabilityRatioTest({ successes: 0, trials: 0 }, options).expectedTrials[expected],
      ).toBeGreaterThan(0.95);
      expect(
        trials / runs / sequentialProbabilityRatioTest({ successes: 0, trials: 0 }, options).expectedTrials[expected],
      ).toBeLessThan(1.3);
    }
  });

  it("refuses hypotheses that are one, and errors that leave no room", () => {
    expect(() =>
      sequentialProbabilityRatioTest({ successes: 0, trials: 0 }, { nullProportion: 0.5, alternativeProportion: 0.5 }),
    ).toThrow("alternativeProportion must be different from nullProportion (0.5)");
    expect(() =>
      sequentialProbabilityRatioTest({ successes: 0, trials: 0 }, { ...options, alpha: 0.5, beta: 0.5 }),
    ).toThrow("alpha + beta must be below 1");
  });
});
