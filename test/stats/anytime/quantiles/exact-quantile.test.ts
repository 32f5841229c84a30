import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QuantileSketch } from "../../../../src/sketch/quantile-sketch.ts";
import type { ConfidenceSequenceResult, SequentialEvidence } from "../../../../src/stats/anytime/evidence.ts";
import { tunedConcentration } from "../../../../src/stats/anytime/mixtures/beta-mixture.ts";
import { lnBetaBinomialFactor } from "../../../../src/stats/anytime/mixtures/dirichlet-multinomial.ts";
import {
  oneQuantileSequence,
  quantileKernelEvidence,
  quantileKernelSequence,
} from "../../../../src/stats/anytime/quantiles/exact-quantile.ts";
import { histogramOf } from "../histogram-of.ts";
import { reference } from "../reference.ts";

interface Dataset {
  control: number[];
  treatment: number[];
  intervals: {
    kind: "kl" | "beta";
    probability: number;
    alpha: number;
    tunedSampleSize: number | null;
    ratioCI: [number | null, number | null];
    differenceCI: [number | null, number | null];
  }[];
}

const sketchOf = (values: readonly number[]): QuantileSketch => {
  const sketch = new QuantileSketch();
  sketch.addAll(Float64Array.from(values));
  return sketch;
};

describe("quantile kernel", () => {
  const datasets = reference<Dataset[]>("quantile-intervals");

  it("contains the brute-force intervals, from raw values closely and from a sketch within a bucket", () => {
    expect(datasets.length).toBe(5);
    for (const { control, treatment, intervals } of datasets) {
      for (const { kind, probability, alpha, tunedSampleSize, ratioCI, differenceCI } of intervals) {
        if (kind !== "beta") continue;
        const options = { probability, alpha, tunedSampleSize: tunedSampleSize as number };
        for (const [effect, [low, high]] of [
          ["ratio", ratioCI],
          ["difference", differenceCI],
        ] as const) {
          const raw = quantileKernelSequence([{ control: histogramOf(control), treatment: histogramOf(treatment) }], {
            ...options,
            effect,
          }) as ConfidenceSequenceResult;
          const binned = quantileKernelSequence([{ control: sketchOf(control), treatment: sketchOf(treatment) }], {
            ...options,
            effect,
          }) as ConfidenceSequenceResult;
          const ends = [low ?? -Infinity, high ?? Infinity] as const;
          // The reference spans order statistics; with raw values the interval is its hull, to the last digits.
          if (low !== null) expect(Math.abs(raw.interval[0] - ends[0])).toBeLessThanOrEqual(1e-9 * Math.abs(ends[0]));
          if (high !== null) expect(Math.abs(raw.interval[1] - ends[1])).toBeLessThanOrEqual(1e-9 * Math.abs(ends[1]));
          expect(binned.interval[0]).toBeLessThanOrEqual(ends[0] + 1e-12);
          expect(binned.interval[1]).toBeGreaterThanOrEqual(ends[1] - 1e-12);
          // One bucket of either arm's quantile: 2^(1/128) - 1.
          const bucket = effect === "ratio" ? 2 ** (2 / 128) - 1 : (2 ** (1 / 128) - 1) * 2;
          const scale = effect === "ratio" ? 1 : Math.max(...control, ...treatment);
          if (low !== null)
            expect(ends[0] - binned.interval[0]).toBeLessThanOrEqual(bucket * (effect === "ratio" ? ends[0] : scale));
          if (high !== null)
            expect(binned.interval[1] - ends[1]).toBeLessThanOrEqual(bucket * (effect === "ratio" ? ends[1] : scale));
        }
      }
    }
  });

  it("agrees with the inversion of the evidence, effect by effect", () => {
    const sample = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 120 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const epochs = [{ control: histogramOf(a), treatment: histogramOf(b) }];
        const options = { probability: 0.5, effect: "difference" as const, tunedSampleSize: 50 };
        const { interval } = quantileKernelSequence(epochs, options) as ConfidenceSequenceResult;
        const lnEvidence = (nullEffect: number): number =>
          (quantileKernelEvidence(epochs, { ...options, nullEffect }) as SequentialEvidence).lnEvidence;
        // Beyond the ends everything is rejected; just inside, the least over a neighbourhood is not.
        for (let d = -60; d <= 60; d += 0.5)
          if (d < interval[0] - 1e-9 || d > interval[1] + 1e-9)
            expect(lnEvidence(d)).toBeGreaterThanOrEqual(Math.log(20));
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  it("multiplies evidence over epochs, each with a quantile of its own", () => {
    const early = {
      control: histogramOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
      treatment: histogramOf([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]),
    };
    const late = {
      control: histogramOf([100, 200, 300, 400, 500]),
      treatment: histogramOf([200, 400, 600, 800, 1000]),
    };
    const options = { probability: 0.5, effect: "ratio" as const, tunedSampleSize: 20 };
    const ln = (epochs: Parameters<typeof quantileKernelEvidence>[0]): number =>
      (quantileKernelEvidence(epochs, options) as SequentialEvidence).lnEvidence;
    expect(ln([early, late])).toBeCloseTo(ln([early]) + ln([late]), 12);
  });

  it("is one-sided by taking the least over the null's side", () => {
    const epochs = [
      {
        control: histogramOf(Array.from({ length: 400 }, (_, i) => i + 1)),
        treatment: histogramOf(Array.from({ length: 400 }, (_, i) => 2 * i + 2)),
      },
    ];
    const options = { probability: 0.5, effect: "ratio" as const, nullEffect: 1, tunedSampleSize: 100 };
    const of = (alternative: "two-sided" | "greater" | "less"): number =>
      (quantileKernelEvidence(epochs, { ...options, alternative }) as SequentialEvidence).lnEvidence;
    expect(of("greater")).toBe(of("two-sided"));
    expect(of("less")).toBeLessThan(0);
  });

  it("is unbounded while the sample is too small, and one bin wide when all values tie", () => {
    const few = quantileKernelSequence([{ control: histogramOf([1, 2, 3]), treatment: histogramOf([1, 2, 3]) }], {
      probability: 0.99,
      effect: "difference",
    }) as ConfidenceSequenceResult;
    expect(few.interval).toEqual([-Infinity, Infinity]);
    const [ten, twenty] = [10, 20].map((value) => sketchOf(new Array<number>(50_000).fill(value))) as [
      QuantileSketch,
      QuantileSketch,
    ];
    const ties = quantileKernelSequence([{ control: ten, treatment: twenty }], {
      probability: 0.99,
      effect: "ratio",
    }) as ConfidenceSequenceResult;
    expect(ties.interval[0]).toBeGreaterThan(1.98);
    expect(ties.interval[1]).toBeLessThan(2.02);
    expect(ties.interval[0]).toBeLessThanOrEqual(2);
    expect(ties.interval[1]).toBeGreaterThanOrEqual(2);
  });

  it("weighs equal arms at the quantile of least evidence, whatever the sample, quantile and tuning", () => {
    for (const probability of [0.01, 0.3, 0.5, 0.9, 0.99]) {
      for (const tunedSampleSize of [50, 10_000]) {
        const concentration = tunedConcentration("test", tunedSampleSize, 0.05);
        for (let n = 1; n <= 60; n++) {
          const arm = histogramOf(Array.from({ length: n }, (_, i) => i + 1));
          const least = Math.min(
            ...Array.from({ length: n + 1 }, (_, above) =>
              lnBetaBinomialFactor(above, n, 1 - probability, concentration),
            ),
          );
          const { lnEvidence } = quantileKernelEvidence([{ control: arm, treatment: arm }], {
            probability,
            effect: "difference",
            tunedSampleSize,
          }) as SequentialEvidence;
          expect(lnEvidence).toBeCloseTo(2 * least, 9);
        }
      }
    }
  });

  it("bounds one arm's quantile by order statistics", () => {
    const { interval } = oneQuantileSequence(histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1)), {
      probability: 0.5,
      tunedSampleSize: 1000,
    }) as ConfidenceSequenceResult;
    expect(interval).toEqual([453, 548]);
  });

  it("refuses what it cannot use", () => {
    const ok = histogramOf([1, 2, 3]);
    const bad = histogramOf([-1, 2, 3]);
    expect(() =>
      quantileKernelSequence([{ control: bad, treatment: ok }], { probability: 0.5, effect: "ratio" }),
    ).toThrow('Use the effect "difference"');
    expect(() => quantileKernelSequence([{ control: ok, treatment: ok }], { probability: 1, effect: "ratio" })).toThrow(
      "probability must be a number strictly between 0 and 1",
    );
    expect(() => quantileKernelSequence([], { probability: 0.5, effect: "ratio", tunedSampleSize: 5 })).toThrow(
      "tunedSampleSizes must be above 7.94",
    );
    expect(() => quantileKernelEvidence([], { probability: 0.5, effect: "ratio", nullEffect: 0 })).toThrow(
      "nullEffect must be a positive finite number",
    );
    expect(
      quantileKernelSequence([{ control: ok, treatment: histogramOf([]) }], { probability: 0.5, effect: "ratio" }),
    ).toMatchObject({ computable: false, reason: "no-data" });
  });
});
