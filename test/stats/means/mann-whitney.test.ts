import { describe, expect, it } from "vitest";
import { mannWhitneyTest } from "../../../src/stats/means/mann-whitney.ts";

const ranks = (count: number, offset: number): number[] => Array.from({ length: count }, (_, i) => 2 * i + offset);

describe("the Mann-Whitney test, left to choose,", () => {
  it.each([
    [50, 50, "mann-whitney-exact"],
    [51, 50, "mann-whitney-continuity"],
    [50, 51, "mann-whitney-continuity"],
    [3, 4, "mann-whitney-exact"],
  ])("with %i and %i values without ties is %s", (c, t, method) => {
    expect(mannWhitneyTest(ranks(c, 0), ranks(t, 1))).toMatchObject({ method });
  });

  it("is asymptotic with ties, and without the correction where that is not wanted", () => {
    expect(mannWhitneyTest([1, 2, 3], [3, 4, 5])).toMatchObject({
      method: "mann-whitney-continuity",
      guarantee: "asymptotic",
    });
    expect(mannWhitneyTest([1, 2, 3], [3, 4, 5], { continuity: false })).toMatchObject({ method: "mann-whitney" });
  });

  it.each([
    [[], [1]],
    [[1], []],
    [[], []],
  ])("says that there are no data: %j, %j", (control, treatment) => {
    expect(mannWhitneyTest(control, treatment)).toEqual({
      computable: false,
      reason: "no-data",
      detail: `control has ${control.length} values and treatment has ${treatment.length}`,
    });
  });
});
