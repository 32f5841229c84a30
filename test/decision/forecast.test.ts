import { describe, expect, it } from "vitest";
import type { Analysis, ClaimEvidence, MetricAnalysis } from "../../src/analysis/analysis.ts";
import { harmForecast, shipForecast } from "../../src/decision/forecast.ts";
import { notComputable } from "../../src/errors.ts";
import { decide } from "../../src/index.ts";
import { analysis, comparison, established, floor, goal, metric, policy, refuted, rule, suspected } from "./by-hand.ts";

const of = (over: Partial<MetricAnalysis>[], sampleSize: Partial<Analysis["checks"]["sampleSize"]> = {}, coverage: Analysis["checks"]["coverage"] = null): Analysis =>
  analysis({ comparisons: [comparison({ metrics: over.map(metric) })], sampleSize, coverage });
const ship = (given: Analysis, requestsPerHour: number | null = null): unknown => shipForecast(given.comparisons[0] as never, given, { ...policy, requestsPerHour });
const harm = (given: Analysis): unknown => harmForecast(given.comparisons[0] as never, given, policy);
const growing = (neededGrowth: number): ClaimEvidence => ({ ...suspected, neededGrowth });
const open = { goal: goal(growing(3)) };

describe("forecasts", () => {
  it("the slowest of the goals and limits that decide sets the pace", () => {
    expect(ship(of([open]))).toEqual({ records: 6000, remaining: 4000, hours: 20 });
    expect(ship(of([open, { limits: [floor(growing(4))] }]))).toEqual({ records: 8000, remaining: 6000, hours: 30 });
    expect(ship(of([open, { role: "secondary", goal: goal(growing(9)) }]))).toEqual({ records: 6000, remaining: 4000, hours: 20 });
    expect(ship(of([{ goal: null }]))).toEqual({ records: 2000, remaining: 0, hours: 0 });
    expect(ship(of([{ goal: goal(growing(1.00001)) }]))).toMatchObject({ records: 2001, remaining: 1 });
  });

  it("there is none where a goal is ruled out, on the wrong side, or can't be told", () => {
    expect(ship(of([open, { goal: goal(growing(2), true) }]))).toBeNull();
    expect(ship(of([open, { goal: goal(refuted) }]))).toBeNull();
    expect(ship(of([open, { limits: [floor(notComputable("no-data", ""))] }]))).toBeNull();
    expect(ship(of([{ goal: goal(growing(1e300)) }]))).toBeNull();
  });

  it("waits for the minimum sample, duration and cycles", () => {
    expect(ship(of([{}], { minimum: 4000 }))).toEqual({ records: 8000, remaining: 6000, hours: 30 });
    expect(ship(of([{}], { minimum: 4000, records: { a: 1000, b: 500 } }))).toEqual({ records: 12000, remaining: 10500, hours: 70 });
    expect(ship(of([{}], { records: { a: 1000 } }))).toBeNull();
    expect(ship(of([{}], { minimumHours: 20 }))).toEqual({ records: 4000, remaining: 2000, hours: 10 });
    const coverage = { cycleHours: 24, covered: 10, slots: 24, wholeCycles: 0, minimumCycles: 2 };
    expect(ship(of([{}], { minimumHours: 20 }, coverage))).toMatchObject({ records: 9600, remaining: 7600 });
    expect(ship(of([{}], { minimumHours: 480 }, coverage))).toMatchObject({ records: 96_000 });
    expect(ship(of([{}], { minimumHours: 20, hours: 0 }))).toMatchObject({ records: 2000 });
    expect(ship(of([{}], { minimumHours: 20, hours: null }))).toMatchObject({ records: 2000 });
  });

  it("takes the rate of all arms where the hours so far say nothing, and the policy's where there is none", () => {
    const third = { records: { a: 1000, b: 1000, c: 2000 } };
    for (const hours of [null, 0]) {
      expect(ship(of([open], { ...third, hours, recordsPerHour: 100 }), 7)).toEqual({ records: 6000, remaining: 4000, hours: 80 });
      expect(ship(of([open], { ...third, hours, recordsPerHour: null }), 50)).toEqual({ records: 6000, remaining: 4000, hours: 160 });
      expect(ship(of([open], { ...third, hours, recordsPerHour: null }))).toEqual({ records: 6000, remaining: 4000, hours: null });
    }
    expect(harm(of([{ rules: [rule(growing(2))] }], { records: {}, hours: null }))).toEqual({ records: 0, remaining: 0, hours: null });
  });

  it("the first of the suspected harms counts", () => {
    expect(harm(of([{}]))).toBeNull();
    expect(harm(of([{ rules: [rule(growing(5)), rule(refuted), rule(growing(2))] }, { role: "secondary", rules: [rule(growing(4))] }]))).toEqual({ records: 4000, remaining: 2000, hours: 10 });
    expect(harm(of([{ rules: [rule(notComputable("no-data", ""))] }]))).toBeNull();
  });

  it("stand in a decision only while they help", () => {
    const rules = [rule(growing(5))];
    const told = (given: Analysis): unknown => {
      const [one] = decide(given, policy).comparisons;
      return [one?.decision, one?.forecast?.records ?? null, one?.harmForecast?.records ?? null];
    };
    expect(told(of([{ ...open, rules }]))).toEqual(["keep-running", 6000, 10000]);
    expect(told(of([{ ...open, rules }], { reachedEnd: true }))).toEqual(["inconclusive", 6000, 10000]);
    expect(told(of([{ rules }]))).toEqual(["ship", null, 10000]);
    expect(told(of([{ ...open, rules: [...rules, rule(established)] }]))).toEqual(["rollback", null, null]);
  });
});
