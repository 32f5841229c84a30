import { describe, expect, it } from "vitest";
import { chanceEstablished } from "../../simulations/decisions/enumerated.ts";
import { trials } from "../../simulations/decisions/scenarios.ts";
import { analyzeClaims } from "../../src/analysis/analyze.ts";
import { createRandom } from "../../src/math/random.ts";
import { sampleBinomial } from "../../src/math/sampling.ts";
import { simulateRuns } from "../../src/planning/simulate.ts";
import { definePolicy } from "../../src/policy/define.ts";
import { canary } from "../../src/policy/presets.ts";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";
import { planFor } from "../../src/summary/plan.ts";
import { emptySummaryQuality } from "../../src/summary/quality-builder.ts";
import type { Summary } from "../../src/summary/summary.ts";

/** A short version of `npm run guarantees:decisions`: few runs, the same promise with the tolerance of so many. */
const alpha = 0.05;
const limit = (runs: number): number => alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs);
/**
 * Fewer of those that take long: three arms and four metrics, and the canary preset, whose errors are enumerated below.
 */
const runsOf = ({ name, policy }: (typeof trials)[number]): number =>
  policy.treatments.length > 1 ? 10 : name.startsWith("canary") ? 15 : 20;

describe("errors of decisions", () => {
  // The ramp of P99 is searched over several epochs and takes minutes; the long version has it.
  const short = trials.filter(({ name }) => !name.includes("P99 at its margin"));
  it.each(short.map((trial, index) => [trial.name, trial, index] as const))("%s", (_name, trial, index) => {
    const { policy, scenario, error } = trial;
    const runs = runsOf(trial);
    const wrong = simulateRuns(policy, scenario, { runs, seed: 100 + index, endsWith: [error] }).filter(
      ({ decision }) => decision === error,
    ).length;
    expect(wrong / runs).toBeLessThanOrEqual(limit(runs));
  });

  it("a test of the same data that ignores looks exceeds it, so the check can fail", () => {
    const { policy, scenario, error } = trials[5] as (typeof trials)[number];
    const runs = 40;
    const naive = { ...policy, monitoring: { kind: "fixed" }, multiplicity: "none", unit: null } as const;
    const wrong = simulateRuns(naive, scenario, { runs, seed: 100, endsWith: [error] }).filter(
      ({ decision }) => decision === error,
    ).length;
    expect(wrong / runs).toBeGreaterThan(limit(runs));
  });
});

describe("the canary preset's claims about the success rate, enumerated", () => {
  const chance = (requestsPerLook: number, control: number, treatment: number, claim: "rule" | "goal"): number =>
    chanceEstablished({ requestsPerLook, control, treatment, claim });

  it.each([20, 50, 100, 500, 1000])("leaves a healthy service alone at %s requests a look", (n) => {
    expect(chance(n, 0.003, 0.003, "rule")).toBeLessThan(0.01);
  });

  // The bounds are those of a normal statistic: with few failures they are mostly below, and a quarter above at most.
  it.each([
    [100, 0.003],
    [500, 0.001],
    [500, 0.003],
    [1000, 0.001],
    [1000, 0.003],
    [1000, 0.01],
  ])("keeps its nominal level at %s requests a look and a baseline of %s", (n, f) => {
    expect(chance(n, f, f + 0.002, "rule")).toBeLessThan(1.25 * 0.025);
    expect(chance(n, f, f + 0.002, "goal")).toBeLessThan(1.06 * 0.05);
  });

  it("catches five times the failures", () => {
    expect(chance(100, 0.003, 0.015, "rule")).toBeGreaterThan(0.63);
    expect(chance(500, 0.003, 0.015, "rule")).toBeGreaterThan(0.999);
  });

  it("agrees with analyses of drawn outcomes", () => {
    const policy = definePolicy({
      ...canary({ control: "a", treatments: ["b"], requestsPerArm: 100 }),
      allocation: null,
    });
    const [control, treatment] = [0.1, 0.3];
    const random = createRandom(8);
    const tries = 60;
    let established = 0;
    for (let run = 0; run < tries; run++) {
      const cells: Summary["cells"][number][] = [];
      for (let look = 0; look < 10; look++) {
        for (const [arm, rate] of [
          ["a", control],
          ["b", treatment],
        ] as const) {
          const successes = 10 - sampleBinomial(random, 10, rate);
          cells.push({
            epoch: 0,
            period: 60_000 * look,
            segment: null,
            arm,
            records: 10,
            statistics: [
              { kind: "count", trials: 10, successes },
              { kind: "sketch", sketch: new QuantileSketch({}) },
            ],
          });
        }
        const summary: Summary = {
          plan: planFor(policy),
          cells,
          clusters: [],
          instances: [],
          slices: null,
          quality: { ...emptySummaryQuality, extent: { first: 0, last: 60_000 * (look + 1) - 1 } },
        };
        const rule = analyzeClaims(summary, policy, true).analysis.comparisons[0]?.metrics[0]?.rules[0]?.claim;
        if (rule !== undefined && "established" in rule && rule.established) {
          established++;
          break;
        }
      }
    }
    const exact = chance(10, control, treatment, "rule");
    expect(exact).toBeGreaterThan(0.5);
    expect(Math.abs(established / tries - exact)).toBeLessThan(3 * Math.sqrt((exact * (1 - exact)) / tries));
  });
});
