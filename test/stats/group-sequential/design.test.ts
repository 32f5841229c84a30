import { describe, expect, it } from "vitest";
import { groupSequentialDesign } from "../../../src/stats/group-sequential/design.ts";
import {
  advancePaths,
  probabilityAbove,
  probabilityBelow,
  startPaths,
} from "../../../src/stats/group-sequential/paths.ts";
import type { SpendingFunction } from "../../../src/stats/group-sequential/spending.ts";
import { reference } from "../anytime/reference.ts";

type Named = [kind: string, parameter: number];
interface DesignCase {
  spending: Named;
  sided: 1 | 2;
  alpha: number;
  beta: number;
  informationRates: number[];
  criticalValues: number[];
  alphaSpent: number[];
  drift: number;
  inflation: number;
  averageSampleNumber: number;
}
interface FutilityCase {
  spending: Named;
  futilitySpending: Named;
  alpha: number;
  beta: number;
  binding: boolean;
  informationRates: number[];
  criticalValues: number[];
  futilityBounds: number[];
  shift: number;
  rpact: {
    criticalValues: (number | "Infinity")[];
    futilityBounds: number[];
    inflation: number;
    averageSampleNumber0: number;
    averageSampleNumber1: number;
    power: number[];
  };
}

function spending([kind, parameter]: Named): SpendingFunction {
  if (kind.endsWith("OF")) return { kind: "obrien-fleming" };
  if (kind.endsWith("HSD")) return { kind: "hwang-shih-decani", gamma: parameter };
  if (kind.endsWith("KD")) return { kind: "kim-demets", rho: parameter };
  return { kind: "pocock" };
}

const worst = (a: readonly number[], b: readonly (number | null)[]): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number))));
};

