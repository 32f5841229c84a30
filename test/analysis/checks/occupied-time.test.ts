import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { occupiedTime } from "../../../src/analysis/checks/occupied-time.ts";
import {
  analyze,
  decide,
  type Decision,
  definePolicy,
  planFor,
  type PolicyInput,
  summarize,
} from "../../../src/index.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const input: PolicyInput = {
  control: "a",
  treatments: ["b"],
  minimumSampleSize: 10,
  metrics: [
    {
      name: "success",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.05 },
    },
  ],
};

/** Records of both arms in turn at these hours after the start. */
const at = (hours: readonly number[]): unknown[] =>
  hours.flatMap((after) =>
    ["a", "b"].map((arm) => ({ arm, timestamp: start + Math.round(after * hour), success: true })),
  );
const evenly = (from: number, to: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
const decisionOf = (records: readonly unknown[], over: Partial<PolicyInput> = {}): Decision => {
  const policy = definePolicy({ ...input, ...over });
  return decide(analyze(summarize(records as never, planFor(policy)), policy), policy);
};
const hoursOf = (records: readonly unknown[], over: Partial<PolicyInput> = {}): number | null =>
  decisionOf(records, over).comparisons[0]?.sample.hours ?? null;

describe("the time in which both arms had records", () => {
  const body = evenly(0, 1.7, 12_000);

  it("is that from the first to the last record of an ordinary log", () => {
    expect(hoursOf(at(body))).toBeCloseTo(1.7, 9);
  });

  it.each([
    ["one record of 2001", [{ arm: "b", timestamp: Date.UTC(2001, 0, 1), success: true }]],
    ["one record of each arm of 2001", at([(Date.UTC(2001, 0, 1) - start) / hour])],
    ["one record of 2099", [{ arm: "a", timestamp: Date.UTC(2099, 0, 1), success: true }]],
    ["a record of each arm a day, for a week before", at([-24, -48, -72, -96, -120, -144, -168])],
    ["a hundred records a week before", at(evenly(-168, -167.9, 50))],
    [
      "a few records in every hour of the week before, of the control only",
      evenly(-168, -0.1, 336).map((after) => ({ arm: "a", timestamp: start + after * hour, success: true })),
    ],
    ["an hour of both arms a week before, of 1 % of the records", at(evenly(-168, -167.5, 120))],
  ])("is not lengthened by %s: neither duration nor cycles are met", (_name, stray) => {
    const decision = decisionOf([...at(body), ...stray], {
      minimumDurationHours: 168,
      cycleHours: 24,
      minimumCycles: 7,
    });
    expect(decision.decision).toBe("keep-running");
    expect(decision.reasons.map(({ code }) => code)).toEqual([
      "minimum-duration-not-reached",
      "minimum-cycles-not-reached",
    ]);
    expect(decision.comparisons[0]?.sample.hours).toBeLessThan(30);
  });

  it("tells of stray records, and of none in an ordinary log", () => {
    const first = Date.UTC(2001, 0, 1);
    const stray = decisionOf([...at(body), { arm: "b", timestamp: first, success: true }]);
    expect(stray.warnings).toContainEqual({ code: "stray-records", records: 1, first, last: first + hour });
    expect(decisionOf(at(body)).warnings.some(({ code }) => code === "stray-records")).toBe(false);
  });

  it("goes on through nights and, with a cycle of a week, through weekends", () => {
    const day = (d: number): number[] => evenly(24 * d + 8, 24 * d + 18, 600);
    expect(hoursOf(at([0, 1, 2, 3, 4].flatMap(day)))).toBeCloseTo(4 * 24 + 10, 6);
    const twoWeeks = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14].flatMap(day);
    expect(hoursOf(at(twoWeeks), { cycleHours: 168 })).toBeCloseTo(14 * 24 + 10, 6);
    // Without a cycle a pause of two and a half days is none of the experiment.
    expect(hoursOf(at(twoWeeks))).toBeLessThan(14 * 24 + 10 - 2 * 60);
  });

  it("counts sparse traffic, of a record in a few hours", () => {
    expect(hoursOf(at(evenly(0, 168, 60)))).toBeCloseTo(168, 6);
  });

  it("is the time of both arms, not of the one that ran longer", () => {
    const control = evenly(0, 168, 5000).map((after) => ({ arm: "a", timestamp: start + after * hour, success: true }));
    const treatment = evenly(160, 168, 5000).map((after) => ({
      arm: "b",
      timestamp: start + after * hour,
      success: true,
    }));
    expect(hoursOf([...control, ...treatment])).toBeCloseTo(8, 1);
  });

  it("does not end an experiment for one record that is dated after its end", () => {
    const end = new Date(start + 100 * hour).toISOString();
    const late = (count: number, after: number): unknown[] => at(evenly(after, after + 0.5, count));
    const ended = (records: readonly unknown[]): boolean => decisionOf(records, { end }).checks.sampleSize.reachedEnd;
    expect(ended([...at(body), ...at([99.5])])).toBe(false);
    expect(ended([...at(body), ...at([200])])).toBe(false);
    expect(ended([...at(body), ...at([-1000])])).toBe(false);
    expect(ended([...at(body), ...late(6000, 101)])).toBe(true);
    expect(ended([...at(body), ...late(6000, 99.4)])).toBe(true);
  });

  it("never exceeds the span of the records, and stray records change it by at most a day at either end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 40, maxLength: 200 }),
        fc.array(fc.double({ min: -100_000, max: 100_000, noNaN: true }), { maxLength: 3 }),
        (hours, strays) => {
          const policy = definePolicy(input);
          const of = (all: readonly number[]): ReturnType<typeof occupiedTime> =>
            occupiedTime(summarize(at(all) as never, planFor(policy)), ["a", "b"], null);
          const dense = hours.flatMap((after) => Array.from({ length: 100 }, () => after));
          const [plain, disturbed] = [of(dense), of([...dense, ...strays])];
          const span = Math.max(...hours) - Math.min(...hours);
          expect(plain?.hours).toBeLessThanOrEqual(span + 1e-6);
          expect(Math.abs((disturbed?.hours ?? 0) - (plain?.hours ?? 0))).toBeLessThanOrEqual(48 + 1e-6);
        },
      ),
      { numRuns: 60 },
    );
  });
});
