import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNotComputable } from "../../../src/errors.ts";
import { cupedRatioTest } from "../../../src/stats/means/cuped.ts";
import { ratioMetricQuotientTest } from "../../../src/stats/means/ratio-metric.ts";
import { meanRatioTest } from "../../../src/stats/means/welch.ts";
import { criticalValue } from "../../../src/stats/p-value.ts";
import { computed } from "../fixed/vectors.ts";

const sample = (mean: number, standardError: number, count = 1_000_000) => ({
  count,
  mean,
  variance: standardError * standardError * count,
});

describe("the ratio of means", () => {
  it("is tested by its numerator, so that a control near 0 hides no harm", () => {
    const result = computed(meanRatioTest(sample(0.01, 0.06), sample(3, 0.06)));
    // (3 - 0.01) / sqrt(0.06^2 + 0.06^2) = 35.24
    expect(result.statistic).toBeCloseTo(2.99 / (0.06 * Math.SQRT2), 9);
    expect(result.lnPValue).toBeLessThan(-600);
    expect(result.interval[0]).toBeGreaterThan(20);
    expect(result.interval[1]).toBe(Infinity);
    const delta = computed(meanRatioTest(sample(0.01, 0.06), sample(3, 0.06), { ratioMethod: "delta" }));
    expect(delta.pValue).toBeGreaterThan(0.8);
  });

  it("holds exactly the ratios that are within the critical value of the numerator's test", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.constantFrom("two-sided" as const, "greater" as const, "less" as const),
        (control, treatment, a, b, alternative) => {
          const found = computed(meanRatioTest(sample(control, a), sample(treatment, b), { alternative }));
          const critical = criticalValue(0.95, alternative, found.degreesOfFreedom);
          for (const end of found.interval) {
            if (!Number.isFinite(end)) continue;
            const misses = Math.abs(treatment - end * control) / Math.sqrt(b * b + end * end * a * a);
            expect(misses).toBeCloseTo(critical, 6);
          }
          expect(found.interval[0]).toBeLessThanOrEqual(found.estimate);
          expect(found.interval[1]).toBeGreaterThanOrEqual(found.estimate);
          // The null is rejected exactly when the interval leaves it out.
          const outside = found.interval[0] > 1 || found.interval[1] < 1;
          fc.pre(Math.abs(Math.abs(found.statistic) - critical) > 1e-6);
          expect(found.pValue < 0.05).toBe(outside);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is infinite, not unknown, when the control's mean is 0", () => {
    const found = computed(meanRatioTest(sample(0, 0.1), sample(3, 0.1), { nullRatio: 1.5, alternative: "greater" }));
    expect(found.estimate).toBe(Infinity);
    expect(found.statistic).toBeCloseTo(3 / Math.hypot(0.1, 0.15), 9);
    expect(found.interval[0]).toBeGreaterThan(15);
    const constant = computed(meanRatioTest({ count: 50, mean: 0, variance: 0 }, sample(3, 0.1)));
    expect(constant.interval).toEqual([Infinity, Infinity]);
    expect(constant.pValue).toBeLessThan(1e-100);
    const none = meanRatioTest(sample(0, 0.1), sample(0, 0.1));
    expect(isNotComputable(none) && none.reason).toBe("not-identified");
    const delta = meanRatioTest(sample(0, 0.1), sample(3, 0.1), { ratioMethod: "delta" });
    expect(isNotComputable(delta) && delta.reason).toBe("method-does-not-apply");
  });

  it("leaves a ratio of either sign open when the control may be 0 and the treatment is below it", () => {
    expect(computed(meanRatioTest(sample(0.01, 0.06), sample(-3, 0.06))).interval).toEqual([-Infinity, Infinity]);
  });

  it("agrees with the delta method where the control is far from 0", () => {
    const arms = [sample(100, 0.05), sample(103, 0.05)] as const;
    const [own, delta] = [
      computed(meanRatioTest(...arms, { nullRatio: 1.02 })),
      computed(meanRatioTest(...arms, { nullRatio: 1.02, ratioMethod: "delta" })),
    ];
    // Their standard errors differ by the variance at 1.02 instead of 1.03: 0.5 %.
    expect(own.statistic / delta.statistic).toBeGreaterThan(1);
    expect(own.statistic / delta.statistic).toBeLessThan(1.006);
    own.interval.forEach((end, i) => expect(end).toBeCloseTo(delta.interval[i] as number, 5));
    expect([own.method, delta.method]).toEqual(["mean-ratio-fieller", "mean-ratio-delta"]);
  });

  it("takes the noise that both share into account when a covariate was taken out", () => {
    // A covariate without any relation to the outcome changes nothing.
    const pairs = (mean: number) => ({
      count: 1000,
      meanX: 0,
      meanY: mean,
      varianceX: 1,
      varianceY: 900,
      covariance: 0,
    });
    const adjusted = computed(cupedRatioTest(pairs(1), pairs(30)));
    const plain = computed(
      meanRatioTest({ count: 1000, mean: 1, variance: 900 }, { count: 1000, mean: 30, variance: 900 }),
    );
    expect(adjusted.statistic).toBeCloseTo(plain.statistic, 9);
    expect(adjusted.interval[0]).toBeCloseTo(plain.interval[0], 9);
    expect(adjusted.statistic).toBeGreaterThan(20);
  });

  it("names a wrong ratioMethod", () => {
    const arms = [sample(1, 0.1), sample(1, 0.1)] as const;
    const wrong = { ratioMethod: "log" as "delta" };
    expect(() => meanRatioTest(...arms, wrong)).toThrow(
      /ratioMethod must be one of "fieller", "delta", current value is "log"/u,
    );
    const pairs = { count: 3, meanX: 1, meanY: 1, varianceX: 1, varianceY: 1, covariance: 0 };
    expect(() => ratioMetricQuotientTest(pairs, pairs, wrong)).toThrow(RangeError);
    expect(() => cupedRatioTest(pairs, pairs, wrong)).toThrow(RangeError);
  });
});
