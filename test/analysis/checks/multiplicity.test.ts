import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dunnettAdjust, dunnettCriticalValue } from "../../../src/analysis/checks/dunnett.ts";
import { type MultiplicityMethod, adjustLnPValues, adjustPValues } from "../../../src/analysis/checks/multiplicity.ts";
import { normalSurvival } from "../../../src/math/normal.ts";
import { createRandom } from "../../../src/math/random.ts";
import { sampleNormal } from "../../../src/math/sampling.ts";
import { studentTSurvival } from "../../../src/math/student-t.ts";
import { closeTo } from "../../close-to.ts";
import { vectors } from "../fixed/vectors.ts";

const methods: readonly MultiplicityMethod[] = ["none", "bonferroni", "holm", "hochberg", "benjamini-hochberg"];
const ps = fc.array(fc.double({ min: 1e-12, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

/** The definitions word by word: rejected at alpha when the method's procedure rejects there. */
function rejects(pValues: readonly number[], method: MultiplicityMethod, alpha: number): boolean[] {
  const m = pValues.length;
  const sorted = [...pValues].sort((a, b) => a - b);
  let cut = -Infinity;
  if (method === "holm") {
    for (let i = 0; i < m && (sorted[i] as number) <= alpha / (m - i); i += 1) cut = sorted[i] as number;
  } else if (method === "hochberg") {
    for (let i = 0; i < m; i += 1) if ((sorted[i] as number) <= alpha / (m - i)) cut = sorted[i] as number;
  } else if (method === "benjamini-hochberg") {
    for (let i = 0; i < m; i += 1) if ((sorted[i] as number) <= (alpha * (i + 1)) / m) cut = sorted[i] as number;
  } else {
    cut = method === "none" ? alpha : alpha / m;
  }
  return pValues.map((p) => p <= cut);
}

describe("adjusted p-values", () => {
  it.each(vectors("growthbook_multiple_testing").map((v, i) => [`${i} ${v.inputs.method}`, v] as const))("GrowthBook %s", (_, { inputs, expected, tolerance }) => {
    adjustPValues(inputs.p, inputs.method).forEach((p, i) => closeTo(p, expected.adjusted_in_input_order[i], 0, (tolerance as { abs: number }).abs));
  });

  it.each(methods)("%s rejects at alpha exactly when its procedure does", (method) => {
    fc.assert(
      fc.property(ps, fc.constantFrom(0.01, 0.05, 0.2), (pValues, alpha) => {
        const adjusted = adjustPValues(pValues, method);
        // Equality is decided up to the last bit of the products.
        fc.pre(adjusted.every((p) => Math.abs(p - alpha) > 1e-12));
        expect(adjusted.map((p) => p <= alpha)).toEqual(rejects(pValues, method, alpha));
      }),
      { numRuns: 300 },
    );
  });

  it("keep the order, never fall, agree in logs", () => {
    fc.assert(
      fc.property(ps, fc.constantFrom(...methods), (pValues, method) => {
        const adjusted = adjustPValues(pValues, method);
        const logs = adjustLnPValues(pValues.map(Math.log), method);
        adjusted.forEach((p, i) => {
          expect(p).toBeGreaterThanOrEqual((pValues[i] as number) * (1 - 1e-15));
          expect(p).toBeLessThanOrEqual(1);
          closeTo(Math.exp(logs[i] as number), p, 1e-12);
        });
        const power = (name: MultiplicityMethod): number => adjustPValues(pValues, name).reduce((a, b) => a + b, 0);
        expect(power("hochberg")).toBeLessThanOrEqual(power("holm") + 1e-12);
        expect(power("holm")).toBeLessThanOrEqual(power("bonferroni") + 1e-12);
        expect(power("benjamini-hochberg")).toBeLessThanOrEqual(power("hochberg") + 1e-12);
      }),
    );
  });

  it("evidence beyond 1e-308 keeps its order", () => {
    const [first, second] = adjustLnPValues([-996, -2000], "holm") as [number, number];
    closeTo(first, -996, 1e-15);
    closeTo(second, -2000 + Math.LN2, 1e-15);
    expect(adjustPValues([], "holm")).toEqual([]);
  });

  it("refuse what is no p-value", () => {
    expect(() => adjustPValues([0.5, 1.2], "holm")).toThrow("Cannot adjust p-values: pValues[1] must be in [0, 1], current value is 1.2");
    expect(() => adjustPValues([NaN], "holm")).toThrow(RangeError);
    expect(() => adjustLnPValues([0.1], "holm")).toThrow("lnPValues[0] must be at most 0");
    expect(() => adjustPValues([0.1], "tukey" as "holm")).toThrow('method must be one of none, bonferroni, holm, hochberg, benjamini-hochberg, current value is "tukey"');
  });
});

describe("Dunnett", () => {
  it("is the plain p-value for a single treatment", () => {
    for (const z of [0.3, 1.96, 6]) {
      closeTo(dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9] })[0] as number, 2 * normalSurvival(z), 1e-9);
      closeTo(dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9], degreesOfFreedom: 12 })[0] as number, 2 * studentTSurvival(z, 12), 1e-8);
      closeTo(dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9], alternative: "greater" })[0] as number, normalSurvival(z), 1e-9);
      closeTo(dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9], alternative: "less" })[0] as number, 1 - normalSurvival(z), 1e-10);
    }
  });

  // C. W. Dunnett 1964, New tables for multiple comparisons with a control, Biometrics 20, 482-491, two-sided 5 %.
  it.each([
    [2, 10, 2.57],
    [3, 20, 2.54],
    [5, 30, 2.66],
    [9, 60, 2.77],
  ])("has the tabulated critical value for %i treatments, %i degrees of freedom", (count, degreesOfFreedom, value) => {
    const critical = dunnettCriticalValue(0.95, { controlSize: 1, treatmentSizes: new Array<number>(count).fill(1), degreesOfFreedom });
    expect(Math.abs(critical - value)).toBeLessThan(0.0051);
  });

  it("lies between the largest plain p-value and Bonferroni", () => {
    const z = [2.2, 1.1, -2.6];
    const adjusted = dunnettAdjust(z, { controlSize: 100, treatmentSizes: [100, 150, 60] });
    adjusted.forEach((p, i) => {
      const plain = 2 * normalSurvival(Math.abs(z[i] as number));
      expect(p).toBeGreaterThan(plain);
      expect(p).toBeLessThan(3 * plain);
    });
  });

  it("holds its level in simulation with a shared control of unequal size", () => {
    const random = createRandom(42);
    const sizes = [50, 80, 200];
    const control = 40;
    const critical = dunnettCriticalValue(0.9, { controlSize: control, treatmentSizes: sizes });
    const runs = 40_000;
    let missed = 0;
    for (let run = 0; run < runs; run += 1) {
      const shared = sampleNormal(random) / Math.sqrt(control);
      if (sizes.some((n) => Math.abs(sampleNormal(random) / Math.sqrt(n) - shared) / Math.sqrt(1 / n + 1 / control) > critical)) missed += 1;
    }
    expect(Math.abs(missed / runs - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / runs));
  });

  it("refuses sizes that don't match", () => {
    expect(() => dunnettAdjust([1, 2], { controlSize: 5, treatmentSizes: [5] })).toThrow("treatmentSizes.length must be the number of statistics");
    expect(() => dunnettAdjust([1], { controlSize: 0, treatmentSizes: [5] })).toThrow("controlSize must be positive, current value is 0");
    expect(() => dunnettAdjust([NaN], { controlSize: 1, treatmentSizes: [5] })).toThrow("statistics[0] must be a finite number");
  });
});
