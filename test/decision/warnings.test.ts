import { describe, expect, it } from "vitest";
import type { EffectTrend, MetricAnalysis, SegmentEffect, SegmentedEffect } from "../../src/analysis/analysis.ts";
import { warningsOf } from "../../src/decision/warnings.ts";
import { notComputable } from "../../src/errors.ts";
import { analysis, comparison, established, metric, refuted, rule, suspected } from "./by-hand.ts";

const arm = { n: 10, value: 1, interval: [null, null] } as const;
const part = (value: string, estimate: number, adjustedPValue: number): SegmentEffect => ({ value, estimate, interval: [null, null], control: arm, treatment: arm, pValue: adjustedPValue / 2, adjustedPValue });
const segmented = (over: Partial<SegmentedEffect>): SegmentedEffect => ({ metric: "success_rate", field: "region", kind: "difference", segments: [], notComputable: [], heterogeneity: null, ...over });
const inSegments = (over: Partial<SegmentedEffect>, of: Partial<MetricAnalysis> = {}): unknown => warningsOf(analysis({ comparisons: [comparison({ metrics: [metric(of)], segments: [segmented(over)] })] }));
const trend = (over: Partial<EffectTrend>): EffectTrend => ({ metric: "success_rate", slopePerDay: 0.1, kind: "difference", pValue: 0.01, first: 0.1, last: 0.05, ...over });
const drift = (over: Partial<EffectTrend>): unknown => warningsOf(analysis({ comparisons: [comparison({ trends: [trend(over)] })] })).map((warning) => ("direction" in warning ? warning.direction : warning.code));
const about = { metric: "success_rate", treatment: "b" };

describe("warnings", () => {
  it("there are none about data without a flaw", () => {
    expect(warningsOf(analysis({ coverage: { cycleHours: 24, covered: 24, slots: 24, wholeCycles: 1, minimumCycles: 0 } }))).toEqual([]);
  });

  it("names a rule that is nearly established", () => {
    const warned = (claim: typeof suspected): unknown => warningsOf(analysis({ comparisons: [comparison({ metrics: [metric({ rules: [rule(claim, "below")] })] })] }));
    expect(warned({ ...suspected, pValue: 0.05 })).toEqual([{ code: "harm-suspected", ...about, rule: "below", pValue: 0.05 }]);
    expect(warned({ ...suspected, pValue: 0.0501 })).toEqual([]);
    expect(warned({ ...established, pValue: 0.01 })).toEqual([]);
    expect(warned({ ...refuted, pValue: 0.01 })).toEqual([]);
    expect(warningsOf(analysis({ comparisons: [comparison({ metrics: [metric({ rules: [rule(notComputable("no-data", ""))] })] })] }))).toEqual([]);
  });

  it("names segments that are harmed, against the whole, and metrics whose effect differs between them", () => {
    const worse = { code: "segment-harmed", ...about, field: "region", value: "south", estimate: -0.1, kind: "difference", adjustedPValue: 0.05, overall: "better" };
    expect(inSegments({ segments: [part("south", -0.1, 0.05), part("north", -0.1, 0.0501), part("west", 0.1, 0.001), part("east", 0, 0.001)] })).toEqual([worse]);
    const slower = { kind: "ratio", segments: [part("south", 1.2, 0.01), part("north", 0.9, 0.01), part("west", 1, 0.01)] } as const;
    const effect = { kind: "ratio", estimate: 1.1, interval: [null, null], level: 0.95, method: "m", guarantee: "anytime-asymptotic" } as const;
    expect(inSegments(slower, { better: "lower", effect })).toEqual([{ ...worse, estimate: 1.2, kind: "ratio", adjustedPValue: 0.01, overall: "worse" }]);
    expect(inSegments(slower, { better: "lower", effect: { ...effect, estimate: 1 } })).toEqual([{ ...worse, estimate: 1.2, kind: "ratio", adjustedPValue: 0.01 }]);
    expect(inSegments({ heterogeneity: { statistic: 9, degreesOfFreedom: 1, pValue: 0.01 } })).toEqual([{ code: "segments-differ", ...about, field: "region", pValue: 0.01 }]);
    expect(inSegments({ heterogeneity: { statistic: 9, degreesOfFreedom: 1, pValue: 0.0101 } })).toEqual([]);
    expect(inSegments(slower, { effect: notComputable("no-data", "") })).toEqual([]);
    expect(inSegments({ ...slower, metric: "unknown" })).toEqual([]);
  });

  it("tells how an effect drifts", () => {
    expect(drift({})).toEqual(["fading"]);
    expect(drift({ pValue: 0.0101 })).toEqual([]);
    expect(drift({ last: 0.2 })).toEqual(["growing"]);
    expect(drift({ first: -0.1, last: -0.2 })).toEqual(["growing"]);
    expect(drift({ last: -0.01 })).toEqual(["reversing"]);
    expect(drift({ last: 0 })).toEqual(["fading"]);
    expect(drift({ last: 0.1 })).toEqual(["growing"]);
    expect(drift({ kind: "ratio", first: 1.2, last: 1.1 })).toEqual(["fading"]);
    expect(drift({ kind: "ratio", first: 0.9, last: 0.8 })).toEqual(["growing"]);
    expect(drift({ kind: "ratio", first: 1.1, last: 0.9 })).toEqual(["reversing"]);
    expect(warningsOf(analysis({ comparisons: [comparison({ trends: [trend({})] })] }))).toEqual([{ code: "effect-drifts", ...about, direction: "fading", first: 0.1, last: 0.05, kind: "difference", pValue: 0.01 }]);
  });

  it("passes on the notes of metrics, once each", () => {
    const notes = [
      { code: "quantile-unbounded", arm: "a", n: 40, needed: 300 },
      { code: "missing-values", arm: "a", count: 3 },
      { code: "failures-change-latency", failures: { a: 1, b: 9 }, changes: ["goal"] },
    ] as const;
    const one = comparison({ metrics: [metric({ notes })] });
    const two = comparison({ treatment: "c", metrics: [metric({ notes: notes.slice(0, 2) })] });
    expect(warningsOf(analysis({ comparisons: [one, two] }))).toEqual([
      { code: "quantile-unbounded", metric: "success_rate", arm: "a", records: 40, needed: 300 },
      { code: "missing-values", metric: "success_rate", arm: "a", count: 3 },
      { code: "latency-of-failures-matters", ...about, failures: { a: 1, b: 9 }, changes: ["goal"] },
    ]);
  });

  it("tells what is wrong with the records and the split", () => {
    const quality = {
      rows: 100, filtered: 10, rejected: { "missing-arm": 2, "bad-timestamp": 3 } as never, otherArms: { c: 4 }, outsideWindow: 5, findings: [{ code: "late-records", count: 1 }] as const,
      failures: { a: { count: 9, zeroLatency: 1 }, b: { count: 7, zeroLatency: 0 } },
    };
    const coverage = { cycleHours: 24, covered: 23, slots: 24, wholeCycles: 0, minimumCycles: 0 };
    expect(warningsOf(analysis({ quality, coverage, sampleRatio: notComputable("no-data", "no allocation") }))).toEqual([
      { code: "failures-with-zero-latency", arm: "a", failures: 9, zeroLatency: 1 },
      { code: "sample-ratio-not-checked", detail: "no allocation" },
      { code: "cycle-not-covered", cycleHours: 24, covered: 23, slots: 24 },
      { code: "rejected-rows", count: 5, rows: 90 },
      { code: "other-arms-left-out", arms: { c: 4 } },
      { code: "outside-window", count: 5 },
      { code: "late-records", count: 1 },
    ]);
  });
});
