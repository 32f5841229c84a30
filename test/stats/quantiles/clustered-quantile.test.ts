import { describe, expect, it } from "vitest";
import { createRandom, isNotComputable, type NotComputable, sampleNormal } from "../../../src/index.ts";
import { findRootOutwards } from "../../../src/math/root.ts";
import { studentTSurvival } from "../../../src/math/student-t.ts";
import { clusteredMeanTest } from "../../../src/stats/means/clustered-means.ts";
import { momentsOf } from "../../../src/stats/means/sample-moments.ts";
import { welchTest } from "../../../src/stats/means/welch.ts";
import {
  clusteredQuantileComparison,
  clusteredQuantileInterval,
} from "../../../src/stats/quantiles/clustered-quantile.ts";
import { closeTo } from "../../helpers/close-to.ts";

const computed = <Value>(value: Value | NotComputable): Value => {
  if (isNotComputable(value)) throw new Error(value.detail);
  return value;
};

/** Values of units that differ much from each other, of unequal numbers. */
function sample(units: number, seed: number): { readonly values: number[]; readonly units: string[] } {
  const random = createRandom(seed);
  const rows = Array.from({ length: units }, (_, unit) => {
    const level = 50 * sampleNormal(random);
    return Array.from({ length: 10 + ((unit * 7) % 15) }, () => ({
      unit: `u${unit}`,
      value: 500 + level + 20 * sampleNormal(random),
    }));
  }).flat();
  return { values: rows.map(({ value }) => value), units: rows.map(({ unit }) => unit) };
}

/**
 * Woodruff's interval word by word: ranks around the quantile by the standard error of the share that is not above it.
 */
function byHand(
  { values, units }: { readonly values: readonly number[]; readonly units: readonly string[] },
  probability: number,
): { readonly estimate: number; readonly interval: [number, number] } {
  const sorted = [...values].sort((a, b) => a - b);
  const estimate = sorted[Math.ceil(values.length * probability - 1e-9) - 1] as number;
  const below = (value: number): number => (value <= estimate ? 1 : 0);
  const share = values.reduce((sum, value) => sum + below(value), 0) / values.length;
  const names = [...new Set(units)];
  const deviations = names.map((name) =>
    values.reduce((sum, value, i) => (units[i] === name ? sum + below(value) - share : sum), 0),
  );
  const sizes = names.map((name) => units.filter((unit) => unit === name).length);
  const variance =
    ((names.length / (names.length - 1)) * deviations.reduce((sum, one) => sum + one * one, 0)) / values.length ** 2;
  const freedom = values.length ** 2 / sizes.reduce((sum, size) => sum + size * size, 0) - 1;
  const t = findRootOutwards((x) => studentTSurvival(x, freedom) - 0.025, 2, 0.5);
  const reach = t * Math.sqrt(Math.max(variance, (probability * (1 - probability)) / values.length));
  const [low, high] = [
    Math.floor(values.length * (probability - reach)),
    Math.ceil(values.length * (probability + reach)) + 1,
  ];
  return {
    estimate,
    interval: [
      low < 1 ? -Infinity : (sorted[low - 1] as number),
      high > values.length ? Infinity : (sorted[high - 1] as number),
    ],
  };
}

describe("quantiles of units", () => {
  it.each([
    [0.5, 20],
    [0.9, 20],
    [0.25, 12],
    [0.99, 60],
  ])("P%f of %i units is Woodruff's interval, word by word", (probability, units) => {
    const arm = sample(units, 3);
    const result = computed(clusteredQuantileInterval(arm, { probability }));
    expect(result).toMatchObject({
      ...byHand(arm, probability),
      level: 0.95,
      method: "clustered-quantile-woodruff",
      guarantee: "asymptotic",
    });
  });

  it("of one side are bounded on that side only, and tell apart what they compare", () => {
    const [control, treatment] = [sample(30, 1), sample(30, 2)];
    expect(computed(clusteredQuantileInterval(control, { probability: 0.5, alternative: "less" })).interval[0]).toBe(
      -Infinity,
    );
    expect(computed(clusteredQuantileInterval(control, { probability: 0.5, alternative: "greater" })).interval[1]).toBe(
      Infinity,
    );
    const [difference, ratio] = [
      computed(clusteredQuantileComparison(control, treatment, { probability: 0.5 })),
      computed(clusteredQuantileComparison(control, treatment, { probability: 0.5, effect: "ratio" })),
    ];
    const [c, t] = [byHand(control, 0.5), byHand(treatment, 0.5)];
    closeTo(difference.estimate, t.estimate - c.estimate, 1e-12);
    closeTo(
      difference.interval[0],
      t.estimate - c.estimate - Math.hypot(t.estimate - t.interval[0], c.interval[1] - c.estimate),
      1e-12,
    );
    closeTo(ratio.estimate, t.estimate / c.estimate, 1e-12);
    expect([difference.method, ratio.method]).toEqual(["clustered-quantile-difference", "clustered-quantile-ratio"]);
    const less = computed(clusteredQuantileComparison(control, treatment, { probability: 0.5, alternative: "less" }));
    expect(less.interval[0]).toBe(-Infinity);
    expect(less.interval[1]).toBeLessThan(difference.interval[1]);
  });

  it("need values and two units", () => {
    expect(clusteredQuantileInterval({ values: [], units: [] }, { probability: 0.5 })).toEqual({
      computable: false,
      reason: "no-data",
      detail: "the arm has 0 values",
    });
    expect(
      clusteredQuantileInterval({ values: [1, 2, 3], units: ["a", "a", "a"] }, { probability: 0.5 }),
    ).toMatchObject({
      reason: "too-few-units",
    });
    expect(
      clusteredQuantileInterval({ values: [1, 2, 3], units: ["a", "a", "b"] }, { probability: 0.5 }),
    ).toMatchObject({
      reason: "rank-outside-sample",
    });
    expect(() => clusteredQuantileInterval({ values: [1], units: ["a"] }, { probability: 1 })).toThrow("probability");
  });
});

describe("means of units", () => {
  it("each counted once are Welch's test of the units' own means, empty units left out", () => {
    const of = (arm: ReturnType<typeof sample>): { total: number; weight: number }[] =>
      [...new Set(arm.units)].map((name) => {
        const own = arm.values.filter((_, i) => arm.units[i] === name);
        return { total: own.reduce((sum, value) => sum + value, 0), weight: own.length };
      });
    const [control, treatment] = [of(sample(8, 5)), of(sample(9, 6))];
    const means = (units: readonly { total: number; weight: number }[]): number[] =>
      units.map(({ total, weight }) => total / weight);
    const welch = computed(welchTest(momentsOf(means(control)), momentsOf(means(treatment))));
    const { estimate, interval, pValue, method } = computed(
      clusteredMeanTest({ units: [...control, { total: 0, weight: 0 }] }, { units: treatment }, { weighting: "units" }),
    );
    closeTo(estimate, welch.estimate, 1e-11);
    closeTo(interval[0], welch.interval[0], 1e-9);
    closeTo(pValue, welch.pValue, 1e-9);
    expect(method).toBe("unit-mean-welch");
    const two = computed(
      clusteredMeanTest({ units: control.slice(0, 2) }, { units: treatment.slice(0, 2) }, { weighting: "units" }),
    );
    closeTo(
      two.estimate,
      computed(welchTest(momentsOf(means(control.slice(0, 2))), momentsOf(means(treatment.slice(0, 2))))).estimate,
      1e-11,
    );
  });
});
