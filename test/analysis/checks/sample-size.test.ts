import { describe, expect, it } from "vitest";
import { sampleSizeCheck } from "../../../src/analysis/checks/sample-size.ts";
import { definePolicy, planFor, type Policy, type RequestRecord, safeRollout, summarize } from "../../../src/index.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const policy: Policy = definePolicy({
  ...safeRollout({ control: "a", treatments: ["b"] }),
  segments: ["region"],
  minimumSampleSize: 4,
  maximumSampleSize: 6,
});
/** `a` requests of one arm and `b` of the other, evenly from the start on. */
const records = (a: number, b: number, hours: number | null): RequestRecord[] =>
  [["a", a] as const, ["b", b] as const].flatMap(([arm, n]) =>
    Array.from(
      { length: n },
      (_, i) =>
        ({
          arm,
          success: true,
          latencyMs: 5,
          region: i % 2 === 0 ? "north" : "south",
          ...(hours !== null && { timestamp: start + (hours * hour * i) / (n - 1) }),
        }) as never,
    ),
  );
const check = (a: number, b: number, hours: number | null = 2.5): ReturnType<typeof sampleSizeCheck> =>
  sampleSizeCheck(summarize(records(a, b, hours), planFor(policy)), policy);

describe("sample size", () => {
  it("counts each request once, whatever segments it is in, and the hours from the first to the last", () => {
    expect(check(5, 4)).toMatchObject({
      records: { a: 5, b: 4 },
      minimum: 4,
      maximum: 6,
      hours: 2.5,
      recordsPerHour: 9 / 2.5,
    });
    expect(check(5, 4, null)).toMatchObject({ records: { a: 5, b: 4 }, hours: null });
  });

  it("is reached when the smallest arm has it", () => {
    expect(check(9, 3)).toMatchObject({ reachedMinimum: false, reachedMaximum: false });
    expect(check(9, 4)).toMatchObject({ reachedMinimum: true, reachedMaximum: false });
    expect(check(9, 5)).toMatchObject({ reachedMaximum: false });
    expect(check(9, 6)).toMatchObject({ reachedMaximum: true });
  });

  it("waits for the duration too, and knows the end by the last period before it", () => {
    const under = (over: Partial<Policy>, hours: number | null = 2.5): ReturnType<typeof sampleSizeCheck> => {
      const changed = { ...policy, ...over };
      return sampleSizeCheck(summarize(records(9, 9, hours), planFor(changed)), changed);
    };
    expect(under({ minimumDurationHours: 2.5 }).reachedMinimum).toBe(true);
    expect(under({ minimumDurationHours: 2.6 }).reachedMinimum).toBe(false);
    expect(under({ minimumDurationHours: 2.5 }, null).reachedMinimum).toBe(false);
    expect(under({ maximumSampleSize: null }).reachedMaximum).toBe(false);
    const end = (hours: number): string => new Date(start + hours * hour).toISOString();
    expect(under({ end: null }).reachedEnd).toBe(false);
    // Records reach 2.5 hours: into the third period of an hour, so the end after 3 hours is reached and the one after
    // 4 is not.
    expect(under({ end: end(3) }).reachedEnd).toBe(true);
    expect(under({ end: end(4) }).reachedEnd).toBe(false);
    expect(under({ end: end(2) }).reachedEnd).toBe(true);
    expect(under({}, 0)).toMatchObject({ hours: 0, recordsPerHour: null });
  });
});
