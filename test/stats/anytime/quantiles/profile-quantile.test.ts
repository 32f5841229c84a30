import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Histogram } from "../../../../src/sketch/histogram.ts";
import { QuantileSketch } from "../../../../src/sketch/quantile-sketch.ts";
import { mixtureThreshold } from "../../../../src/stats/anytime/mixtures/normal-mixture.ts";
import {
  profileQuantileDeviance,
  profileQuantileInterval,
} from "../../../../src/stats/anytime/quantiles/profile-quantile.ts";
import { bestCommonEffect } from "../../../../src/stats/anytime/quantiles/quantile-common-effect.ts";
import {
  binomialRankDeviance,
  type QuantileRegions,
  quantileRegions,
  type QuantileStratum,
} from "../../../../src/stats/anytime/quantiles/quantile-positions.ts";
import type { Interval } from "../../../../src/stats/interval.ts";
import { histogramOf } from "../histogram-of.ts";
import { reference, relativeError } from "../reference.ts";

interface Dataset {
  control: number[];
  treatment: number[];
  intervals: {
    kind: "kl" | "beta";
    probability: number;
    alpha: number;
    designEffects: [number, number] | null;
    threshold: number;
    ratioCI: [number | null, number | null];
    differenceCI: [number | null, number | null];
  }[];
}

const bucket = 2 ** (1 / 128);

function regionsOf(histogram: Histogram, probability: number, designEffect = 1): QuantileRegions {
  return quantileRegions(
    histogram,
    histogram.count * (1 - probability),
    binomialRankDeviance(histogram.count, probability, designEffect),
  );
}

function sketchOf(values: Iterable<number>): QuantileSketch {
  const sketch = new QuantileSketch({ scale: 7 });
  sketch.addAll(Float64Array.from(values));
  return sketch;
}

const unbounded = (kind: "ratio" | "difference", [low, high]: readonly [number | null, number | null]): Interval => [
  low ?? (kind === "ratio" ? 0 : -Infinity),
  high ?? Infinity,
];

