import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneProportionZTest } from "../../../src/stats/proportions/one-proportion-z.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mixedArm } from "./arms.ts";

describe("oneProportionZTest", () => {
  it("is (p - p0) / sqrt(p (1 - p) / n), as statsmodels has it", () => {
    fc.assert(
      fc.property(mixedArm, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (counts, nullProportion) => {
        const { statistic } = computed(oneProportionZTest(counts, { nullProportion }));
        const p = counts.successes / counts.trials;
        closeTo(statistic, (p - nullProportion) / Math.sqrt((p * (1 - p)) / counts.trials), 1e-10, 1e-12, "z");
      }),
    );
    // 90 of 100 against 0.84: 0.06 / 0.03 = 2, p = 0.0455.
    const coin = computed(oneProportionZTest(arm(90, 100), { nullProportion: 0.84 }));
    closeTo(coin.statistic, 2, 1e-12, 0, "z");
    closeTo(coin.pValue, 0.04550026389635842, 1e-11, 0, "p");
  });

  it("names a null outside (0, 1)", () => {
    expect(() => oneProportionZTest(arm(1, 5), { nullProportion: 1 })).toThrow(
      "nullProportion must be a number strictly between 0 and 1, current value is 1",
    );
  });
});
