import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonInterval } from "../../../src/stats/proportions/clopper-pearson.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm } from "./arms.ts";

const ends = (result: { readonly interval: readonly [number, number] }, digits = 4): string[] =>
  result.interval.map((end) => end.toFixed(digits));

describe("clopperPearsonInterval", () => {
  it.each([
    [81, 263, ["0.2527", "0.3676"]],
    [15, 148, ["0.0578", "0.1617"]],
    [0, 20, ["0.0000", "0.1684"]],
    [1, 29, ["0.0009", "0.1776"]],
  ])(
    "of %i of %i is as in Newcombe 1998, Statistics in Medicine 17, 857-872, table I",
    (successes, trials, expected) => {
      expect(ends(computed(clopperPearsonInterval(arm(successes, trials))))).toEqual(expected);
    },
  );

  it("ends where the binomial tail is 2.5 %, by summing the probabilities", () => {
    const tail = (from: number, to: number, trials: number, p: number): number => {
      let [sum, choose] = [0, 1];
      for (let k = 0; k <= to; k += 1) {
        if (k >= from) sum += choose * p ** k * (1 - p) ** (trials - k);
        choose = (choose * (trials - k)) / (k + 1);
      }
      return sum;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 29 }), (successes) => {
        const [lower, upper] = computed(clopperPearsonInterval(arm(successes, 30))).interval;
        closeTo(tail(successes, 30, 30, lower), 0.025, 1e-9, 0, "upper tail at the lower end");
        closeTo(tail(0, successes, 30, upper), 0.025, 1e-9, 0, "lower tail at the upper end");
      }),
    );
    // 1 - 0.025^(1/100)
    closeTo(computed(clopperPearsonInterval(arm(0, 100))).interval[1], 1 - 0.025 ** 0.01, 1e-13, 0, "no success");
  });

  it("names a level outside (0, 1)", () => {
    expect(() => clopperPearsonInterval(arm(1, 5), { level: 95 })).toThrow(
      "level must be a number strictly between 0 and 1, current value is 95",
    );
  });
});
