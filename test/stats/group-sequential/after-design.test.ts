import { describe, expect, it } from "vitest";
import { normalCdf, normalDensity, normalSurvival } from "../../../src/math/normal.ts";
import { createRandom, type Random } from "../../../src/math/random.ts";
import { sampleNormal } from "../../../src/math/sampling.ts";
import { estimateAfterStopping } from "../../../src/stats/group-sequential/after-stopping.ts";
import { conditionalPower, predictivePower } from "../../../src/stats/group-sequential/conditional-power.ts";
import { groupSequentialDesign } from "../../../src/stats/group-sequential/design.ts";
import type { ObservedLook } from "../../../src/stats/group-sequential/look-fractions.ts";
import { analyzeGroupSequential } from "../../../src/stats/group-sequential/look.ts";

/** Looks of one experiment with effect `drift` per sqrt(planned information 1), at the given information. */
function experiment(random: Random, information: readonly number[], drift: number): ObservedLook[] {
  let score = 0;
  let before = 0;
  return information.map((t) => {
    score += drift * (t - before) + Math.sqrt(t - before) * sampleNormal(random);
    before = t;
    return { information: t, z: score / Math.sqrt(t) };
  });
}

/** The looks up to the one at which a design stops. */
function untilStop(
  design: ReturnType<typeof groupSequentialDesign>,
  looks: readonly ObservedLook[],
): { looks: ObservedLook[]; rejected: boolean } {
  for (let k = 1; k <= looks.length; k++) {
    const bound = design.looks[k - 1]?.efficacy as number;
    const { z } = looks[k - 1] as ObservedLook;
    if (z >= bound || (design.rules.sides === 2 && z <= -bound)) return { looks: looks.slice(0, k), rejected: true };
  }
  return { looks: [...looks], rejected: false };
}

const tolerance = (p: number, runs: number): number => 4 * Math.sqrt((p * (1 - p)) / runs);

