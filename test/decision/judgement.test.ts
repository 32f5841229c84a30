import { describe, expect, it } from "vitest";
import type { Analysis, MetricAnalysis } from "../../src/analysis/analysis.ts";
import type { Decision } from "../../src/decision/decision.ts";
import { notComputable } from "../../src/errors.ts";
import { type Policy, decide } from "../../src/index.ts";
import { analysis, ceiling, comparison, established, evenSplit, floor, goal, metric, policy, refuted, rule, suspected } from "./by-hand.ts";

const fixed: Policy = { ...policy, monitoring: { kind: "fixed" } };
const planned = { ...policy, monitoring: { ...policy.monitoring, kind: "group-sequential" } } as unknown as Policy;
const look = { number: 1, of: 2, fraction: 0.5, final: false };
const final = { number: 2, of: 2, fraction: 1, final: true };
const none = notComputable("no-data", "no records");
const tooFew = notComputable("too-few-records", "3 records");

const of = (...metrics: Partial<MetricAnalysis>[]): Analysis => analysis({ comparisons: [comparison({ metrics: metrics.map(metric) })] });
const verdict = (given: Analysis, by: Policy = policy): readonly [Decision["decision"], Decision["reasons"]] => {
  const { decision, reasons } = decide(given, by);
  return [decision, reasons];
};
const about = { metric: "success_rate", treatment: "b" };
const shipped = ["ship", [{ code: "goals-reached", treatment: "b", metrics: ["success_rate"] }]];