describe("the profile of a quantile", () => {
  it("gives the brute-force intervals from raw values, and from a sketch at most one bucket more at each end", () => {
    let compared = 0;
    for (const { control, treatment, intervals } of reference<Dataset[]>("quantile-intervals")) {
      for (const { kind: method, probability, alpha, designEffects, threshold, ratioCI, differenceCI } of intervals) {
        if (method !== "kl") continue;
        compared++;
        const [dc, dt] = designEffects ?? [1, 1];
        const information = (probability * (1 - probability)) / (dc / control.length + dt / treatment.length);
        if (threshold > 2) expect(relativeError(mixtureThreshold(information, alpha), threshold)).toBeLessThan(1e-12);
        const raw: QuantileStratum[] = [
          {
            control: regionsOf(histogramOf(control), probability, dc),
            treatment: regionsOf(histogramOf(treatment), probability, dt),
          },
        ];
        const binned: QuantileStratum[] = [
          {
            control: regionsOf(sketchOf(control), probability, dc),
            treatment: regionsOf(sketchOf(treatment), probability, dt),
          },
        ];
        for (const [kind, given] of [
          ["ratio", ratioCI],
          ["difference", differenceCI],
        ] as const) {
          const expected = unbounded(kind, given);
          const exact = profileQuantileInterval(raw, kind, threshold);
          const [low, high] = profileQuantileInterval(binned, kind, threshold);
          for (const end of [0, 1] as const) {
            if (Number.isFinite(expected[end])) expect(relativeError(exact[end], expected[end])).toBeLessThan(1e-9);
            else expect(exact[end]).toBe(expected[end]);
          }
          expect(low).toBeLessThanOrEqual(expected[0] + 1e-12);
          expect(high).toBeGreaterThanOrEqual(expected[1] - 1e-12);
          if (kind === "ratio") {
            // Each arm's quantile is known to a bucket, so the ratio is off by less than one bucket of each arm.
            if (expected[0] > 0) expect(expected[0] / low).toBeLessThanOrEqual(bucket * bucket);
            if (Number.isFinite(expected[1])) expect(high / expected[1]).toBeLessThanOrEqual(bucket * bucket);
          }
        }
      }
    }
    expect(compared).toBe(15);
  });

  it("never bounds from too few values, and does from enough", () => {
    const uniform = (n: number): QuantileSketch => sketchOf(Array.from({ length: n }, (_, i) => 100 + i));
    const threshold = 1.9207;
    const intervalAt = (n: number): Interval =>
      profileQuantileInterval(
        [{ control: regionsOf(uniform(n), 0.99), treatment: regionsOf(uniform(n), 0.99) }],
        "ratio",
        threshold,
      );
    expect(intervalAt(190)).toEqual([0, Infinity]);
    const [low, high] = intervalAt(800);
    expect(low > 0 && high < Infinity).toBe(true);
  });

  const values = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), { minLength: 5, maxLength: 60 });
  const pair = fc.record({ control: values, treatment: values });

  it("leaves an effect out of the interval exactly when its deviance reaches the threshold", () => {
    fc.assert(
      fc.property(
        fc.array(pair, { minLength: 1, maxLength: 3 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (epochs, lnRatio) => {
          const strata = epochs.map(({ control, treatment }) => ({
            control: regionsOf(sketchOf(control), 0.5),
            treatment: regionsOf(sketchOf(treatment), 0.5),
          }));
          const threshold = 1.5;
          const ratio = Math.exp(lnRatio);
          const [low, high] = profileQuantileInterval(strata, "ratio", threshold);
          if (profileQuantileDeviance(strata, "ratio", ratio) < threshold) {
            expect(ratio).toBeGreaterThanOrEqual(low * (1 - 1e-5));
            expect(ratio).toBeLessThanOrEqual(high * (1 + 1e-5));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("turns round when the arms are swapped, and scales with the treatment", () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: -4, max: 4 }), ({ control, treatment }, octaves) => {
        const factor = 2 ** octaves;
        const stratum = (a: readonly number[], b: readonly number[]): QuantileStratum[] => [
          { control: regionsOf(sketchOf(a), 0.5), treatment: regionsOf(sketchOf(b), 0.5) },
        ];
        const [low, high] = profileQuantileInterval(stratum(control, treatment), "ratio", 1.5);
        const [swappedLow, swappedHigh] = profileQuantileInterval(stratum(treatment, control), "ratio", 1.5);
        expect(swappedLow === 0 ? Infinity : 1 / swappedLow).toBeCloseTo(high, 8);
        expect(swappedHigh === Infinity ? 0 : 1 / swappedHigh).toBeCloseTo(low, 8);
        const [scaledLow, scaledHigh] = profileQuantileInterval(
          stratum(
            control,
            treatment.map((one) => one * factor),
          ),
          "ratio",
          1.5,
        );
        expect(scaledLow / factor).toBeCloseTo(low, 8);
        if (Number.isFinite(high)) expect(scaledHigh / factor).toBeCloseTo(high, 8);
      }),
      { numRuns: 100 },
    );
  });

  it("over strata contains what a grid of effects on raw values finds, although their baselines differ", () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 2, maxLength: 3 }), (epochs) => {
        const raw = epochs.map(({ control, treatment }) => ({
          control: regionsOf(histogramOf(control), 0.5),
          treatment: regionsOf(histogramOf(treatment), 0.5),
        }));
        const binned = epochs.map(({ control, treatment }) => ({
          control: regionsOf(sketchOf(control), 0.5),
          treatment: regionsOf(sketchOf(treatment), 0.5),
        }));
        const [low, high] = profileQuantileInterval(binned, "ratio", 1.5);
        const { cost } = bestCommonEffect(binned, "ratio");
        for (let lnRatio = -6; lnRatio <= 6; lnRatio += 0.05) {
          const ratio = Math.exp(lnRatio);
          const onRaw = raw.reduce((sum, stratum) => sum + profileQuantileDeviance([stratum], "ratio", ratio), 0);
          if (onRaw - cost < 1.5) expect(ratio >= low * (1 - 1e-5) && ratio <= high * (1 + 1e-5)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
