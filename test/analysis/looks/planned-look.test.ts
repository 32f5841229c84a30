import { describe, expect, it } from "vitest";
import { lookFractions, reachedLook } from "../../../src/analysis/looks/planned-look.ts";
import { definePolicy, planFor, type RequestRecord, summarize } from "../../../src/index.ts";

const begin = Date.UTC(2026, 0, 5);
const metrics = [
  { name: "success", kind: "proportion", field: "success", better: "higher", role: "primary", goal: "superior" },
] as const;
const policyOf = (looks: number | readonly number[]) =>
  definePolicy({
    control: "a",
    treatments: ["b"],
    metrics,
    minimumSampleSize: 0,
    maximumSampleSize: 100,
    monitoring: { kind: "group-sequential", looks, spending: { kind: "pocock" } },
  });

/** Hours with so many requests of each arm. */
function hours(...counts: readonly (readonly [a: number, b: number])[]): RequestRecord[] {
  return counts.flatMap(([a, b], hour) =>
    [...Array<string>(a).fill("a"), ...Array<string>(b).fill("b")].map((arm, i) => ({
      arm,
      success: true,
      timestamp: begin + 3_600_000 * hour + i,
    })),
  );
}

function reached(looks: number | readonly number[], records: readonly RequestRecord[], ended = false): unknown {
  const policy = policyOf(looks);
  const look = reachedLook(summarize(records, planFor(policy)), policy, ["a", "b"], ended);
  if (look === null) return null;
  const { summary, until: _, ...rest } = look;
  return { ...rest, records: summary.cells.reduce((sum, { records: count }) => sum + count, 0) };
}

describe("the planned look that was reached", () => {
  it("is the last whose share the smaller arm has, with the records up to then", () => {
    expect(reached(4, hours([24, 40]))).toBeNull();
    expect(reached(4, hours([25, 40]))).toEqual({
      number: 1,
      of: 4,
      fraction: 0.25,
      final: false,
      fractions: [0.25],
      records: 65,
    });
    expect(reached(4, hours([25, 40], [10, 30], [20, 30], [5, 5]))).toEqual({
      number: 2,
      of: 4,
      fraction: 0.55,
      final: false,
      fractions: [0.25, 0.55],
      records: 155,
    });
    expect(reached(4, hours([50, 50], [50, 50]))).toEqual({
      number: 4,
      of: 4,
      fraction: 1,
      final: true,
      fractions: [0.5, 1],
      records: 200,
    });
    expect(reached([0.3, 1], hours([30, 31]))).toMatchObject({ number: 1, of: 2, fraction: 0.3 });
  });

  it("is one look where one hour passes several, the last of them", () => {
    expect(reached(4, hours([80, 90]))).toEqual({
      number: 3,
      of: 4,
      fraction: 0.8,
      final: false,
      fractions: [0.8],
      records: 170,
    });
    expect(reached([0.5, 0.6, 1], hours([50, 50], [10, 10]))).toMatchObject({ number: 2, fractions: [0.5, 0.6] });
  });

  it("is the final one at the end of the experiment, with what there is", () => {
    expect(reached(4, hours([25, 40], [10, 10]), true)).toEqual({
      number: 4,
      of: 4,
      fraction: 0.35,
      final: true,
      fractions: [0.25, 0.35],
      records: 85,
    });
    // Nothing came since the last look: it is taken as the final one.
    expect(reached(4, hours([25, 40], [0, 10]), true)).toEqual({
      number: 4,
      of: 4,
      fraction: 0.25,
      final: true,
      fractions: [0.25],
      records: 75,
    });
    expect(reached(4, hours([10, 40]), true)).toEqual({
      number: 4,
      of: 4,
      fraction: 0.1,
      final: true,
      fractions: [0.1],
      records: 50,
    });
    expect(reached(4, hours([0, 40]), true)).toMatchObject({ fraction: 1e-4, final: true });
    expect(reached(2, hours([100, 100], [7, 7]), true)).toEqual({
      number: 2,
      of: 2,
      fraction: 1,
      final: true,
      fractions: [1],
      records: 200,
    });
    expect(reached(2, [], true)).toBeNull();
  });

  it("sees records without timestamps at the moment of looking", () => {
    expect(
      reached(
        2,
        hours([60, 70]).map(({ arm, success }) => ({ arm, success: success as boolean })),
      ),
    ).toEqual({ number: 1, of: 2, fraction: 0.6, final: false, fractions: [0.6], records: 130 });
  });

  it("does not exist under other monitoring", () => {
    const policy = definePolicy({
      control: "a",
      treatments: ["b"],
      metrics,
      minimumSampleSize: 0,
      maximumSampleSize: 10,
    });
    expect(reachedLook(summarize(hours([20, 20]), planFor(policy)), policy, ["a", "b"], true)).toBeNull();
    expect(lookFractions({ kind: "group-sequential", looks: 4, spending: { kind: "pocock" } })).toEqual([
      0.25, 0.5, 0.75, 1,
    ]);
  });
});
