import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { woolfInterval } from "../../../src/stats/proportions/woolf.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("woolfInterval", () => {
  it("is exp(ln odds ratio +- z sqrt(sum of 1 / cell)) (Woolf 1955)", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const [a, b] = [treatment.successes, treatment.trials - treatment.successes];
        const [c, d] = [control.successes, control.trials - control.successes];
        const error = Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d);
        const [lower, upper] = computed(woolfInterval(control, treatment)).interval;
        closeTo(lower, ((a * d) / (b * c)) * Math.exp(-1.959963984540054 * error), 1e-10, 0, "lower");
        closeTo(upper, ((a * d) / (b * c)) * Math.exp(1.959963984540054 * error), 1e-10, 0, "upper");
      }),
    );
  });

  it("adds half a success and half a failure where asked to", () => {
    const half = computed(woolfInterval(arm(0, 34), arm(7, 34), { adjustment: "half" }));
    closeTo(half.estimate, (7.5 * 34.5) / (27.5 * 0.5), 1e-12, 0, "estimate");
    expect(woolfInterval(arm(0, 34), arm(7, 34))).toMatchObject({ computable: false });
    expect(() => woolfInterval(arm(1, 4), arm(1, 4), { adjustment: "one" as "half" })).toThrow(
      "adjustment must be one of",
    );
  });
});
