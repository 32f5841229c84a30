import { describe, expect, it } from "vitest";
import { isNotComputable, type NotComputable } from "../../../src/index.ts";
import { newcombeInterval } from "../../../src/stats/proportions/newcombe.ts";
import { wilsonInterval } from "../../../src/stats/proportions/wilson.ts";
import { moverDifference, moverRatio } from "../../../src/stats/quantiles/mover.ts";
import type { IntervalResult } from "../../../src/stats/result.ts";
import { closeTo } from "../../helpers/close-to.ts";

const report = { method: "mover", assumptions: ["as given"] };
const computed = <Value>(value: Value | NotComputable): Value => {
  if (isNotComputable(value)) throw new Error(value.detail);
  return value;
};
const arm = (
  estimate: number,
  lower: number,
  upper: number,
  level = 0.95,
): Pick<IntervalResult, "estimate" | "interval" | "level"> => ({ estimate, interval: [lower, upper], level });

describe("the method of variance estimates recovery", () => {
  it.each([
    [56, 70, 48, 80],
    [9, 10, 3, 10],
    [997, 1000, 960, 1000],
    [0, 20, 5, 30],
  ])("gives Newcombe's interval of Wilson's: %i of %i, %i of %i", (...given) => {
    const [control, treatment] = [
      { successes: given[0], trials: given[1] },
      { successes: given[2], trials: given[3] },
    ];
    const [lower, upper] = computed(newcombeInterval(control, treatment)).interval;
    const result = moverDifference(computed(wilsonInterval(control)), computed(wilsonInterval(treatment)), report);
    closeTo(result.interval[0], lower, 1e-12);
    closeTo(result.interval[1], upper, 1e-12);
    closeTo(result.estimate, treatment.successes / treatment.trials - control.successes / control.trials, 1e-12);
    expect(result).toMatchObject({ computable: true, guarantee: "asymptotic", level: 0.95, ...report });
  });

  it("of symmetric intervals is the interval of a difference of correlated estimates", () => {
    for (const correlation of [-1, -0.5, 0, 0.8, 1]) {
      const { interval, guarantee } = moverDifference(arm(10, 7, 13), arm(12, 8, 16), {
        ...report,
        correlation,
        guarantee: "exact",
      });
      const half = Math.sqrt(16 - 2 * correlation * 12 + 9);
      closeTo(interval[0], 2 - half, 1e-12);
      closeTo(interval[1], 2 + half, 1e-12);
      expect(guarantee).toBe("exact");
    }
    // Rounding may take what is under the root below 0.
    expect(moverDifference(arm(0, -0.1, 0.1), arm(0, -0.1, 0.1), { ...report, correlation: 1 }).interval).toEqual([
      0, 0,
    ]);
  });

  it("is open where an arm's interval is", () => {
    expect(moverDifference(arm(10, -Infinity, 13), arm(12, 8, 16), report).interval).toEqual([2 - 5, Infinity]);
    expect(moverDifference(arm(10, 7, Infinity), arm(12, 8, 16), { ...report, correlation: 1 }).interval).toEqual([
      -Infinity,
      2 + 1,
    ]);
    expect(moverDifference(arm(10, 7, 13), arm(12, 8, Infinity), report).interval).toEqual([2 - 5, Infinity]);
  });

  it("of a ratio works with logarithms", () => {
    const { estimate, interval } = computed(moverRatio(arm(900, 870, 950), arm(980, 940, 1050), report));
    closeTo(estimate, 980 / 900, 1e-15);
    closeTo(Math.log(interval[0]), Math.log(980 / 900) - Math.hypot(Math.log(980 / 940), Math.log(950 / 900)), 1e-12);
    closeTo(Math.log(interval[1]), Math.log(980 / 900) + Math.hypot(Math.log(1050 / 980), Math.log(900 / 870)), 1e-12);
    for (const lowest of [0, -3]) {
      const open = computed(moverRatio(arm(900, 870, 950), arm(980, lowest, 1050), report));
      expect(open.interval[0]).toBe(0);
      closeTo(open.interval[1], interval[1], 1e-12);
    }
    for (const [control, treatment] of [
      [0, 1],
      [1, 0],
      [-1, 1],
      [Number.NaN, 1],
    ] as const) {
      expect(moverRatio(arm(control, -2, 2), arm(treatment, -2, 2), report)).toEqual({
        computable: false,
        reason: "method-does-not-apply",
        detail: `a ratio needs positive estimates, and they are ${control} and ${treatment}`,
      });
    }
  });

  it("refuses levels that differ and what is no correlation", () => {
    expect(() => moverDifference(arm(1, 0, 2), arm(1, 0, 2, 0.9), report)).toThrow(
      "Cannot combine two intervals: treatment.level must be the control's level of 0.95, current value is 0.9",
    );
    for (const correlation of [-1.01, 1.01, Number.NaN])
      expect(() => moverDifference(arm(1, 0, 2), arm(1, 0, 2), { ...report, correlation })).toThrow(
        `correlation must be in [-1, 1], current value is ${correlation}`,
      );
  });
});