describe("group-sequential designs", () => {
  it("agree with the high-precision reference on all 236 designs: |dz| <= 1e-10", () => {
    const cases = reference<DesignCase[]>("group-sequential-designs");
    expect(cases.length).toBe(236);
    for (const c of cases) {
      const design = groupSequentialDesign({
        looks: c.informationRates,
        sides: c.sided,
        alpha: c.alpha,
        power: 1 - c.beta,
        spending: spending(c.spending),
      });
      expect(
        worst(
          c.criticalValues,
          design.looks.map((look) => look.efficacy),
        ),
      ).toBeLessThanOrEqual(1e-10);
      expect(
        worst(
          c.alphaSpent,
          design.looks.map((look) => look.alphaSpent),
        ),
      ).toBeLessThanOrEqual(1e-15);
      expect(Math.abs(design.drift - c.drift)).toBeLessThanOrEqual(1e-10);
      expect(Math.abs(design.inflation - c.inflation)).toBeLessThanOrEqual(1e-10);
      expect(
        Math.abs(design.expectedSampleSizeUnderEffect / design.inflation - c.averageSampleNumber),
      ).toBeLessThanOrEqual(1e-10);
    }
  });

  it("agree with rpact's futility designs and with their high-precision recomputation: 1e-6 and 1e-10", () => {
    const cases = reference<FutilityCase[]>("group-sequential-futility");
    expect(cases.length).toBe(360);
    for (const c of cases) {
      const design = groupSequentialDesign({
        looks: c.informationRates,
        sides: 1,
        alpha: c.alpha,
        power: 1 - c.beta,
        spending: spending(c.spending),
        futility: { spending: spending(c.futilitySpending), binding: c.binding },
      });
      const efficacy = design.looks.map((look) => look.efficacy);
      const futility = design.looks.slice(0, -1).map((look) => look.futility);
      expect(worst(c.criticalValues, efficacy)).toBeLessThanOrEqual(1e-10);
      expect(worst(c.futilityBounds, futility)).toBeLessThanOrEqual(1e-10);
      expect(Math.abs(design.drift ** 2 / c.shift - 1)).toBeLessThanOrEqual(1e-10);
      // rpact's own search is good to 1e-4 beyond z = 4, and it prints Infinity beyond about 8; the recomputation above
      // is the oracle there.
      c.rpact.criticalValues.forEach((z, k) => {
        if (z === "Infinity") expect(efficacy[k]).toBeGreaterThan(7.9);
        else expect(Math.abs(z - (efficacy[k] as number))).toBeLessThanOrEqual(z < 4 ? 1e-6 : 1e-4);
      });
      expect(Math.abs(design.inflation - c.rpact.inflation)).toBeLessThanOrEqual(1e-6);
      expect(Math.abs(design.expectedSampleSizeUnderEffect - c.rpact.averageSampleNumber1)).toBeLessThanOrEqual(1e-6);
      expect(Math.abs(design.expectedSampleSizeUnderNull - c.rpact.averageSampleNumber0)).toBeLessThanOrEqual(1e-6);
      expect(
        worst(
          c.rpact.power,
          design.looks.map((look) => look.powerSoFar),
        ),
      ).toBeLessThanOrEqual(1e-6);
    }
  });

  const published = reference<
    {
      inputs: Record<string, number> & { fn: string };
      expected: Record<string, number & number[]>;
      tolerance: { abs: number };
    }[]
  >("group-sequential-own-tests");

  it("reproduce published crossing probabilities of repeated 5 % tests", () => {
    const cases = published.filter((c) => c.inputs.fn.startsWith("upper crossing prob"));
    expect(cases.length).toBe(4);
    for (const { inputs, expected, tolerance } of cases) {
      const { k: looks, z } = inputs as unknown as { k: number; z: number };
      let paths = startPaths();
      let crossed = 0;
      for (let k = 1; k <= looks; k++) {
        crossed += probabilityAbove(paths, k / looks, z);
        paths = advancePaths(paths, k / looks, [[-z, z]], (k + 1) / looks);
      }
      expect(Math.abs(crossed - (expected.upperProb as number))).toBeLessThanOrEqual(tolerance.abs);
    }
  });

  it("reproduce the published inflation and expected sizes of power-family designs, with and without futility", () => {
    const cases = published.filter((c) => /power-family|binding futility/.test(c.inputs.fn));
    expect(cases.length).toBe(8);
    for (const { inputs, expected, tolerance } of cases) {
      const { fn, k, beta } = inputs as unknown as { fn: string; k: number; beta: number };
      const spend: SpendingFunction = { kind: "kim-demets", rho: Number(/rho=(\d)/.exec(fn)?.[1]) };
      const oneSided = fn.startsWith("one-sided");
      const design = groupSequentialDesign({
        looks: k,
        sides: oneSided ? 1 : 2,
        alpha: 0.05,
        power: 1 - beta,
        spending: spend,
        ...(oneSided && { futility: { spending: spend, binding: true } }),
      });
      expect(Math.abs(100 * design.inflation - (expected.inflationPct as number))).toBeLessThanOrEqual(
        tolerance.abs + 1e-9,
      );
      expect(
        Math.abs(100 * design.expectedSampleSizeUnderNull - (expected.ASN_at_0_pct as number)),
      ).toBeLessThanOrEqual(tolerance.abs + 1e-9);
    }
  });

  it("lose no probability between looks, however unequal and under any drift", () => {
    const times = [0.01, 0.0101, 0.3, 0.31, 0.9, 1];
    for (const drift of [0, 1, 3]) {
      let paths = startPaths();
      let ended = 0;
      times.forEach((t, k) => {
        const stays: readonly [number, number] = [-1.5, 2.5];
        ended += probabilityAbove(paths, t, 2.5, drift) + probabilityBelow(paths, t, -1.5, drift);
        if (k === times.length - 1)
          ended += probabilityBelow(paths, t, 2.5, drift) - probabilityBelow(paths, t, -1.5, drift);
        paths = advancePaths(paths, t, [stays], times[k + 1]);
      });
      expect(Math.abs(ended - 1)).toBeLessThanOrEqual(1e-11);
    }
  });

  it("spend exactly alpha at 50 looks, two-sided, with futility and harm", () => {
    const design = groupSequentialDesign({
      looks: 50,
      alpha: 0.05,
      power: 0.9,
      futility: { spending: { kind: "kim-demets", rho: 3 } },
      harm: { alpha: 0.01, spending: { kind: "pocock" } },
    });
    expect(design.looks.at(-1)?.alphaSpent).toBe(0.05);
    expect(Math.abs(design.power - 0.9)).toBeLessThanOrEqual(1e-9);
    expect(design.inflation).toBeGreaterThan(1);
    expect(design.looks.every((look) => (look.harm as number) < 0 && (look.futility as number) <= look.efficacy)).toBe(
      true,
    );
    expect(Math.abs(design.looks.reduce((sum, look) => sum + look.endUnderEffect, 0) - 1)).toBeLessThanOrEqual(1e-12);
  });

  it("take user spending as a function or a table, the two agreeing", () => {
    const looks = [0.25, 0.6, 1];
    const share = (t: number): number => t * t;
    const byFunction = groupSequentialDesign({ looks, spending: { kind: "custom", share } });
    const byTable = groupSequentialDesign({
      looks,
      sides: 2,
      spending: { kind: "table", cumulative: looks.map((t) => 0.025 * share(t)) },
    });
    const named = groupSequentialDesign({ looks, spending: { kind: "kim-demets", rho: 2 } });
    expect(byFunction.looks.map((look) => look.efficacy)).toEqual(named.looks.map((look) => look.efficacy));
    expect(
      worst(
        byTable.looks.map((look) => look.efficacy),
        named.looks.map((look) => look.efficacy),
      ),
    ).toBeLessThanOrEqual(1e-9);
  });

  it("give no finite boundary where nothing may be spent", () => {
    const design = groupSequentialDesign({ looks: [0.5, 1], spending: { kind: "table", cumulative: [0, 0.025] } });
    expect(design.looks[0]?.efficacy).toBe(Infinity);
    expect(design.looks[1]?.efficacy).toBeCloseTo(1.959963984540054, 12);
  });

  it.each([
    [{ looks: 0 }, "looks must be an integer from 1 to 50"],
    [{ looks: [0.5, 0.4, 1] }, "looks[1] must be above the look before (0.5)"],
    [{ looks: [0.5, 0.9] }, "the last of looks must be 1"],
    [{ looks: 2, alpha: 0 }, "alpha must be a number strictly between 0 and 1"],
    [{ looks: 2, power: 0.01 }, "power must be above alpha"],
    [{ looks: 2, spending: { kind: "kim-demets", rho: 0 } as const }, "spending.rho must be above 0"],
    [
      { looks: 3, spending: { kind: "table", cumulative: [0.01, 0.005, 0.025] } as const },
      "spending.cumulative[1] must be from the entry before (0.01)",
    ],
    [
      { looks: 3, spending: { kind: "custom", share: (t: number) => (t < 0.5 ? 0.9 : 0.1) } as const },
      "A spending function must not decrease",
    ],
  ])("refuse %j", (options, message) => {
    expect(() => groupSequentialDesign(options)).toThrow(message);
  });
});
