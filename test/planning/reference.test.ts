import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { binomialProbability } from "../../src/math/binomial.ts";
import { normalQuantile } from "../../src/math/normal.ts";
import { minimumDetectableEffect } from "../../src/planning/minimum-effect.ts";
import { power } from "../../src/planning/power.ts";
import { checkQuestion, type PlanningQuestion } from "../../src/planning/question.ts";
import { exactSampleSize } from "../../src/planning/sample-size.ts";
import type { AlphaSpending, Monitoring } from "../../src/policy/policy.ts";
import { clopperPearsonInterval } from "../../src/stats/proportions/clopper-pearson.ts";
import type { TestResult } from "../../src/stats/result.ts";

interface Vector {
  readonly inputs: unknown;
  readonly expected: unknown;
  readonly tolerance: { readonly rel?: number; readonly abs?: number };
}

const load = (name: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../../fixtures/reference/${name}.json`, import.meta.url), "utf8")) as Vector[];
const fixed = { kind: "fixed" } as const;

function expectNear(found: number, expected: number, { rel, abs }: Vector["tolerance"], at: unknown): void {
  expect(Math.abs(found - expected), `${found} instead of ${expected} for ${JSON.stringify(at)}`).toBeLessThanOrEqual(
    (abs ?? 0) + (rel ?? 0) * Math.abs(expected),
  );
}

describe("power against other engines", () => {
  it("agrees with all 400 of Booking's", () => {
    const vectors = load("engines/booking_powercalculator");
    expect(vectors).toHaveLength(400);
    for (const { inputs, expected, tolerance } of vectors) {
      const i = inputs as Record<string, number> & { fn: string };
      const question: PlanningQuestion = i.fn.startsWith("two-sided")
        ? {
            metric: { kind: "proportion", baseline: i["p0"] as number },
            goal: "different",
            effect: { absolute: (i["p1"] as number) - (i["p0"] as number) },
            alpha: i["alphaPerComparison"] as number,
            monitoring: fixed,
            test: "wald",
          }
        : {
            metric: { kind: "mean", mean: i["mean"] as number, standardDeviation: i["sd"] as number },
            better: "higher",
            goal: "non-inferior",
            margin: { absolute: i["margin"] as number },
            alpha: i["alphaPerComparison"] as number,
            monitoring: fixed,
          };
      expectNear(power(question, i["nPerArm"] as number), (expected as { power: number }).power, tolerance, inputs);
    }
  });

  it("agrees with statsmodels on two proportions, power and size", () => {
    const vectors = load("engines/statsmodels_power").filter(({ inputs }) =>
      /proportions_2indep/u.test((inputs as { fn: string }).fn),
    );
    expect(vectors).toHaveLength(69);
    for (const { inputs, expected, tolerance } of vectors) {
      const i = inputs as {
        fn: string;
        diff: number;
        prop2: number;
        ratio: number;
        alpha: number;
        alternative: string;
        nobs1: number;
        power: number;
      };
      const ofSize = i.fn.startsWith("samplesize");
      const twoSided = i.alternative === "two-sided";
      // Its sizes look at the nearer tail only; its second sample is our control.
      const question: PlanningQuestion = {
        metric: { kind: "proportion", baseline: i.prop2 },
        better: i.diff < 0 ? "lower" : "higher",
        goal: twoSided && !ofSize ? "different" : "superior",
        effect: { absolute: i.diff },
        alpha: twoSided && ofSize ? i.alpha / 2 : i.alpha,
        monitoring: fixed,
        allocationRatio: 1 / i.ratio,
        test: "wald-pooled",
      };
      if (ofSize)
        expectNear(
          (exactSampleSize("test", checkQuestion("test", question), i.power) as number) / i.ratio,
          (expected as { nobs1: number }).nobs1,
          tolerance,
          inputs,
        );
      // Upstream asserts with atol and numpy's default rtol of 1e-7; nobs1 itself is given to 7 digits.
      else
        expectNear(
          power(question, i.nobs1 * i.ratio),
          (expected as { power: number }).power,
          { rel: 1e-7, ...tolerance },
          inputs,
        );
    }
  });

  it(
    "agrees with statsmodels on one share within a margin, by an interval inside it and by a control that is " +
      "known exactly",
    () => {
      const vectors = load("engines/statsmodels_power").filter(({ inputs }) =>
        /tost/u.test((inputs as { fn: string }).fn),
      );
      expect(vectors).toHaveLength(20);
      for (const { inputs, expected, tolerance } of vectors) {
        const i = inputs as {
          fn: string;
          low: number;
          upp: number;
          nobs: number;
          p_alt: number;
          alpha: number;
          dist?: string;
          count?: number;
        };
        const wanted = expected as {
          power?: number;
          power_clipped0?: number;
          ci90?: readonly [number, number];
          zLower?: number;
          zUpper?: number;
        };
        const { nobs: n, low, upp } = i;
        const wantedPower = wanted.power ?? wanted.power_clipped0;
        const powerBy = (inside: (successes: number) => boolean): number =>
          Array.from({ length: n + 1 }, (_, k) => (inside(k) ? binomialProbability(k, n, i.p_alt) : 0)).reduce(
            (sum, p) => sum + p,
            0,
          );
        if (i.count !== undefined) {
          const share = i.count / n;
          const deviation = Math.sqrt((share * (1 - share)) / n);
          const reach = normalQuantile(0.95) * deviation;
          for (const [found, expectedValue] of [
            [share - reach, wanted.ci90?.[0]],
            [share + reach, wanted.ci90?.[1]],
            [(share - low) / deviation, wanted.zLower],
            [(share - upp) / deviation, wanted.zUpper],
          ] as const) {
            expectNear(found, expectedValue as number, tolerance, inputs);
          }
        } else if (i.fn === "power_binom_tost") {
          // An interval at 1 - 2 alpha inside the margin is a test at alpha on each side.
          const inside = (successes: number): boolean => {
            const [lower, upper] = (
              clopperPearsonInterval({ successes, trials: n }, { level: 1 - 2 * i.alpha }) as TestResult
            ).interval as readonly [number, number];
            return lower > low && upper < upp;
          };
          expectNear(powerBy(inside), wantedPower as number, tolerance, inputs);
        } else if (i.dist === "binom") {
          const reach = (p: number): number => normalQuantile(1 - i.alpha) * Math.sqrt((p * (1 - p)) / n);
          expectNear(
            powerBy((k) => k / n > low + reach(low) && k / n < upp - reach(upp)),
            wantedPower as number,
            tolerance,
            inputs,
          );
        } else {
          // One sample: a control that is known exactly, because it has 10^12 requests.
          const known = 1e12;
          const question: PlanningQuestion = {
            metric: { kind: "mean", mean: (low + upp) / 2, standardDeviation: 0.5 },
            goal: "equivalent",
            margin: { absolute: (upp - low) / 2 },
            effect: { absolute: i.p_alt - (low + upp) / 2 },
            alpha: i.alpha,
            monitoring: fixed,
            allocationRatio: n / known,
          };
          expectNear(power(question, known), wantedPower as number, tolerance, inputs);
        }
      }
    },
  );

  it("agrees with GrowthBook at one look, and under its sequence", () => {
    // Four of its 44 cases have no counterpart here: two print a variance, two the factor by which a running experiment
    // must grow.
    const vectors = load("engines/growthbook_power").filter(({ inputs: i }) =>
      /powerEst|findMde|powerMetricWeeks/u.test((i as { fn: string }).fn),
    );
    expect(vectors).toHaveLength(40);
    for (const { inputs, expected, tolerance } of vectors) {
      const i = inputs as {
        fn: string;
        metric: { type: string; conversionRate: number; mean: number; standardDeviation: number; effectSize: number };
        n: number;
        usersPerWeek: number;
        week: number;
        nVariations: number;
        alpha: number;
        power: number;
        targetPower: number;
        sequentialTesting: number | false;
      };
      const total = i.fn === "powerMetricWeeks" ? i.usersPerWeek * i.week : i.n;
      // Its power of a sequence is that of one look with a standard error as much larger as the sequence is wider than
      // an interval for one look. It is not the chance that the sequence ever rejects, which `monitoring: anytime`
      // plans with.
      const wider =
        i.sequentialTesting === 0 || i.sequentialTesting === false
          ? 1
          : halfWidthOf(i.sequentialTesting, (2 * total) / i.nVariations, i.alpha) / normalQuantile(1 - i.alpha / 2);
      const perArm = total / i.nVariations / wider ** 2;
      const { metric } = i;
      const spread =
        metric.type === "binomial"
          ? Math.sqrt(metric.conversionRate * (1 - metric.conversionRate))
          : metric.standardDeviation;
      const question: PlanningQuestion = {
        metric: {
          kind: "mean",
          mean: metric.type === "binomial" ? metric.conversionRate : metric.mean,
          standardDeviation: spread,
        },
        goal: "different",
        effect: { relative: metric.effectSize },
        alpha: i.alpha,
        monitoring: fixed,
        test: "wald",
      };
      // Its minimum effect looks at the nearer tail only.
      const mde = minimumDetectableEffect(
        { ...question, goal: "superior", better: "higher", alpha: i.alpha / 2 },
        perArm,
        { scale: "relative", power: i.power ?? i.targetPower },
      ) as { relative: number };
      const found = power(question, perArm);
      if (i.fn === "powerEstFrequentist") expectNear(found, expected as number, tolerance, inputs);
      else if (i.fn === "findMdeFrequentist") expectNear(mde.relative, expected as number, tolerance, inputs);
      else {
        expectNear(found, (expected as { power: number }).power, tolerance, inputs);
        expectNear(mde.relative, (expected as { mdeRelative: number }).mdeRelative, tolerance, inputs);
      }
    }
  });

  it("needs as much more under planned looks as rpact's designs", () => {
    interface Design {
      spending: [string, number | null];
      sided: 1 | 2;
      alpha: number;
      beta: number;
      informationRates: number[];
      inflation: number;
    }
    const designs = load("group-sequential-designs") as unknown as Design[];
    let compared = 0;
    for (const {
      spending: [type, parameter],
      sided,
      alpha,
      beta,
      informationRates,
      inflation,
    } of designs) {
      if (sided !== 1) continue;
      const question = {
        metric: { kind: "mean", mean: 10, standardDeviation: 3 },
        better: "higher",
        goal: "superior",
        effect: { absolute: 0.2 },
        alpha,
      } as const;
      const size = (monitoring: Monitoring): number =>
        exactSampleSize("test", checkQuestion("test", { ...question, monitoring }), 1 - beta) as number;
      const planned = size({
        kind: "group-sequential",
        looks: informationRates,
        spending: spendingOf(type, parameter),
      });
      expect(
        Math.abs(planned / size(fixed) / inflation - 1),
        JSON.stringify({ type, parameter, informationRates }),
      ).toBeLessThan(1e-9);
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });
});

/** Half-width of GrowthBook's sequence in standard errors, tuned for a sample size. */
function halfWidthOf(tuned: number, n: number, alpha: number): number {
  const doubled = -2 * Math.log(alpha);
  const x = (n * (doubled + Math.log(doubled + 1))) / tuned;
  return Math.sqrt(((2 * (x + 1)) / x) * Math.log(Math.sqrt(x + 1) / alpha));
}

function spendingOf(type: string, parameter: number | null): AlphaSpending {
  const spendings: Record<string, AlphaSpending> = {
    asOF: { kind: "obrien-fleming" },
    asP: { kind: "pocock" },
    asHSD: { kind: "hwang-shih-decani", gamma: parameter ?? Number.NaN },
    asKD: { kind: "kim-demets", rho: parameter ?? Number.NaN },
  };
  return spendings[type] as AlphaSpending;
}
