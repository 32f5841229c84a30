import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jeffreysInterval } from "../../../src/stats/proportions/jeffreys.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mirrored, mixedArm } from "./arms.ts";

/** The share of a beta density below x, by the midpoint rule: slow and obvious. */
function betaShare(x: number, a: number, b: number): number {
  const steps = 400_000;
  let [below, all] = [0, 0];
  for (let i = 0; i < steps; i += 1) {
    const p = (i + 0.5) / steps;
    const density = Math.exp((a - 1) * Math.log(p) + (b - 1) * Math.log(1 - p));
    all += density;
    if (p < x) below += density;
  }
  return below / all;
}

describe("jeffreysInterval", () => {
  it("ends at the 2.5 % and 97.5 % quantiles of beta(x + 1/2, n - x + 1/2)", () => {
    for (const [successes, trials] of [
      [18, 20],
      [5, 83],
    ] as const) {
      const [lower, upper] = computed(jeffreysInterval(arm(successes, trials))).interval;
      const [a, b] = [successes + 0.5, trials - successes + 0.5];
      expect(betaShare(lower, a, b)).toBeCloseTo(0.025, 4);
      expect(betaShare(upper, a, b)).toBeCloseTo(0.975, 4);
    }
  });

  it("turns around when failures are counted", () => {
    fc.assert(
      fc.property(mixedArm, (counts) => {
        const [own, other] = [computed(jeffreysInterval(counts)), computed(jeffreysInterval(mirrored(counts)))];
        closeTo(own.interval[0], 1 - other.interval[1], 1e-9, 1e-13, "lower end");
      }),
    );
  });

  it("names counts that can't be", () => {
    expect(() => jeffreysInterval(arm(-1, 5))).toThrow("counts.successes must be a non-negative integer");
    expect(jeffreysInterval(arm(0, 0))).toMatchObject({ reason: "no-data" });
  });
});
