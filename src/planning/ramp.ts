import { cannot, requireNumber } from "../errors.ts";
import type { PolicyInput } from "../policy/policy.ts";
import type { Scenario } from "./scenario.ts";
import { simulateRuns, type SimulationOptions } from "./simulate.ts";
import { chanceOf, type SimulatedChance } from "./simulated-characteristics.ts";

/** What a ramp may cost. */
export interface RampBudget {
  /** Failed requests of the treatments before the experiment ends. */
  readonly failures: number;
  /** Chance of more that is still acceptable, in (0, 1); default 0.05. */
  readonly chance?: number;
}

/** One step of a ramp, tried. */
export interface RampStep {
  /** Share of traffic that the treatments get together, in (0, 1). */
  readonly share: number;
  /** Chance of exceeding the budget. */
  readonly exceeds: SimulatedChance;
  readonly withinBound: boolean;
}

/** The largest step that is safe enough, and what was tried. */
export interface RampAdvice {
  /** `null` when even the smallest step is not. */
  readonly share: number | null;
  readonly steps: readonly RampStep[];
}

/**
 * How much traffic may the treatment get next?
 *
 * @param policy - decides when the treatment is rolled back.
 * @param scenario - how bad the treatment is feared to be; its allocation is replaced by each step's.
 * @param shares - steps to try, shares of traffic in (0, 1).
 * @param budget - failed requests of the treatment that may be lost.
 * @returns the largest share at which the upper end of the 95 % interval of the chance of exceeding the budget is at
 * most the bound; every smaller step must be safe too.
 * @throws {RangeError} for a share or bound outside (0, 1), PolicyError for a policy that contradicts itself.
 * @example
 * ```ts
 * const policy = canary({ control: "stable", treatments: ["canary"] });
 * const laws = (success: number) =>
 *   ({
 *     success: { kind: "share", probability: success },
 *     latencyMs: { kind: "lognormal", median: 200, sigma: 0.5 },
 *   }) as const;
 * const feared = {
 *   requestsPerPeriod: 20_000,
 *   periods: 6,
 *   allocation: [{ fromPeriod: 0, weights: { stable: 1, canary: 1 } }],
 *   arms: { stable: laws(0.997), canary: laws(0.8) },
 * };
 * rampAdvice(policy, feared, [0.005, 0.5], { failures: 300 }, { runs: 80 }).share; // 0.005
 * ```
 */
export function rampAdvice(
  policy: PolicyInput,
  scenario: Scenario,
  shares: readonly number[],
  budget: RampBudget,
  options: SimulationOptions = {},
): RampAdvice {
  const action = "advise on the ramp";
  const { failures, chance = 0.05 } = budget;
  requireNumber(action, "budget.failures", "0 or more", failures, (x) => x >= 0);
  requireNumber(action, "budget.chance", "strictly between 0 and 1", chance, (x) => x > 0 && x < 1);
  if (shares.length === 0) throw new RangeError(cannot(action, "shares", "at least one", shares));
  const steps: RampStep[] = [];
  for (const share of [...shares].sort((a, b) => a - b)) {
    requireNumber(action, "shares", "strictly between 0 and 1", share, (x) => x > 0 && x < 1);
    const each = share / policy.treatments.length;
    const weights = Object.fromEntries([
      [policy.control, 1 - share],
      ...policy.treatments.map((arm) => [arm, each]),
    ]) as Record<string, number>;
    const outcomes = simulateRuns(policy, { ...scenario, allocation: [{ fromPeriod: 0, weights }] }, options);
    const exceeds = chanceOf(outcomes.filter((outcome) => outcome.failures > failures).length, outcomes.length);
    steps.push({ share, exceeds, withinBound: exceeds.interval[1] <= chance });
    if (exceeds.interval[1] > chance) break;
  }
  return { share: steps.filter(({ withinBound }) => withinBound).at(-1)?.share ?? null, steps };
}
