import { describe, expect, it } from "vitest";
import { createRandom, isNotComputable } from "../../../src/index.ts";
import { permutationTest } from "../../../src/stats/means/permutation.ts";
import type { Alternative } from "../../../src/stats/result.ts";

/** The share of all ways to choose the treatment's values that are at least as extreme. */
function byEnumeration(control: readonly number[], treatment: readonly number[], alternative: Alternative): number {
  const values = [...control, ...treatment];
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const observed = mean(treatment) - mean(control);
  let all = 0;
  let extreme = 0;
  for (let mask = 0; mask < 2 ** values.length; mask++) {
    const chosen = values.filter((_, i) => ((mask >> i) & 1) === 1);
    if (chosen.length !== treatment.length) continue;
    const difference = mean(chosen) - mean(values.filter((_, i) => ((mask >> i) & 1) === 0));
    all++;
    if (
      alternative === "two-sided"
        ? Math.abs(difference) >= Math.abs(observed) - 1e-9
        : alternative === "greater"
          ? difference >= observed - 1e-9
          : difference <= observed + 1e-9
    )
      extreme++;
  }
  return extreme / all;
}

describe("the permutation test", () => {
  it.each(
    (["two-sided", "greater", "less"] as const).flatMap((alternative) => [
      [alternative, [1, 2.5, 2.5, 7], [3, 6, 8]] as const,
      [alternative, [3, 6, 8], [1, 2.5, 2.5, 7, -1]] as const,
      [alternative, [5, 9, 1, 4], [2, 2, 3, 8]] as const,
    ]),
  )("%s, %j and %j: comes near the share of all arrangements", (alternative, control, treatment) => {
    const permutations = 8000;
    const result = permutationTest(control, treatment, { random: createRandom(3), permutations, alternative });
    if (isNotComputable(result)) throw new Error(result.detail);
    const exact = byEnumeration(control, treatment, alternative);
    expect(Math.abs(result.pValue - exact)).toBeLessThan(
      4 * Math.sqrt((exact * (1 - exact)) / permutations) + 1 / permutations,
    );
    expect(result.estimate).toBeCloseTo(
      treatment.reduce((sum, value) => sum + value, 0) / treatment.length -
        control.reduce((sum, value) => sum + value, 0) / control.length,
      12,
    );
    expect(result.statistic).toBe(result.estimate);
    expect(Math.exp(result.lnPValue)).toBeCloseTo(result.pValue, 14);
    expect([result.method, result.guarantee, result.intervalMethod, result.alternative]).toEqual([
      "permutation",
      "exact",
      "welch",
      alternative,
    ]);
  });

  it("never gives 0, and does not touch what it was given", () => {
    const [control, treatment] = [
      Array.from({ length: 30 }, (_, i) => i),
      Array.from({ length: 30 }, (_, i) => 1000 + i),
    ];
    const result = permutationTest(control, treatment, { random: createRandom(3), permutations: 99 });
    expect(result).toMatchObject({ pValue: 0.01 });
    expect(control[29]).toBe(29);
  });
});