describe("a look of a group-sequential experiment", () => {
  const design = groupSequentialDesign({ looks: 4, alpha: 0.05 });

  it("finds the planned boundaries at the planned looks, and stops at the first that is crossed", () => {
    const looks = [
      { information: 25, z: 1 },
      { information: 50, z: 3.5 },
      { information: 75, z: 2.5 },
    ];
    const analysis = analyzeGroupSequential(design, looks, { maximumInformation: 100 });
    analysis.looks.forEach((look, k) => expect(look.efficacy).toBeCloseTo(design.looks[k]?.efficacy as number, 9));
    expect(analysis.looks.map((look) => look.outcome)).toEqual(["continue", "efficacy", "efficacy"]);
    expect(analysis.stoppedAt).toBe(1);
  });

  it(
    "keeps the type I error at looks that come when they come, an early end and an overrun included: 20,000 " +
      "experiments",
    () => {
      const runs = 20_000;
      for (const information of [
        [0.11, 0.35, 0.36, 0.9, 1],
        [0.3, 0.8],
        [0.5, 0.9, 1.2],
      ]) {
        const bounds = analyzeGroupSequential(
          design,
          information.map((t) => ({ information: t, z: 0 })),
          { maximumInformation: 1, final: true },
        ).looks;
        const random = createRandom(11);
        let rejected = 0;
        for (let run = 0; run < runs; run++) {
          if (experiment(random, information, 0).some(({ z }, k) => Math.abs(z) >= (bounds[k]?.efficacy as number)))
            rejected++;
        }
        expect(Math.abs(rejected / runs - 0.05)).toBeLessThanOrEqual(tolerance(0.05, runs));
      }
    },
  );

  it("gives repeated intervals that hold at all looks at once: 20,000 experiments", () => {
    const runs = 20_000;
    const information = [0.25, 0.5, 0.75, 1];
    const random = createRandom(12);
    const { looks } = analyzeGroupSequential(
      design,
      information.map((t) => ({ information: t, z: 0 })),
      { maximumInformation: 1 },
    );
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const seen = experiment(random, information, 2);
      if (
        seen.some(
          ({ z, information: t }, k) => Math.abs(z / Math.sqrt(t) - 2) > (looks[k]?.repeatedInterval[1] as number),
        )
      )
        missed++;
    }
    expect(missed / runs).toBeLessThanOrEqual(0.05 + tolerance(0.05, runs));
    expect(missed / runs).toBeGreaterThan(0.04);
  });

  it("has a repeated p-value at most alpha exactly when the boundary is crossed", () => {
    for (const z of [1.5, 2.7, 2.97, 3.2]) {
      const analysis = analyzeGroupSequential(design, [{ information: 50, z }], { maximumInformation: 100 });
      expect(analysis.repeatedPValue <= 0.05).toBe(analysis.outcome === "efficacy");
    }
    const at = analyzeGroupSequential(design, [{ information: 50, z: 2.2 }], { maximumInformation: 100 });
    const wider = groupSequentialDesign({ looks: 4, alpha: at.repeatedPValue, power: 0.99 });
    expect(
      analyzeGroupSequential(wider, [{ information: 50, z: 0 }], { maximumInformation: 100 }).looks[0]?.efficacy,
    ).toBeCloseTo(2.2, 6);
  });

  it("stops for futility and for harm", () => {
    const guarded = groupSequentialDesign({
      looks: 2,
      sides: 1,
      alpha: 0.025,
      futility: { spending: { kind: "pocock" } },
      harm: { alpha: 0.05, spending: { kind: "pocock" } },
    });
    const outcome = (z: number, final = false): string =>
      analyzeGroupSequential(guarded, [{ information: 0.5, z }], { maximumInformation: 1, final }).outcome;
    expect([outcome(3.5), outcome(1.8), outcome(-0.5), outcome(-2.5)]).toEqual([
      "efficacy",
      "continue",
      "futility",
      "harm",
    ]);
    expect(outcome(1.9, true)).toBe("not-rejected");
    expect(
      analyzeGroupSequential(design, [{ information: 0.5, z: 0 }], { maximumInformation: 1, final: true }).outcome,
    ).toBe("not-rejected");
  });

  it("stops falsely for harm, or wrongly for futility, no more often than was allowed: 20,000 experiments each", () => {
    const runs = 20_000;
    const guarded = groupSequentialDesign({
      looks: 5,
      sides: 1,
      alpha: 0.025,
      power: 0.9,
      futility: { spending: { kind: "kim-demets", rho: 2 }, binding: true },
      harm: { alpha: 0.05, spending: { kind: "obrien-fleming" } },
    });
    const information = guarded.looks.map((look) => look.information);
    const count = (drift: number, seed: number): Record<"efficacy" | "futility" | "harm", number> => {
      const random = createRandom(seed);
      const ends = { efficacy: 0, futility: 0, harm: 0 };
      for (let run = 0; run < runs; run++) {
        for (const [k, { z }] of experiment(random, information, drift).entries()) {
          const bound = guarded.looks[k] as (typeof guarded.looks)[number];
          const end =
            z >= bound.efficacy
              ? "efficacy"
              : z <= (bound.harm as number)
                ? "harm"
                : z < (bound.futility as number)
                  ? "futility"
                  : null;
          if (end !== null) {
            ends[end]++;
            break;
          }
        }
      }
      return ends;
    };
    const none = count(0, 1);
    expect(none.harm / runs).toBeLessThanOrEqual(0.05 + tolerance(0.05, runs));
    expect(none.efficacy / runs).toBeLessThanOrEqual(0.025 + tolerance(0.025, runs));
    const planned = count(guarded.drift, 2);
    expect(Math.abs(planned.efficacy / runs - 0.9)).toBeLessThanOrEqual(tolerance(0.9, runs));
  });

  it("refuses looks that do not move forward", () => {
    expect(() =>
      analyzeGroupSequential(
        design,
        [
          { information: 50, z: 0 },
          { information: 50, z: 0 },
        ],
        { maximumInformation: 100 },
      ),
    ).toThrow("looks[1].information must be above that of the look before");
    expect(() => analyzeGroupSequential(design, [], { maximumInformation: 100 })).toThrow(
      "looks must be at least one look",
    );
    expect(() =>
      analyzeGroupSequential(design, [{ information: 1, z: Number.NaN }], { maximumInformation: 100 }),
    ).toThrow("looks[0].z must be a finite number");
    expect(() => analyzeGroupSequential(design, [{ information: 1, z: 0 }], { maximumInformation: 0 })).toThrow(
      "maximumInformation must be a positive finite number",
    );
  });
});

