import { describe, expect, it } from "vitest";
import type { Comparison, MetricAnalysis, SegmentEffect } from "../../src/analysis/analysis.ts";
import type { Warning } from "../../src/decision/reasons.ts";
import {
  claim,
  comparison,
  decided,
  type Given,
  metric,
  notComputable,
  ofMetrics,
  reached,
  rule,
  sampleRatio,
} from "./given-analysis.ts";

const warnings = (given: Given): readonly Warning[] => decided(given).warnings;
const arm = { n: 100, value: 0.5, interval: [null, null] } as const;

describe("what deserves a second look", () => {
  it("is nothing when nothing is odd", () => {
    expect(warnings({})).toEqual([]);
  });

  it("is harm that is likely but not shown: on the wrong side, with a p-value up to .05", () => {
    const suspected = (pValue: number, over: Parameters<typeof claim>[0] = {}): readonly Warning[] =>
      ofMetrics([metric({ rules: [rule({ claim: claim({ pValue, suspected: true, ...over }) })] })]).warnings;
    expect(suspected(0.03)).toEqual([
      { code: "harm-suspected", metric: "success", treatment: "b", rule: "worse-by", pValue: 0.03 },
    ]);
    expect(suspected(0.05)).toHaveLength(1);
    expect(suspected(0.051)).toEqual([]);
    expect(suspected(0.03, { suspected: false })).toEqual([]);
    expect(ofMetrics([metric({ rules: [rule({ claim: reached })] })]).warnings).toEqual([]);
    expect(ofMetrics([metric({ rules: [rule({ claim: notComputable("no-data") })] })]).warnings).toEqual([]);
  });

  it("is what is particular about a metric, said once however many treatments share it", () => {
    const notes: MetricAnalysis["notes"] = [
      { code: "quantile-unbounded", arm: "a", n: 20, needed: 459 },
      { code: "missing-values", arm: "a", count: 5 },
      { code: "failures-change-latency", failures: { a: 1, b: 30 }, changes: ["goal"] },
    ];
    expect(
      warnings({ comparisons: ["b", "c"].map((treatment) => comparison({ treatment, metrics: [metric({ notes })] })) }),
    ).toEqual([
      { code: "quantile-unbounded", metric: "success", arm: "a", records: 20, needed: 459 },
      { code: "missing-values", metric: "success", arm: "a", count: 5 },
      {
        code: "latency-of-failures-matters",
        metric: "success",
        treatment: "b",
        failures: { a: 1, b: 30 },
        changes: ["goal"],
      },
      {
        code: "latency-of-failures-matters",
        metric: "success",
        treatment: "c",
        failures: { a: 1, b: 30 },
        changes: ["goal"],
      },
    ]);
  });

  it("is a segment that is hurt, and segments that differ", () => {
    const segment = (value: string, estimate: number, adjustedPValue: number): SegmentEffect => ({
      value,
      estimate,
      adjustedPValue,
      pValue: adjustedPValue,
      interval: [null, null],
      control: arm,
      treatment: arm,
    });
    const segmented = (
      over: Partial<Comparison["segments"][number]>,
      whole: Partial<MetricAnalysis> = {},
    ): readonly Warning[] =>
      warnings({
        comparisons: [
          comparison({
            metrics: [metric(whole)],
            segments: [
              {
                metric: "success",
                field: "region",
                kind: "difference",
                segments: [],
                notComputable: [],
                heterogeneity: null,
                ...over,
              },
            ],
          }),
        ],
      });
    const segments = [
      segment("n", 0.1, 0.001),
      segment("e", -0.1, 0.05),
      segment("s", -0.1, 0.06),
      segment("w", 0, 0.001),
    ];
    expect(segmented({ segments })).toEqual([
      {
        code: "segment-harmed",
        metric: "success",
        treatment: "b",
        field: "region",
        value: "e",
        estimate: -0.1,
        kind: "difference",
        adjustedPValue: 0.05,
        overall: "better",
      },
    ]);
    const worse = {
      effect: {
        kind: "difference",
        estimate: -0.01,
        interval: [null, null],
        level: 0.95,
        method: "any",
        guarantee: "anytime-asymptotic",
      },
    } as const;
    expect(segmented({ segments }, worse)).toMatchObject([{ value: "e", overall: "worse" }]);
    const ratios = [segment("n", 1.2, 0.01), segment("e", 0.9, 0.01), segment("w", 1, 0.01)];
    expect(segmented({ segments: ratios, kind: "ratio" }, { better: "lower" })).toMatchObject([
      { value: "n", kind: "ratio" },
    ]);
    expect(segmented({ segments: ratios, kind: "ratio" }, { better: "higher" })).toMatchObject([
      { value: "e", kind: "ratio" },
    ]);
    const differ = (pValue: number): readonly Warning[] =>
      segmented({ heterogeneity: { statistic: 9, degreesOfFreedom: 1, pValue } });
    expect(differ(0.01)).toEqual([
      { code: "segments-differ", metric: "success", treatment: "b", field: "region", pValue: 0.01 },
    ]);
    expect(differ(0.011)).toEqual([]);
    expect(segmented({ segments }, { effect: notComputable("no-data") })).toEqual([]);
    expect(segmented({ segments, metric: "unknown" })).toEqual([]);
  });

  it("is an effect that fades, grows or reverses", () => {
    const trend = (
      first: number,
      last: number,
      kind: "difference" | "ratio" = "difference",
      pValue = 0.01,
    ): readonly Warning[] =>
      warnings({
        comparisons: [comparison({ trends: [{ metric: "success", slopePerDay: 1, kind, pValue, first, last }] })],
      });
    expect(trend(0.2, 0.1)).toEqual([
      {
        code: "effect-drifts",
        metric: "success",
        treatment: "b",
        direction: "fading",
        first: 0.2,
        last: 0.1,
        kind: "difference",
        pValue: 0.01,
      },
    ]);
    expect(trend(0.1, 0.2)).toMatchObject([{ direction: "growing" }]);
    expect(trend(-0.2, -0.1)).toMatchObject([{ direction: "fading" }]);
    expect(trend(0.2, -0.1)).toMatchObject([{ direction: "reversing" }]);
    expect(trend(0, 0.1)).toMatchObject([{ direction: "growing" }]);
    expect(trend(1.2, 1.1, "ratio")).toMatchObject([{ direction: "fading" }]);
    expect(trend(1.2, 0.7, "ratio")).toMatchObject([{ direction: "reversing" }]);
    expect(trend(0.9, 0.8, "ratio")).toMatchObject([{ direction: "growing" }]);
    expect(trend(0.2, 0.1, "difference", 0.02)).toEqual([]);
  });

  it("is what the checks and the records say", () => {
    expect(warnings({ checks: { sampleRatio: notComputable("no-data") } })).toEqual([
      { code: "sample-ratio-not-checked", detail: "because of no-data" },
    ]);
    expect(warnings({ checks: { sampleRatio: sampleRatio() } })).toEqual([]);
    const coverage = { cycleHours: 24, covered: 9, slots: 24, wholeCycles: 1, minimumCycles: 1 };
    expect(warnings({ checks: { coverage } })).toEqual([
      { code: "cycle-not-covered", cycleHours: 24, covered: 9, slots: 24 },
    ]);
    expect(warnings({ checks: { coverage: { ...coverage, covered: 24 } } })).toEqual([]);
    expect(
      warnings({ quality: { failures: { a: { count: 9, zeroLatency: 4 }, b: { count: 9, zeroLatency: 0 } } } }),
    ).toEqual([{ code: "failures-with-zero-latency", arm: "a", failures: 9, zeroLatency: 4 }]);
    expect(
      warnings({ quality: { rows: 500, filtered: 90, rejected: { "column-count": 4, "arm-missing": 6 } } }),
    ).toEqual([{ code: "rejected-rows", count: 10, rows: 410 }]);
    expect(warnings({ quality: { otherArms: { c: 3 } } })).toEqual([{ code: "other-arms-left-out", arms: { c: 3 } }]);
    expect(warnings({ quality: { outsideWindow: 1 } })).toEqual([{ code: "outside-window", count: 1 }]);
    const finding = { code: "constant-column", field: "cost" } as never;
    expect(warnings({ quality: { findings: [finding] } })).toEqual([finding]);
  });
});
