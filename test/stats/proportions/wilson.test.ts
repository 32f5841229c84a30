import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wilsonInterval } from "../../../src/stats/proportions/wilson.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mirrored, mixedArm } from "./arms.ts";

const ends = (result: { readonly interval: readonly [number, number] }, digits = 4): string[] =>
  result.interval.map((end) => end.toFixed(digits));

describe("wilsonInterval", () => {
  it.each([
    [81, 263, ["0.2553", "0.3662"]],
    [15, 148, ["0.0624", "0.1605"]],
    [0, 20, ["0.0000", "0.1611"]],
    [1, 29, ["0.0061", "0.1718"]],
  ])(
    "of %i of %i is as in Newcombe 1998, Statistics in Medicine 17, 857-872, table I",
    (successes, trials, expected) => {
      expect(ends(computed(wilsonInterval(arm(successes, trials))))).toEqual(expected);
    },
  );

  it("turns around when failures are counted, and its test is the score test", () => {
    fc.assert(
      fc.property(mixedArm, (counts) => {
        const [own, other] = [computed(wilsonInterval(counts)), computed(wilsonInterval(mirrored(counts)))];
        closeTo(own.interval[0], 1 - other.interval[1], 1e-10, 1e-14, "lower end");
        // Each end is where the score statistic is 1.96: (p - end) / sqrt(end (1 - end) / n).
        const p = counts.successes / counts.trials;
        for (const end of own.interval)
          closeTo(
            Math.abs(p - end) / Math.sqrt((end * (1 - end)) / counts.trials),
            1.959963984540054,
            1e-8,
            0,
            "score",
          );
      }),
    );
  });

  it("names counts that can't be", () => {
    expect(() => wilsonInterval(arm(6, 5))).toThrow("counts.successes must be at most counts.trials (5)");
    expect(wilsonInterval(arm(0, 0))).toMatchObject({ computable: false, reason: "no-data" });
  });
});