describe("estimates after stopping", () => {
  it("are the plain ones when there is one look only", () => {
    const design = groupSequentialDesign({ looks: 1, alpha: 0.05 });
    const { estimate, interval, pValue } = estimateAfterStopping(design, [{ information: 4, z: 2 }], {
      maximumInformation: 4,
    });
    expect(estimate).toBeCloseTo(1, 9);
    expect(interval[0]).toBeCloseTo(1 - 1.959963984540054 / 2, 9);
    expect(interval[1]).toBeCloseTo(1 + 1.959963984540054 / 2, 9);
    expect(pValue).toBeCloseTo(2 * normalSurvival(2), 12);
  });

  it.each([0, 1.5, 3])("are median-unbiased with intervals that cover, drift %d: 600 experiments", (drift) => {
    const runs = 600;
    const design = groupSequentialDesign({ looks: 3, spending: { kind: "pocock" }, alpha: 0.05 });
    const information = design.looks.map((look) => look.information);
    const random = createRandom(21);
    let above = 0;
    let missed = 0;
    let small = 0;
    for (let run = 0; run < runs; run++) {
      const { looks, rejected } = untilStop(design, experiment(random, information, drift));
      const after = estimateAfterStopping(design, looks, { maximumInformation: 1 });
      if (after.estimate > drift) above++;
      if (drift < after.interval[0] || drift > after.interval[1]) missed++;
      if (after.pValue <= 0.05) small++;
      expect(after.pValue <= 0.05 + 1e-9).toBe(rejected);
    }
    expect(Math.abs(above / runs - 0.5)).toBeLessThanOrEqual(tolerance(0.5, runs));
    expect(Math.abs(missed / runs - 0.05)).toBeLessThanOrEqual(tolerance(0.05, runs));
    if (drift === 0) expect(Math.abs(small / runs - 0.05)).toBeLessThanOrEqual(tolerance(0.05, runs));
  });

  it.each([
    ["no futility", undefined],
    ["futility that must be obeyed", true],
    ["futility that may be overruled", false],
  ] as const)("%s: give the outcomes at least as high, at any look, their share of all paths", (_name, binding) => {
    const design = groupSequentialDesign({
      looks: 3,
      sides: 1,
      alpha: 0.025,
      ...(binding === undefined ? {} : { futility: { spending: { kind: "pocock" }, binding } }),
    });
    const steps = [1 / 3, 2 / 3, 1];
    const upper = design.looks.map(({ efficacy }, k) => efficacy * Math.sqrt(steps[k] as number));
    const lower = design.looks.map(({ futility }, k) =>
      binding === true ? (futility as number) * Math.sqrt(steps[k] as number) : -5,
    );
    const last = 1.4;
    const cells = 400;
    /**
     * The share of paths from a score on that cross at a look, or end at the last look at least as high as was
     * observed.
     */
    const above = (look: number, score: number, drift: number): number => {
      const move = (to: number): number => (to - score - drift / 3) * Math.sqrt(3);
      if (look === 2) return normalSurvival(move(last));
      const [low, high] = [lower[look] as number, upper[look] as number];
      let sum = normalSurvival(move(high));
      for (let cell = 0; cell < cells; cell++) {
        const at = low + ((high - low) * (cell + 0.5)) / cells;
        sum += ((high - low) / cells) * normalDensity(move(at)) * Math.sqrt(3) * above(look + 1, at, drift);
      }
      return sum;
    };
    const looks = [
      { information: 20, z: 1 },
      { information: 40, z: 1.2 },
      { information: 60, z: last },
    ];
    const { pValue, estimate, interval, level } = estimateAfterStopping(design, looks, { maximumInformation: 60 });
    expect(pValue).toBeCloseTo(above(0, 0, 0), 4);
    expect(above(0, 0, estimate * Math.sqrt(60))).toBeCloseTo(0.5, 3);
    expect(above(0, 0, interval[0] * Math.sqrt(60))).toBeCloseTo(0.025, 4);
    expect([interval[1], level]).toEqual([Infinity, 0.975]);
  });

  it("take data that came in after the stop by deleting the look that stopped", () => {
    const design = groupSequentialDesign({ looks: 3, sides: 1, alpha: 0.025 });
    const before = [
      { information: 30, z: 1 },
      { information: 60, z: 3 },
    ];
    const overrun = { information: 70, z: 2.6 };
    const deleted = estimateAfterStopping(design, before, { maximumInformation: 90, overrun });
    expect(deleted).toEqual(
      estimateAfterStopping(design, [before[0] as ObservedLook, overrun], { maximumInformation: 90 }),
    );
    expect(deleted.pValue).toBeLessThan(0.025);
    expect(() =>
      estimateAfterStopping(design, before, { maximumInformation: 90, overrun: { information: 50, z: 2 } }),
    ).toThrow("overrun.information must be at least that of the look that stopped");
  });
});

