import { describe, expect, it } from "vitest";
import {
  clusteredMeanTest,
  clusteredProportionTest,
  clusteredRatioTest,
} from "../../../src/stats/means/clustered-means.ts";
import { momentsOf } from "../../../src/stats/means/sample-moments.ts";
import { welchTest } from "../../../src/stats/means/welch.ts";
import { closeTo } from "../../helpers/close-to.ts";
import { computed } from "../fixed/vectors.ts";

const means = { control: [10, 12, 11, 9, 13], treatment: [14, 12, 15, 13] };
const equal = (values: readonly number[]): { units: { total: number; weight: number }[] } => ({
  units: values.map((mean) => ({ total: 20 * mean, weight: 20 })),
});

describe("clustered tests", () => {
  it("are Welch on unit means when every unit holds as many requests", () => {
    const welch = computed(welchTest(momentsOf(means.control), momentsOf(means.treatment)));
    for (const weighting of ["requests", "units"] as const) {
      const own = computed(clusteredMeanTest(equal(means.control), equal(means.treatment), { weighting }));
      closeTo(own.statistic, welch.statistic, 1e-12);
      closeTo(own.degreesOfFreedom, welch.degreesOfFreedom, 1e-12);
      closeTo(own.pValue, welch.pValue, 1e-12);
    }
  });

  it("take degrees of freedom from units, not requests, and fewer when one unit dominates", () => {
    const dominated = (values: readonly number[]): ReturnType<typeof equal> => ({
      units: values.map((mean, i) => ({ total: mean * (i === 0 ? 10_000 : 10), weight: i === 0 ? 10_000 : 10 })),
    });
    const [even, skewed] = [equal, dominated].map((arm) =>
      computed(clusteredMeanTest(arm(means.control), arm(means.treatment))),
    );
    expect(even?.degreesOfFreedom).toBeLessThanOrEqual(7);
    expect(skewed?.degreesOfFreedom).toBeLessThan(0.1);
    expect(skewed?.pValue).toBeGreaterThan(0.2);
  });

  it("empty buckets change nothing", () => {
    const bare = computed(clusteredMeanTest(equal(means.control), equal(means.treatment)));
    const padded = {
      units: [...equal(means.control).units, ...Array.from({ length: 59 }, () => ({ total: 0, weight: 0 }))],
      unitCount: 5,
    };
    expect(computed(clusteredMeanTest(padded, equal(means.treatment)))).toEqual(bare);
  });

  it("shares and ratios are means", () => {
    const [control, treatment] = [
      [9, 8, 10, 7],
      [10, 10, 9, 10],
    ].map((successes) => ({ units: successes.map((total) => ({ total, weight: 10 })) })) as [
      ReturnType<typeof equal>,
      ReturnType<typeof equal>,
    ];
    const share = computed(clusteredProportionTest(control, treatment));
    closeTo(share.estimate, 0.975 - 0.85, 1e-12);
    expect(share.method).toBe("clustered-proportion");
    const ratio = computed(clusteredRatioTest(control, treatment));
    closeTo(ratio.estimate, 0.975 / 0.85, 1e-12);
    expect(ratio.method).toBe("clustered-ratio-fieller");
  });
});
