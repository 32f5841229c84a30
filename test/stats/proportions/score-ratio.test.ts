import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { koopmanInterval, scoreOddsRatioInterval } from "../../../src/stats/proportions/score-ratio.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";
import { arm, mirrored, mixedArm } from "./arms.ts";

describe("koopmanInterval", () => {
  it("begins at 23.69 for 0 of 20,000 against 91 of 20,000, where the estimate is infinite", () => {
    const result = computed(koopmanInterval(arm(0, 20_000), arm(91, 20_000), { nullRatio: 1.5 }));
    expect(result.estimate).toBe(Infinity);
    // The control's fitted rate is 91 / (r 40,000) but for terms of 91 / 20,000: z^2 = 91 r / 1 x ... = 3.8415 at r =
    // 23.69.
    expect(result.interval[0].toFixed(2)).toBe("23.69");
    expect(result.interval[1]).toBe(Infinity);
    expect(result.pValue).toBeLessThan(1e-13);
  });

  it("is inverted when the arms change places", () => {
    fc.assert(
      fc.property(mixedArm, mixedArm, (control, treatment) => {
        const [own, other] = [
          computed(koopmanInterval(control, treatment)),
          computed(koopmanInterval(treatment, control)),
        ];
        closeTo(own.interval[0], 1 / other.interval[1], 1e-8, 0, "lower end");
        closeTo(own.pValue, other.pValue, 1e-8, 0, "p");
      }),
    );
  });

  it("says why there is none without any success, and names a wrong null", () => {
    expect(koopmanInterval(arm(0, 5), arm(0, 5))).toMatchObject({ reason: "not-identified" });
    expect(() => koopmanInterval(arm(1, 5), arm(1, 5), { nullRatio: Infinity })).toThrow(
      "nullRatio must be a positive",
    );
  });
});

describe("scoreOddsRatioInterval", () => {
  it("rejects a null exactly when its interval leaves it out, and turns around with failures", () => {
    fc.assert(
      fc.property(
        mixedArm,
        mixedArm,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (control, treatment, nullRatio) => {
          const result = computed(scoreOddsRatioInterval(control, treatment, { nullRatio }));
          const [lower, upper] = result.interval;
          const failures = computed(scoreOddsRatioInterval(mirrored(control), mirrored(treatment)));
          closeTo(lower, 1 / failures.interval[1], 1e-8, 0, "failures");
          fc.pre(Math.abs(Math.log(nullRatio / lower)) > 1e-6 && Math.abs(Math.log(nullRatio / upper)) > 1e-6);
          expect(result.pValue < 0.05).toBe(nullRatio < lower || nullRatio > upper);
        },
      ),
    );
  });

  it("says why there is none where all succeeded", () => {
    expect(scoreOddsRatioInterval(arm(5, 5), arm(5, 5))).toMatchObject({ reason: "not-identified" });
    expect(() => scoreOddsRatioInterval(arm(1, 5), arm(1, 5), { nullRatio: 0 })).toThrow(
      "nullRatio must be a positive",
    );
  });
});
