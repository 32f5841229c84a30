import { describe, expect, it } from "vitest";
import { agrestiCaffoInterval } from "../../../src/analysis/fixed/agresti-caffo.ts";

describe("the Agresti-Caffo interval", () => {
  it.each([-1, 1, -2, 2, Number.NaN])("refuses a null difference of %d", (nullDifference) => {
    expect(() => agrestiCaffoInterval({ successes: 1, trials: 10 }, { successes: 4, trials: 10 }, { nullDifference })).toThrow(`nullDifference must be a number strictly between -1 and 1, current value is ${nullDifference}`);
  });
});
