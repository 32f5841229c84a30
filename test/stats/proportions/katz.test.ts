import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { katzInterval } from "../../../src/stats/proportions/katz.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("katzInterval", () => {
  it("is exp(ln ratio +- z sqrt(1/x - 1/m + 1/y - 1/n)) (Katz 1978)", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const error = Math.sqrt(
          1 / control.successes - 1 / control.trials + 1 / treatment.successes - 1 / treatment.trials,
        );
        const ratio = treatment.successes / treatment.trials / (control.successes / control.trials);
        const [lower, upper] = computed(katzInterval(control, treatment)).interval;
        closeTo(lower, ratio * Math.exp(-1.959963984540054 * error), 1e-10, 0, "lower");
        closeTo(upper, ratio * Math.exp(1.959963984540054 * error), 1e-10, 0, "upper");
      }),
    );
    expect(computed(katzInterval(arm(1, 34), arm(7, 34))).interval.map((end) => end.toFixed(2))).toEqual([
      "0.91",
      "53.87",
    ]);
  });

  it("says why there is none without a success, and names a wrong null", () => {
    expect(katzInterval(arm(0, 34), arm(7, 34))).toMatchObject({ computable: false });
    expect(() => katzInterval(arm(1, 34), arm(7, 34), { nullRatio: -1 })).toThrow("nullRatio must be a positive");
  });
});
