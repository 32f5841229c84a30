import { describe, expect, it } from "vitest";
import { normalDensity, normalSurvival } from "../../../src/math/normal.ts";
import { createRandom } from "../../../src/math/random.ts";
import { sampleNormal } from "../../../src/math/sampling.ts";
import { studentTSurvival } from "../../../src/math/student-t.ts";
import { dunnettAdjust, dunnettCriticalValue } from "../../../src/stats/multiplicity/dunnett.ts";
import { closeTo } from "../../helpers/close-to.ts";

describe("Dunnett", () => {
  it("is the plain p-value for a single treatment", () => {
    for (const z of [0.3, 1.96, 6]) {
      closeTo(dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9] })[0] as number, 2 * normalSurvival(z), 1e-9);
      closeTo(
        dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9], degreesOfFreedom: 12 })[0] as number,
        2 * studentTSurvival(z, 12),
        1e-8,
      );
      closeTo(
        dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9], alternative: "greater" })[0] as number,
        normalSurvival(z),
        1e-9,
      );
      closeTo(
        dunnettAdjust([z], { controlSize: 5, treatmentSizes: [9], alternative: "less" })[0] as number,
        1 - normalSurvival(z),
        1e-10,
      );
    }
  });

  // C. W. Dunnett 1964, New tables for multiple comparisons with a control, Biometrics 20, 482-491, two-sided 5 %.
  it.each([
    [1, 4, 2.776],
    [2, 10, 2.57],
    [3, 20, 2.54],
    [5, 30, 2.66],
    [9, 60, 2.77],
  ])("has the tabulated critical value for %i treatments, %i degrees of freedom", (count, degreesOfFreedom, value) => {
    const critical = dunnettCriticalValue(0.95, {
      controlSize: 1,
      treatmentSizes: new Array<number>(count).fill(1),
      degreesOfFreedom,
    });
    expect(Math.abs(critical - value)).toBeLessThan(0.0051);
  });

  /**
   * For normal statistics of two treatments, a sum over a fine grid of the control's error and both treatments' own.
   */
  function byGrid(
    x: number,
    control: number,
    sizes: readonly [number, number],
    outside: (z: number) => boolean,
  ): number {
    const step = 0.04;
    const grid = Array.from({ length: 301 }, (_, i) => (i - 150) * step).map(
      (e) => [e, normalDensity(e) * step] as const,
    );
    const [first, second] = sizes.map(
      (size) => [Math.sqrt(size / (size + control)), Math.sqrt(control / (size + control))] as const,
    ) as [readonly [number, number], readonly [number, number]];
    return grid.reduce((sum, [u, weight]) => {
      const inside = ([shared, own]: readonly [number, number]): number =>
        grid.reduce((total, [e, w]) => (outside((shared * u + own * e) / x) ? total : total + w), 0);
      return sum + weight * (1 - inside(first) * inside(second));
    }, 0);
  }

  it.each([
    ["two-sided", 1.7, (ratio: number) => Math.abs(ratio) >= 1],
    ["greater", 1.2, (ratio: number) => ratio >= 1],
    ["less", 1.2, (ratio: number) => ratio >= 1],
  ] as const)("%s: is the chance of the more extreme of two, by a sum over a grid", (alternative, x, outside) => {
    const [control, sizes] = [40, [80, 25] as const];
    const [p] = dunnettAdjust([alternative === "less" ? -x : x, 0.2], {
      controlSize: control,
      treatmentSizes: sizes,
      alternative,
    }) as [number, number];
    closeTo(p, byGrid(x, control, sizes, outside), 0.02);
    closeTo(dunnettCriticalValue(1 - p, { controlSize: control, treatmentSizes: sizes, alternative }), x, 1e-7);
  });

  // By mpmath 1.3 with 25 digits, panels cut where the integrand jumps.
  it.each([
    [2.45, 5, [9, 100_000], 0.023437719315785, 0.0117188596578927],
    [0.1, 5, [9, 100_000], 0.989446265313875, 0.561593245094711],
    [2.3, 1, [99, 49], 0.0253435826894274, 0.0126717913447137],
    [1.96, 1, [1000], 0.0499957902964409, 0.0249978951482204],
  ] as const)(
    "%f against a control of %i is exact beside treatments that are much larger: %j",
    (z, controlSize, treatmentSizes, twoSided, oneSided) => {
      const statistics = treatmentSizes.map((_, index) => (index === 0 ? z : 0.3));
      closeTo(dunnettAdjust(statistics, { controlSize, treatmentSizes })[0] as number, twoSided, 1e-11);
      closeTo(
        dunnettAdjust(statistics, { controlSize, treatmentSizes, alternative: "greater" })[0] as number,
        oneSided,
        1e-11,
      );
      closeTo(
        dunnettAdjust(
          statistics.map((one) => -one),
          { controlSize, treatmentSizes, alternative: "less" },
        )[0] as number,
        oneSided,
        1e-11,
      );
    },
  );

  it.each([1, 2, 5])("is Student's t far out with %i degrees of freedom", (degreesOfFreedom) => {
    for (const t of [0.01, 3, 50, 1000])
      closeTo(
        dunnettAdjust([t], { controlSize: 5, treatmentSizes: [9], degreesOfFreedom })[0] as number,
        2 * studentTSurvival(t, degreesOfFreedom),
        1e-8,
        1e-10,
      );
  });

  it("of statistics at 0 and far out are 1 and near 0", () => {
    const options = { controlSize: 10, treatmentSizes: [10, 20] };
    expect(dunnettAdjust([0, 9], options)[0]).toBe(1);
    expect(dunnettAdjust([0, 9], options)[1]).toBeLessThan(1e-15);
    expect(dunnettAdjust([0, -9], { ...options, degreesOfFreedom: 5 })[0]).toBe(1);
  });

  it("has the normal quantiles as critical values of one treatment", () => {
    const one = { controlSize: 3, treatmentSizes: [7] };
    closeTo(dunnettCriticalValue(0.95, one), 1.959963984540054, 1e-8);
    closeTo(dunnettCriticalValue(0.5, one), 0.6744897501960817, 1e-8);
    closeTo(dunnettCriticalValue(0.999, one), 3.290526731491926, 1e-7);
    closeTo(dunnettCriticalValue(0.95, { ...one, alternative: "greater" }), 1.6448536269514722, 1e-8);
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
      if (
        sizes.some(
          (n) => Math.abs(sampleNormal(random) / Math.sqrt(n) - shared) / Math.sqrt(1 / n + 1 / control) > critical,
        )
      )
        missed += 1;
    }
    expect(Math.abs(missed / runs - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / runs));
  });

  it("refuses sizes that don't match", () => {
    expect(() => dunnettAdjust([1, 2], { controlSize: 5, treatmentSizes: [5] })).toThrow(
      "treatmentSizes.length must be the number of statistics",
    );
    expect(() => dunnettAdjust([1], { controlSize: 0, treatmentSizes: [5] })).toThrow(
      "controlSize must be positive, current value is 0",
    );
    expect(() => dunnettAdjust([], { controlSize: 5, treatmentSizes: [] })).toThrow(
      "treatmentSizes.length must be the number of statistics, at least 1 (0), current value is 0",
    );
    expect(() => dunnettAdjust([1], { controlSize: Infinity, treatmentSizes: [5] })).toThrow(
      "controlSize must be positive",
    );
    for (const size of [0, -1, Infinity])
      expect(() => dunnettAdjust([1, 1], { controlSize: 5, treatmentSizes: [5, size] })).toThrow(
        `treatmentSizes[1] must be positive, current value is ${size}`,
      );
    expect(() => dunnettAdjust([1], { controlSize: 5, treatmentSizes: [5], degreesOfFreedom: 0.5 })).toThrow(
      "degreesOfFreedom must be at least 1, current value is 0.5",
    );
    expect(dunnettAdjust([1], { controlSize: 5, treatmentSizes: [5], degreesOfFreedom: 1 })[0]).toBeCloseTo(0.5, 2);
    for (const level of [0, 1])
      expect(() => dunnettCriticalValue(level, { controlSize: 5, treatmentSizes: [5] })).toThrow("level");
    expect(() => dunnettAdjust([NaN], { controlSize: 1, treatmentSizes: [5] })).toThrow(
      "statistics[0] must be a finite number",
    );
  });
});