describe("the verdict on an analysis written by hand", () => {
  it("ships what reached its goals, and names the metrics that decided", () => {
    expect(verdict(analysis())).toEqual(shipped);
    expect(verdict(of({}, { metric: "latency", role: "guardrail" }, { metric: "cost", role: "secondary", goal: goal(refuted, true) }))).toEqual([
      "ship",
      [{ code: "goals-reached", treatment: "b", metrics: ["success_rate", "latency"] }],
    ]);
    expect(verdict(of({ goal: null }))).toEqual(shipped);
    expect(verdict(of({ limits: [floor(established), ceiling(established)] }))).toEqual(shipped);
  });

  it("tells of each goal and limit how it was missed, those that never will be reached first", () => {
    expect(verdict(of({ goal: goal(suspected) }))).toEqual(["keep-running", [{ code: "goal-not-reached", ...about }]]);
    expect(verdict(of({ goal: goal(refuted, true) }))).toEqual(["keep-running", [{ code: "goal-ruled-out", ...about }]]);
    expect(verdict(of({ limits: [floor(suspected)] }))).toEqual(["keep-running", [{ code: "limit-not-shown", ...about, limit: "floor" }]]);
    expect(verdict(of({ goal: null, limits: [ceiling(refuted, true)] }))).toEqual(["keep-running", [{ code: "limit-ruled-out", ...about, limit: "ceiling" }]]);
    expect(verdict(of({ goal: goal(suspected), limits: [floor(suspected), ceiling(refuted, true)] }, { metric: "latency", goal: goal(refuted, true) }))).toEqual([
      "keep-running",
      [
        { code: "limit-ruled-out", ...about, limit: "ceiling" },
        { code: "goal-ruled-out", metric: "latency", treatment: "b" },
        { code: "goal-not-reached", ...about },
        { code: "limit-not-shown", ...about, limit: "floor" },
      ],
    ]);
  });

  it("goes on where a goal can't be computed yet, and is invalid where it never can be", () => {
    const unknown = (reason: string, detail: string): object => ({ code: "goal-not-computable", ...about, reason, detail });
    expect(verdict(of({ goal: goal(tooFew) }))).toEqual(["keep-running", [unknown("too-few-records", "3 records")]]);
    expect(verdict(of({ goal: goal(tooFew), limits: [floor(suspected)] }))).toEqual(["keep-running", [unknown("too-few-records", "3 records"), { code: "limit-not-shown", ...about, limit: "floor" }]]);
    expect(verdict(of({ limits: [floor(tooFew)] }))).toEqual(["keep-running", [unknown("too-few-records", "3 records")]]);
    expect(verdict(of({ goal: goal(none) }))).toEqual(["invalid", [unknown("no-data", "no records")]]);
    const never = notComputable("method-does-not-apply", "exact needs independent requests");
    expect(verdict(of({ goal: goal(never) }, { metric: "latency", goal: goal(suspected) }))).toEqual(["invalid", [unknown(never.reason, never.detail)]]);
    const soon = { reachedMinimum: false, records: { a: 499, b: 500 } };
    expect(verdict(analysis({ comparisons: [comparison({ metrics: [metric({ goal: goal(none) })] })], sampleSize: soon }))).toEqual([
      "keep-running",
      [unknown("no-data", "no records"), { code: "minimum-sample-not-reached", arm: "a", records: 499, minimum: 500 }],
    ]);
    expect(verdict(analysis({ comparisons: [comparison({ metrics: [metric({ goal: goal(never) })] })], sampleSize: soon }))[0]).toBe("invalid");
  });

  it("waits for the sample, the duration and the cycles, and names each that is short", () => {
    expect(verdict(analysis({ sampleSize: { reachedMinimum: false } }))).toEqual(["keep-running", []]);
    expect(verdict(analysis({ sampleSize: { records: { a: 1000 } } }))).toEqual(["keep-running", [{ code: "minimum-sample-not-reached", arm: "b", records: 0, minimum: 500 }]]);
    expect(verdict(analysis({ sampleSize: { records: { a: 500, b: 500 } } }))).toEqual(shipped);
    for (const hours of [10, null]) {
      expect(verdict(analysis({ sampleSize: { hours, minimumHours: 10.5 } }))).toEqual(["keep-running", [{ code: "minimum-duration-not-reached", hours, minimum: 10.5 }]]);
    }
    expect(verdict(analysis({ sampleSize: { minimumHours: 10 } }))).toEqual(shipped);
    expect(verdict(analysis({ sampleSize: { hours: null, minimumHours: 0 } }))).toEqual(shipped);
    expect(verdict(analysis({ sampleSize: { hours: -1, minimumHours: 0 } }))).toEqual(shipped);
    const coverage = { cycleHours: 24, covered: 24, slots: 24, wholeCycles: 1, minimumCycles: 2 };
    expect(verdict(analysis({ coverage }))).toEqual(["keep-running", [{ code: "minimum-cycles-not-reached", cycles: 1, minimum: 2, cycleHours: 24 }]]);
    expect(verdict(analysis({ coverage: { ...coverage, minimumCycles: 1 } }))).toEqual(shipped);
  });

  it("rolls back on an established rule of any metric, at any size, whatever else is wrong", () => {
    const broken = { ...evenSplit, mismatch: true };
    const harmed = [comparison({ metrics: [metric({ role: "secondary", goal: null, rules: [rule(suspected, "below"), rule(established), rule(none, "above")] })] })];
    const why = { code: "rollback-rule-established", ...about, rule: "worse-by" };
    expect(verdict(analysis({ comparisons: harmed, sampleSize: { reachedMinimum: false } }))).toEqual(["rollback", [why]]);
    expect(verdict(analysis({ comparisons: harmed, sampleRatio: broken }))).toEqual(["rollback", [why, { code: "sample-ratio-mismatch" }]]);
    expect(verdict(analysis({ sampleRatio: broken }))).toEqual(["invalid", [{ code: "sample-ratio-mismatch" }]]);
    expect(verdict(analysis({ sampleRatio: none }))).toEqual(shipped);
  });

  it("is inconclusive at the end, and says what ended", () => {
    const open = [comparison({ metrics: [metric({ goal: goal(suspected) })] })];
    const ended = (what: string): unknown => ["inconclusive", [{ code: "goal-not-reached", ...about }, { code: "end-reached", what }]];
    const running = ["keep-running", [{ code: "goal-not-reached", ...about }]];
    expect(verdict(analysis({ comparisons: open, sampleSize: { reachedEnd: true } }))).toEqual(ended("end"));
    expect(verdict(analysis({ comparisons: open, sampleSize: { reachedMaximum: true } }))).toEqual(ended("maximum-sample"));
    expect(verdict(analysis({ comparisons: open, sampleSize: { reachedMaximum: true, reachedEnd: true } }))).toEqual(ended("end"));
    expect(verdict(analysis({ comparisons: open }), fixed)).toEqual(ended("planned-look"));
    expect(verdict(analysis({ comparisons: open, look: final }), planned)).toEqual(ended("planned-look"));
    expect(verdict(analysis({ comparisons: open, look }), planned)).toEqual(running);
    expect(verdict(analysis({ comparisons: open, look, sampleSize: { reachedMaximum: true } }), planned)).toEqual(running);
    expect(verdict(analysis({ comparisons: open }))).toEqual(running);
  });

  it("says nothing before a planned look but what is short", () => {
    const harmed = [comparison({ metrics: [metric({ rules: [rule(established)] })] })];
    const early = { reachedMinimum: false, records: { a: 600, b: 400 } };
    const waiting = ["keep-running", [{ code: "planned-look-not-reached" }, { code: "minimum-sample-not-reached", arm: "b", records: 400, minimum: 500 }]];
    expect(verdict(analysis({ comparisons: harmed, sampleSize: early }), fixed)).toEqual(waiting);
    expect(verdict(analysis({ comparisons: harmed, sampleSize: early }), planned)).toEqual(waiting);
    expect(verdict(analysis({ comparisons: harmed, sampleSize: early, look }), planned)[0]).toBe("rollback");
    expect(verdict(analysis({ comparisons: harmed }), fixed)[0]).toBe("rollback");
    expect(verdict(analysis({ comparisons: harmed, sampleSize: { ...early, reachedEnd: true } }), fixed)[0]).toBe("rollback");
    expect(verdict(analysis({ comparisons: harmed, sampleSize: { ...early, reachedMaximum: true } }), fixed)[0]).toBe("rollback");
  });

  it("lets the most urgent treatment lead, with its reasons only", () => {
    const arms = { ship: comparison({ treatment: "s" }), rollback: comparison({ treatment: "r", metrics: [metric({ rules: [rule(established)] })] }), open: comparison({ treatment: "o", metrics: [metric({ goal: goal(tooFew) })] }), invalid: comparison({ treatment: "i", metrics: [metric({ goal: goal(none) })] }) };
    const records = { a: 1000, s: 1000, r: 1000, o: 1000, i: 1000 };
    const lead = (...names: (keyof typeof arms)[]): unknown => {
      const { decision, reasons } = decide(analysis({ comparisons: names.map((name) => arms[name]), sampleSize: { records } }), policy);
      return [decision, reasons.map((reason) => ("treatment" in reason ? reason.treatment : null))];
    };
    expect(lead("open", "ship", "invalid", "rollback")).toEqual(["rollback", ["r"]]);
    expect(lead("open", "ship", "invalid")).toEqual(["invalid", ["i"]]);
    expect(lead("open", "ship")).toEqual(["ship", ["s"]]);
    expect(lead("open")).toEqual(["keep-running", ["o"]]);
    expect(lead()).toEqual(["invalid", []]);
  });

  it("sums up each metric", () => {
    const summed = (over: Partial<MetricAnalysis>): unknown => decide(of(over), policy).comparisons[0]?.metrics[0]?.verdict;
    expect(summed({ goal: null, rules: [] })).toEqual({ goal: "none", rollbackRule: "none" });
    expect(summed({})).toEqual({ goal: "reached", rollbackRule: "not-established" });
    expect(summed({ limits: [floor(suspected)], rules: [rule(none), rule(refuted)] })).toEqual({ goal: "not-reached", rollbackRule: "not-computable" });
    expect(summed({ goal: goal(none), limits: [floor(suspected)], rules: [rule(none), rule(suspected)] })).toEqual({ goal: "not-computable", rollbackRule: "suspected" });
    expect(summed({ goal: null, limits: [floor(established)], rules: [rule(suspected), rule(established)] })).toEqual({ goal: "reached", rollbackRule: "established" });
  });

  it("shows the strongest evidence for the other side", () => {
    const against = (given: Analysis, by: Policy = policy): unknown => decide(given, by).comparisons[0]?.against;
    const effect = (estimate: number, kind: "difference" | "ratio" = "difference"): MetricAnalysis["effect"] => ({ kind, estimate, interval: [null, null], level: 0.95, method: "m", guarantee: "anytime-asymptotic" });
    const evidence = (lnPValue: number): MetricAnalysis["anytime"] => ({ lnEvidence: -lnPValue, pValue: Math.exp(lnPValue), lnPValue });
    expect(against(of({}))).toBeNull();
    const worse = { metric: "x", effect: effect(-0.01), anytime: evidence(-3) };
    expect(against(of(worse))).toEqual({ metric: "x", direction: "worse", lnPValue: -3, pValue: Math.exp(-3) });
    expect(against(of(worse, { ...worse, metric: "y", anytime: evidence(-4) }, { ...worse, metric: "z", anytime: evidence(-2) }))).toMatchObject({ metric: "y", lnPValue: -4 });
    expect(against(of(worse), fixed)).toMatchObject({ metric: "x", pValue: 0.3 });
    expect(against(of({ ...worse, anytime: evidence(0) }))).toBeNull();
    expect(against(of({ ...worse, anytime: none }))).toBeNull();
    expect(against(of({ ...worse, effect: none }))).toBeNull();
    expect(against(of({ ...worse, effect: effect(0) }))).toBeNull();
    expect(against(of({ ...worse, effect: effect(1, "ratio") }))).toBeNull();
    expect(against(of({ ...worse, better: "lower", effect: effect(1.1, "ratio") }))).toMatchObject({ direction: "worse" });
    expect(against(of({ ...worse, better: "lower", effect: effect(0.9, "ratio") }))).toBeNull();
    expect(against(of({ rules: [rule(established)] }, worse))).toMatchObject({ metric: "success_rate", direction: "better", lnPValue: -2 });
  });

  it("passes on what it was given", () => {
    const given = analysis({ look, coverage: { cycleHours: 24, covered: 24, slots: 24, wholeCycles: 1, minimumCycles: 1 } });
    expect(decide(given, policy)).toMatchObject({ specVersion: 1, control: "a", checks: given.checks, quality: given.quality, look });
  });
});
