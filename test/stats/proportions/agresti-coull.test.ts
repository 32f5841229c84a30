import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agrestiCoullInterval } from "../../../src/stats/proportions/agresti-coull.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm } from "./arms.ts";

const ends = (result: { readonly interval: readonly [number, number] }, digits = 4): string[] =>
  result.interval.map((end) => end.toFixed(digits));

describe("agrestiCoullInterval", () => {
  it("is the Wald interval of x + z^2/2 successes of n + z^2 (Agresti and Coull 1998)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 180 }), (successes) => {
        const z = 1.959963984540054;
        const n = 200 + z * z;
        const p = (successes + (z * z) / 2) / n;
        const reach = z * Math.sqrt((p * (1 - p)) / n);
        const [lower, upper] = computed(agrestiCoullInterval(arm(successes, 200))).interval;
        closeTo(lower, p - reach, 1e-10, 0, "lower");
        closeTo(upper, p + reach, 1e-10, 0, "upper");
      }),
    );
    expect(ends(computed(agrestiCoullInterval(arm(18, 20))))).toEqual(["0.6868", "0.9843"]);
  });

  it("names a wrong alternative", () => {
    expect(() => agrestiCoullInterval(arm(1, 5), { alternative: "up" as "less" })).toThrow(
      'alternative must be one of "two-sided", "less", "greater", current value is "up"',
    );
    expect(agrestiCoullInterval(arm(0, 0))).toMatchObject({ reason: "no-data" });
  });
});