describe("conditional and predictive power", () => {
  it("are the closed forms when only the final look is left", () => {
    const design = groupSequentialDesign({ looks: 2, sides: 1, alpha: 0.025 });
    const looks = [{ information: 50, z: 1.2 }];
    const bound = design.looks[1]?.efficacy as number;
    const score = 1.2 * Math.sqrt(0.5);
    const drift = 0.3 * 10;
    expect(conditionalPower(design, looks, { maximumInformation: 100, effect: 0.3 })).toBeCloseTo(
      normalSurvival((bound - score - drift * 0.5) / Math.sqrt(0.5)),
      12,
    );
    // Flat prior: the final score is normal around twice the score, with variance 1/2 + 1/2.
    expect(predictivePower(design, looks, { maximumInformation: 100 })).toBeCloseTo(
      normalCdf((2 * score - bound) / 1),
      9,
    );
    // A prior as sharp as a needle is the effect itself.
    expect(
      predictivePower(design, looks, { maximumInformation: 100, prior: { mean: 0.3, standardDeviation: 1e-6 } }),
    ).toBeCloseTo(conditionalPower(design, looks, { maximumInformation: 100, effect: 0.3 }), 5);
  });

  it.each([
    ["two-sided", 2, undefined],
    ["one-sided", 1, undefined],
    ["futility that must be obeyed", 1, true],
    ["futility that may be overruled", 1, false],
  ] as const)("%s: are the sum over all paths when two looks are left", (_name, sides, binding) => {
    const design = groupSequentialDesign({
      looks: 3,
      sides,
      alpha: 0.05,
      ...(binding === undefined ? {} : { futility: { spending: { kind: "pocock" }, binding } }),
    });
    const [, second, third] = design.looks as [unknown, (typeof design.looks)[number], (typeof design.looks)[number]];
    const [score, drift, gap] = [0.6 * Math.sqrt(1 / 3), 1.5, 1 / 3];
    const crosses = (from: number, boundary: number): number =>
      normalSurvival((boundary - from - drift * gap) / Math.sqrt(gap)) +
      (sides === 2 ? normalCdf((-boundary - from - drift * gap) / Math.sqrt(gap)) : 0);
    const upper = second.efficacy * Math.sqrt(2 / 3);
    const lower = sides === 2 ? -upper : binding === true ? (second.futility as number) * Math.sqrt(2 / 3) : -6;
    let power = crosses(score, upper);
    const cells = 4000;
    for (let cell = 0; cell < cells; cell++) {
      const at = lower + ((upper - lower) * (cell + 0.5)) / cells;
      power +=
        ((upper - lower) / cells) *
        (normalDensity((at - score - drift * gap) / Math.sqrt(gap)) / Math.sqrt(gap)) *
        crosses(at, third.efficacy);
    }
    expect(
      conditionalPower(design, [{ information: 20, z: 0.6 }], {
        maximumInformation: 60,
        effect: 1.5 / Math.sqrt(60),
        futureInformation: [40, 60],
      }),
    ).toBeCloseTo(power, 6);
  });

  it("agree with simulation over several looks to come, two-sided: 20,000 experiments", () => {
    const design = groupSequentialDesign({ looks: 4, alpha: 0.05 });
    const looks = [{ information: 0.25, z: 0.8 }];
    const runs = 20_000;
    const random = createRandom(31);
    let rejected = 0;
    for (let run = 0; run < runs; run++) {
      let score = 0.8 * 0.5;
      for (let k = 1; k < 4; k++) {
        score += 2.5 * 0.25 + 0.5 * sampleNormal(random);
        if (Math.abs(score / Math.sqrt((k + 1) / 4)) >= (design.looks[k]?.efficacy as number)) {
          rejected++;
          break;
        }
      }
    }
    const power = conditionalPower(design, looks, {
      maximumInformation: 1,
      effect: 2.5,
      futureInformation: [0.5, 0.75, 1],
    });
    expect(Math.abs(rejected / runs - power)).toBeLessThanOrEqual(tolerance(power, runs));
  });

  it("refuse a look to come that is in the past", () => {
    const design = groupSequentialDesign({ looks: 2 });
    expect(() =>
      conditionalPower(design, [{ information: 50, z: 1 }], {
        maximumInformation: 100,
        futureInformation: [40, 100],
        effect: 1,
      }),
    ).toThrow("looks[1].information must be above");
    expect(() =>
      conditionalPower(design, [{ information: 50, z: 1 }], { maximumInformation: 100, effect: Infinity }),
    ).toThrow("effect must be a finite number");
    expect(() =>
      predictivePower(design, [{ information: 50, z: 1 }], {
        maximumInformation: 100,
        prior: { mean: 0, standardDeviation: 0 },
      }),
    ).toThrow("prior.standardDeviation must be above 0");
  });
});
