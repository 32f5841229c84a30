import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNotComputable } from "../../../../src/errors.ts";
import { chiSquareQuantile } from "../../../../src/math/chi-square.ts";
import {
  mixtureLnEvidence,
  mixtureThreshold,
  oneSidedMixtureLnEvidence,
  sharePrior,
} from "../../../../src/stats/anytime/mixtures/normal-mixture.ts";
import {
  nullLine,
  profileDeviance,
  profileEstimate,
  type Stratum,
} from "../../../../src/stats/anytime/proportions/profile-deviance.ts";
import {
  logOddsInformation,
  profileProportionEvidence,
  profileProportionInterval,
} from "../../../../src/stats/anytime/proportions/profile-proportion.ts";
import type { Interval } from "../../../../src/stats/interval.ts";
import { reference, relativeError } from "../reference.ts";

interface Case {
  inputs: {
    strata: { controlFailures: number; controlN: number; treatmentFailures: number; treatmentN: number }[];
    alpha: number;
    tau: number;
  };
  expected: { estimate: number; information: number; lnE0: number; anytimeCI: Interval; fixedCI: Interval };
}

const strataOf = ({ inputs }: Case): Stratum[] =>
  inputs.strata.map((one) => ({
    control: { successes: one.controlFailures, trials: one.controlN },
    treatment: { successes: one.treatmentFailures, trials: one.treatmentN },
  }));

const lnEvidence = (
  strata: readonly Stratum[],
  effect: number,
  alternative: "two-sided" | "greater" | "less" = "two-sided",
): number => {
  const evidence = profileProportionEvidence(strata, { effect: "difference", nullEffect: effect, alternative });
  if (isNotComputable(evidence)) throw new Error(evidence.detail);
  return evidence.lnEvidence;
};

const ownInformation = (strata: readonly Stratum[]): number => {
  const variance = ({ successes, trials }: Stratum["control"]): number => {
    const p = (successes + 0.5) / (trials + 1);
    return trials * p * (1 - p);
  };
  return strata.reduce((sum, { control, treatment }) => sum + 1 / (1 / variance(control) + 1 / variance(treatment)), 0);
};

