import { describe, expect, it } from "vitest";
import {
  analyze,
  createRandom,
  definePolicy,
  planFor,
  type RequestRecord,
  sampleNormal,
  type SegmentedEffect,
  summarize,
} from "../../../src/index.ts";
import { chiSquareSurvival } from "../../../src/math/chi-square.ts";
import { closeTo } from "../../helpers/close-to.ts";

const policy = definePolicy({
  control: "a",
  treatments: ["b"],
  segments: ["region", "plan"],
  monitoring: { kind: "fixed" },
  minimumSampleSize: 0,
  metrics: [
    {
      name: "score",
      kind: "mean",
      field: "score",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 1 },
    },
    { name: "constant", kind: "mean", field: "constant", better: "higher", role: "secondary" },
  ],
});

interface Group {
  readonly arm: string;
  readonly region: string;
  readonly count: number;
  readonly mean: number;
}

const groups: readonly Group[] = [
  { arm: "a", region: "us", count: 60, mean: 3 },
  { arm: "b", region: "us", count: 80, mean: 3.1 },
  { arm: "a", region: "eu", count: 50, mean: 2 },
  { arm: "b", region: "eu", count: 40, mean: 3.2 },
  { arm: "a", region: "asia", count: 30, mean: 2.5 },
  { arm: "b", region: "asia", count: 35, mean: 2.4 },
  // Too few of one arm, and none of the other.
  { arm: "a", region: "africa", count: 20, mean: 3 },
  { arm: "b", region: "africa", count: 1, mean: 3 },
  { arm: "a", region: "oceania", count: 25, mean: 3 },
];

const random = createRandom(4);
const records = groups.flatMap(({ arm, region, count, mean }) =>
  Array.from({ length: count }, (): RequestRecord => ({
    arm,
    region,
    timestamp: Date.UTC(2026, 0, 5, region === "asia" ? 5 : region === "us" ? 1 : 3),
    plan: "free",
    success: true,
    score: mean + sampleNormal(random),
    constant: 1,
  })),
);

/** Mean difference of a region and its variance, from the records. */
function byHand(region: string): { readonly estimate: number; readonly variance: number } {
  const [control, treatment] = ["a", "b"].map((arm) => {
    const values = records
      .filter((record) => record.arm === arm && record["region"] === region)
      .map((record) => record["score"] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      mean,
      variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length,
    };
  }) as [{ mean: number; variance: number }, { mean: number; variance: number }];
  return { estimate: treatment.mean - control.mean, variance: control.variance + treatment.variance };
}

describe("effects by segment", () => {
  const { segments } = analyze(summarize(records, planFor(policy)), policy).comparisons[0] as {
    readonly segments: readonly SegmentedEffect[];
  };
  const of = (metric: string, field: string): SegmentedEffect =>
    segments.find((effect) => effect.metric === metric && effect.field === field) as SegmentedEffect;

  it("are there for every metric and field, each value once and in order", () => {
    expect(segments.map(({ metric, field }) => [metric, field])).toEqual([
      ["score", "region"],
      ["constant", "region"],
      ["score", "plan"],
      ["constant", "plan"],
    ]);
    expect(of("score", "region").segments.map(({ value }) => value)).toEqual(["asia", "eu", "us"]);
    expect(of("score", "plan").segments.map(({ value }) => value)).toEqual(["free"]);
  });

  it("name the values that say nothing, and all of them where the metric as a whole does not", () => {
    expect(of("score", "region").notComputable).toEqual(["africa", "oceania"]);
    expect(of("constant", "region")).toMatchObject({
      segments: [],
      notComputable: ["africa", "asia", "eu", "oceania", "us"],
      heterogeneity: null,
    });
  });

  it("are those of the records of each, with p-values that count how many there are", () => {
    const found = of("score", "region").segments;
    for (const { value, estimate, interval, pValue } of found) {
      const hand = byHand(value);
      closeTo(estimate, hand.estimate, 1e-9);
      const [lower, upper] = interval as readonly [number, number];
      closeTo((upper - lower) / 2, 1.959963984540054 * Math.sqrt(hand.variance), 1e-9);
      closeTo(pValue, chiSquareSurvival(hand.estimate ** 2 / hand.variance, 1), 1e-9);
    }
    const sorted = [...found].sort((a, b) => a.pValue - b.pValue);
    closeTo(
      sorted[0]?.adjustedPValue as number,
      Math.min(...sorted.map(({ pValue }, index) => (3 * pValue) / (index + 1))),
      1e-12,
    );
  });

  it("differ by Cochran's Q", () => {
    const hands = ["asia", "eu", "us"].map(byHand);
    const weights = hands.map(({ variance }) => 1 / variance);
    const common =
      hands.reduce((sum, { estimate }, index) => sum + (weights[index] as number) * estimate, 0) /
      weights.reduce((sum, weight) => sum + weight, 0);
    const q = hands.reduce(
      (sum, { estimate }, index) => sum + (weights[index] as number) * (estimate - common) ** 2,
      0,
    );
    const heterogeneity = of("score", "region").heterogeneity as {
      statistic: number;
      degreesOfFreedom: number;
      pValue: number;
    };
    closeTo(heterogeneity.statistic, q, 1e-9);
    closeTo(heterogeneity.pValue, chiSquareSurvival(q, 2), 1e-9);
    expect(heterogeneity.degreesOfFreedom).toBe(2);
    expect(of("score", "plan").heterogeneity).toBeNull();
  });
});
