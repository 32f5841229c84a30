import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjustLnPValues, adjustPValues, type MultiplicityMethod } from "../../../src/stats/multiplicity/adjust.ts";
import { closeTo } from "../../helpers/close-to.ts";
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
  it.each(vectors("growthbook_multiple_testing").map((v, i) => [`${i} ${v.inputs.method}`, v] as const))(
    "GrowthBook %s",
    (_, { inputs, expected, tolerance }) => {
      adjustPValues(inputs.p, inputs.method).forEach((p, i) =>
        closeTo(p, expected.adjusted_in_input_order[i], 0, (tolerance as { abs: number }).abs),
      );
    },
  );

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
    expect(() => adjustPValues([0.5, 1.2], "holm")).toThrow(
      "Cannot adjust p-values: pValues[1] must be in [0, 1], current value is 1.2",
    );
    expect(() => adjustPValues([NaN], "holm")).toThrow(RangeError);
    expect(() => adjustLnPValues([0.1], "holm")).toThrow("lnPValues[0] must be at most 0");
    expect(() => adjustPValues([0.1], "tukey" as "holm")).toThrow(
      'method must be one of none, bonferroni, holm, hochberg, benjamini-hochberg, current value is "tukey"',
    );
  });
});