describe("the profile of a difference of proportions", () => {
  it.each(reference<Case[]>("mixture-difference").map((one) => [JSON.stringify(one.inputs), one] as const))(
    "agrees with the reference on %s",
    (_name, one) => {
      const strata = strataOf(one);
      const { alpha, tau } = one.inputs;
      // The reference takes the information from each arm's own counts and a single prior; ours differ, so its formula
      // is called with its own.
      const information = ownInformation(strata);
      const anytime = profileProportionInterval(strata, {
        effect: "difference",
        threshold: mixtureThreshold(information, alpha, tau),
      });
      const fixed = profileProportionInterval(strata, {
        effect: "difference",
        threshold: chiSquareQuantile(0.95, 1) / 2,
      });
      expect(relativeError(information, one.expected.information)).toBeLessThan(1e-14);
      expect(
        relativeError(
          mixtureLnEvidence(
            profileDeviance(
              strata,
              nullLine("difference", 0),
              nullLine("difference", profileEstimate(strata, "difference")),
            ),
            information,
            tau,
          ),
          one.expected.lnE0,
        ),
      ).toBeLessThan(1e-9);
      for (const end of [0, 1] as const) {
        expect(relativeError(anytime[end], one.expected.anytimeCI[end])).toBeLessThan(1e-9);
        expect(relativeError(fixed[end], one.expected.fixedCI[end])).toBeLessThan(1e-9);
      }
      // Across strata the reference's estimate comes from a numerical minimiser that stops at 1e-8; ours is checked to
      // be stationary.
      const estimate = profileEstimate(strata, "difference");
      expect(Math.abs(estimate - one.expected.estimate)).toBeLessThan(strata.length === 1 ? 1e-15 : 1e-8);
      const beside = (step: number): number =>
        profileDeviance(strata, nullLine("difference", estimate + step), nullLine("difference", estimate));
      expect(relativeError(beside(1e-5), beside(-1e-5))).toBeLessThan(0.02);
    },
  );

  it("gives the common effect of three strata as computed with 45 digits", () => {
    const counts = [
      [1199, 436_765, 487, 164_021],
      [23, 2981, 37, 2466],
      [17_909, 188_068, 3096, 47_602],
    ] as const;
    const strata = counts.map(([c, n, t, m]): Stratum => ({
      control: { successes: c, trials: n },
      treatment: { successes: t, trials: m },
    }));
    expect(relativeError(profileEstimate(strata, "difference"), -8.153083647186268e-5)).toBeLessThan(1e-10);
  });

  const counts = fc
    .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }))
    .map(([successes, failures]) => ({ successes, trials: Math.max(1, successes + failures) }));
  const stratum: fc.Arbitrary<Stratum> = fc.record({ control: counts, treatment: counts });
  const strata = fc.array(stratum, { minLength: 1, maxLength: 3 });

  it("is the likelihood lost against the best baseline, as a slow search over baselines finds it", () => {
    fc.assert(
      fc.property(stratum, fc.double({ min: -0.9, max: 0.9, noNaN: true }), (one, effect) => {
        const lnLikelihood = (p: number, { successes, trials }: Stratum["control"]): number =>
          (successes === 0 ? 0 : successes * Math.log(p)) +
          (trials === successes ? 0 : (trials - successes) * Math.log1p(-p));
        const [low, high] = [Math.max(0, -effect), Math.min(1, 1 - effect)];
        let best = -Infinity;
        for (let step = 0; step <= 4000; step++) {
          const x = low + ((high - low) * step) / 4000;
          best = Math.max(best, lnLikelihood(x, one.control) + lnLikelihood(x + effect, one.treatment));
        }
        const free = [one.control, one.treatment].reduce(
          (sum, arm) => sum + lnLikelihood(arm.successes / arm.trials, arm),
          0,
        );
        const deviance = profileDeviance([one], nullLine("difference", effect), nullLine("difference", 0));
        expect(deviance).toBeLessThanOrEqual(2 * (free - best) + 1e-6);
        expect(deviance).toBeGreaterThan(2 * (free - best) * (1 - 2e-3) - 2e-2);
      }),
      { numRuns: 100 },
    );
  });

  it("turns round when the arms or the outcome are swapped", () => {
    fc.assert(
      fc.property(strata, (all) => {
        const threshold = 3;
        const [lower, upper] = profileProportionInterval(all, { effect: "difference", threshold });
        const swapped = profileProportionInterval(
          all.map(({ control, treatment }) => ({ control: treatment, treatment: control })),
          { effect: "difference", threshold },
        );
        const failures = (arm: Stratum["control"]): Stratum["control"] => ({
          successes: arm.trials - arm.successes,
          trials: arm.trials,
        });
        const opposite = profileProportionInterval(
          all.map(({ control, treatment }) => ({ control: failures(control), treatment: failures(treatment) })),
          { effect: "difference", threshold },
        );
        for (const [a, b] of [swapped, opposite]) {
          expect(a).toBeCloseTo(-upper, 7);
          expect(b).toBeCloseTo(-lower, 7);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("has an interval around its estimate that grows with the threshold, for differences and ratios", () => {
    fc.assert(
      fc.property(strata, fc.constantFrom("difference" as const, "ratio" as const), (all, kind) => {
        const estimate = profileEstimate(all, kind);
        const narrow = profileProportionInterval(all, { effect: kind, threshold: 1 });
        const wide = profileProportionInterval(all, { effect: kind, threshold: 4 });
        expect(wide[0]).toBeLessThanOrEqual(narrow[0]);
        expect(wide[1]).toBeGreaterThanOrEqual(narrow[1]);
        if (Number.isNaN(estimate)) return;
        expect(narrow[0]).toBeLessThanOrEqual(estimate + 1e-9);
        expect(narrow[1]).toBeGreaterThanOrEqual(estimate - 1e-9);
      }),
      { numRuns: 200 },
    );
  });

  it("rejects a difference exactly when its interval leaves it out", () => {
    fc.assert(
      fc.property(strata, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (all, effect) => {
        const alpha = 0.05;
        const [lower, upper] = profileProportionInterval(all, {
          effect: "difference",
          threshold: mixtureThreshold(logOddsInformation(all), alpha, sharePrior),
        });
        fc.pre(Math.abs(effect - lower) > 1e-6 && Math.abs(effect - upper) > 1e-6);
        expect(lnEvidence(all, effect) >= -Math.log(alpha)).toBe(effect < lower || effect > upper);
      }),
      { numRuns: 200 },
    );
  });

  it("decides on a ratio to a control without successes, whose estimate is infinite", () => {
    const one = [{ control: { successes: 0, trials: 20_000 }, treatment: { successes: 91, trials: 20_000 } }];
    expect(profileEstimate(one, "ratio")).toBe(Infinity);
    // With ratio r the treatment's share of all successes is r / (1 + r): 91 of 91 at 0.6, but for a term of 91 /
    // 20,000.
    const deviance = profileDeviance(one, { ratio: 1.5 }, { ratio: Infinity });
    expect(deviance).toBeCloseTo(2 * 91 * Math.log(1 / 0.6), 0);
    const greater = profileProportionEvidence(one, { effect: "ratio", nullEffect: 1.5, alternative: "greater" });
    if (isNotComputable(greater)) throw new Error(greater.detail);
    expect(greater.lnPValue).toBeLessThan(-40);
    expect(profileProportionEvidence(one, { effect: "ratio", nullEffect: 1.5, alternative: "less" })).toMatchObject({
      pValue: 1,
    });
    const [lower, upper] = profileProportionInterval(one, { effect: "ratio", threshold: 2 });
    expect(upper).toBe(Infinity);
    expect(profileDeviance(one, { ratio: lower }, { ratio: Infinity })).toBeCloseTo(4, 8);
    // Two epochs alike say twice as much.
    expect(profileDeviance([...one, ...one], { ratio: 1.5 }, { ratio: Infinity })).toBeCloseTo(2 * deviance, 9);
  });

  it("finds the common ratio beyond every finite one when a stratum has 0 or an infinite one", () => {
    const arm = (successes: number) => ({ successes, trials: 100 });
    const finite = { control: arm(2), treatment: arm(4) };
    for (const other of [
      { control: arm(0), treatment: arm(5) },
      { control: arm(5), treatment: arm(0) },
    ]) {
      const strata = [other, finite];
      const found = profileEstimate(strata, "ratio");
      const at = (ratio: number): number => profileDeviance(strata, { ratio }, { ratio: Infinity });
      // Slow and obvious: the least deviance on a grid of ratios.
      let best = 1;
      for (let ln = -4; ln < 4; ln += 0.001) if (at(Math.exp(ln)) < at(best)) best = Math.exp(ln);
      expect(Math.abs(Math.log(found / best))).toBeLessThan(0.001);
      expect(found > 2).toBe(other.control.successes === 0);
    }
    expect(
      profileEstimate(
        [
          { control: arm(5), treatment: arm(0) },
          { control: arm(3), treatment: arm(0) },
        ],
        "ratio",
      ),
    ).toBe(0);
    expect(profileEstimate([{ control: arm(0), treatment: arm(0) }, finite], "ratio")).toBe(2);
  });

  it("bounds nothing it can't: no failures, no successes, an empty arm", () => {
    const none = { successes: 0, trials: 1000 };
    const all = { successes: 1000, trials: 1000 };
    expect(
      profileProportionInterval([{ control: none, treatment: { successes: 5, trials: 1000 } }], {
        effect: "ratio",
        threshold: 3,
      })[1],
    ).toBe(Infinity);
    expect(
      profileProportionInterval([{ control: { successes: 5, trials: 1000 }, treatment: none }], {
        effect: "ratio",
        threshold: 3,
      })[0],
    ).toBe(0);
    const [lower, upper] = profileProportionInterval([{ control: all, treatment: all }], {
      effect: "difference",
      threshold: 3,
    });
    expect([lower < 0, upper > 0, upper].every(Boolean)).toBe(true);
    expect(lower).toBeCloseTo(-upper, 12);
    expect(
      profileProportionEvidence([], { effect: "difference", nullEffect: 0, alternative: "two-sided" }),
    ).toMatchObject({
      computable: false,
      reason: "not-identified",
    });
    expect(
      profileProportionEvidence([{ control: none, treatment: none }], {
        effect: "ratio",
        nullEffect: 1,
        alternative: "two-sided",
      }),
    ).toMatchObject({
      computable: false,
    });
  });
});

describe("the normal mixture", () => {
  it("is the integral of likelihood ratios over the prior, one- and two-sided", () => {
    const information = 37;
    const deviation = 0.35;
    for (const root of [-3, -0.5, 0, 1, 4]) {
      let both = 0;
      let positive = 0;
      const step = 2e-5;
      for (let psi = -4; psi <= 4; psi += step) {
        const density = Math.exp(-0.5 * (psi / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
        const ratio = Math.exp(psi * root * Math.sqrt(information) - 0.5 * psi * psi * information);
        both += step * density * ratio;
        if (psi > step / 2) positive += 2 * step * density * ratio;
      }
      expect(mixtureLnEvidence(root * root, information, deviation)).toBeCloseTo(Math.log(both), 6);
      expect(oneSidedMixtureLnEvidence(root, information, deviation)).toBeCloseTo(Math.log(positive), 3);
    }
  });

  it(
    "over several normals is the weighted mean of their evidence, and has the information of the pooled counts " +
      "under no effect",
    () => {
      for (const [root, information] of [
        [-2, 3],
        [0, 40],
        [5, 40],
        [60, 1e4],
      ] as const) {
        const parts = (evidence: (deviation: number) => number): number =>
          0.9 * Math.exp(evidence(0.35) - 1000) + 0.1 * Math.exp(evidence(1.2) - 1000);
        for (const evidence of [
          (deviation: typeof sharePrior) => oneSidedMixtureLnEvidence(root, information, deviation),
          (deviation: typeof sharePrior) => mixtureLnEvidence(root * root, information, deviation),
        ]) {
          const shift = evidence(1.2);
          expect(evidence(sharePrior)).toBeCloseTo(
            shift + Math.log(parts((deviation) => evidence(deviation) - shift + 1000)),
            10,
          );
        }
      }
      const strata = [{ control: { successes: 997, trials: 1000 }, treatment: { successes: 480, trials: 500 } }];
      const p = 1477.5 / 1501;
      expect(logOddsInformation(strata)).toBeCloseTo((p * (1 - p)) / (1 / 1000 + 1 / 500), 12);
    },
  );

  it("has its threshold where the evidence reaches 1 / alpha", () => {
    for (const information of [0.1, 8, 1e5]) {
      expect(mixtureLnEvidence(2 * mixtureThreshold(information, 0.01), information)).toBeCloseTo(Math.log(100), 9);
      expect(
        mixtureLnEvidence(2 * mixtureThreshold(information, 0.01, sharePrior), information, sharePrior),
      ).toBeCloseTo(Math.log(100), 9);
    }
    expect(mixtureThreshold(0, 0.05)).toBe(Infinity);
    expect(() => mixtureThreshold(-1, 0.05)).toThrow(/information must be 0 or more, current value is -1/u);
    expect(() => mixtureThreshold(1, 0)).toThrow(RangeError);
  });
});
