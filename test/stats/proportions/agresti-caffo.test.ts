import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agrestiCaffoInterval } from "../../../src/stats/proportions/agresti-caffo.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("agrestiCaffoInterval", () => {
  it("is the Wald interval with a success and a failure added to each arm (Agresti and Caffo 2000)", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const z = 1.959963984540054;
        const [p, q] = [control, treatment].map(({ successes, trials }) => (successes + 1) / (trials + 2)) as [
          number,
          number,
        ];
        const reach = z * Math.sqrt((p * (1 - p)) / (control.trials + 2) + (q * (1 - q)) / (treatment.trials + 2));
        const [lower, upper] = computed(agrestiCaffoInterval(control, treatment)).interval;
        closeTo(lower, q - p - reach, 1e-10, 1e-12, "lower");
        closeTo(upper, q - p + reach, 1e-10, 1e-12, "upper");
      }),
    );
  });

  it("names a null difference that is not finite", () => {
    expect(() => agrestiCaffoInterval(arm(1, 5), arm(2, 5), { nullDifference: Number.NaN })).toThrow("nullDifference");
    expect(agrestiCaffoInterval(arm(0, 5), arm(0, 0))).toMatchObject({ reason: "no-data" });
  });
});
