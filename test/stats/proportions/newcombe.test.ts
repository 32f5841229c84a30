import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newcombeInterval } from "../../../src/stats/proportions/newcombe.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

const ends = (result: { readonly interval: readonly [number, number] }, digits = 4): string[] =>
  result.interval.map((end) => end.toFixed(digits));

describe("newcombeInterval", () => {
  it.each([
    [48, 80, 56, 70, ["0.0524", "0.3339"]],
    [3, 10, 9, 10, ["0.1705", "0.8090"]],
    [2, 7, 6, 7, ["0.0582", "0.8062"]],
    [0, 20, 10, 10, ["0.6791", "1.0000"]],
    [0, 10, 10, 10, ["0.6075", "1.0000"]],
  ])(
    "of %i/%i against %i/%i is method 10 of Newcombe 1998, Statistics in Medicine 17, 873-890",
    (x, m, y, n, expected) => {
      expect(ends(computed(newcombeInterval(arm(x, m), arm(y, n))))).toEqual(expected);
    },
  );

  it("changes sign when the arms change places", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const [own, other] = [
          computed(newcombeInterval(control, treatment)),
          computed(newcombeInterval(treatment, control)),
        ];
        closeTo(own.interval[0], -other.interval[1], 1e-10, 1e-13, "lower end");
        expect(own.interval[0]).toBeLessThan(own.estimate);
        expect(own.interval[1]).toBeGreaterThan(own.estimate);
      }),
    );
  });

  it("names the arm whose counts can't be", () => {
    expect(() => newcombeInterval(arm(1, 5), arm(2.5, 5))).toThrow(
      "treatment.successes must be a non-negative integer",
    );
    expect(newcombeInterval(arm(0, 0), arm(1, 5))).toMatchObject({ reason: "no-data" });
  });
});
