import { describe, expect, it } from "vitest";
import { trials } from "../../scripts/guarantees-decisions-scenarios.ts";
import { simulateRuns } from "../../src/planning/simulate.ts";

/** A short version of `npm run guarantees:decisions`: few runs, the same promise with the tolerance of so many. */
const runs = 60;
const alpha = 0.05;
const limit = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs);

describe("errors of decisions", () => {
  // The ramp of P99 is searched over several epochs and takes minutes; the long version has it.
  const short = trials.filter(({ name }) => !name.includes("P99 at its margin"));
  it.each(short.map((trial, index) => [trial.name, trial, index] as const))("%s", (_name, { policy, scenario, error }, index) => {
    const wrong = simulateRuns(policy, scenario, { runs, seed: 100 + index, endsWith: [error] }).filter(({ decision }) => decision === error).length;
    expect(wrong / runs).toBeLessThanOrEqual(limit);
  });

  it("a test of the same data that ignores looks exceeds it, so the check can fail", () => {
    const { policy, scenario, error } = trials[5] as (typeof trials)[number];
    const naive = { ...policy, monitoring: { kind: "fixed" }, multiplicity: "none", unit: null } as const;
    const wrong = simulateRuns(naive, scenario, { runs, seed: 100, endsWith: [error] }).filter(({ decision }) => decision === error).length;
    expect(wrong / runs).toBeGreaterThan(limit);
  });
});
