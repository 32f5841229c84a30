import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mcnemarTest, newcombePairedInterval } from "../../../src/stats/proportions/mcnemar.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";

const pairs = (bothSucceeded: number, onlyControl: number, onlyTreatment: number, bothFailed: number) => ({
  bothSucceeded,
  onlyControl,
  onlyTreatment,
  bothFailed,
});

describe("mcnemarTest", () => {
  it("has chi-square 21.356, with the correction 20.672, for 59 against 121 discordant pairs", () => {
    const table = pairs(101, 121, 59, 33);
    // (121 - 59)^2 / 180 and (|121 - 59| - 1)^2 / 180
    closeTo(
      computed(mcnemarTest(table, { method: "asymptotic", continuity: false })).statistic ** 2,
      62 ** 2 / 180,
      1e-12,
      0,
      "plain",
    );
    closeTo(
      computed(mcnemarTest(table, { method: "asymptotic", continuity: true })).statistic ** 2,
      61 ** 2 / 180,
      1e-12,
      0,
      "corrected",
    );
  });

  it("is the sign test of the discordant pairs, exactly", () => {
    // 1 of 6: 2 x (1 + 6) / 64
    closeTo(computed(mcnemarTest(pairs(10, 5, 1, 3))).pValue, 14 / 64, 1e-13, 0, "exact");
    // half of the observed table's probability less on either side
    closeTo(computed(mcnemarTest(pairs(10, 5, 1, 3), { method: "mid-p" })).pValue, (14 - 6) / 64, 1e-13, 0, "mid-p");
  });

  it("names counts that can't be", () => {
    expect(() => mcnemarTest(pairs(1, -2, 1, 1))).toThrow("onlyControl must be a non-negative integer");
    expect(mcnemarTest(pairs(0, 0, 0, 0))).toMatchObject({ computable: false });
  });
});

describe("newcombePairedInterval", () => {
  it("changes sign when the arms change places, and holds the estimate", () => {
    const cell = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(cell, cell, cell, cell, (both, control, treatment, none) => {
        const own = computed(newcombePairedInterval(pairs(both, control, treatment, none)));
        const other = computed(newcombePairedInterval(pairs(both, treatment, control, none)));
        closeTo(own.interval[0], -other.interval[1], 1e-10, 1e-13, "lower end");
        expect(own.interval[0]).toBeLessThan(own.estimate);
        closeTo(own.estimate, (treatment - control) / (both + control + treatment + none), 1e-12, 1e-14, "estimate");
      }),
    );
  });

  it("names a level outside (0, 1)", () => {
    expect(() => newcombePairedInterval(pairs(1, 2, 3, 4), { level: 1 })).toThrow("level must be a number strictly");
  });
});
