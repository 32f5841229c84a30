import type { Verdict } from "../decision/decision.ts";
import { isNotComputable } from "../errors.ts";
import { wilsonInterval } from "../stats/proportions/wilson.ts";

/** How one simulated experiment ended. */
export interface RunOutcome {
  /** `keep-running` where the scenario was over first. */
  readonly decision: Verdict;
  /** Decision about each treatment, in the policy's order. */
  readonly treatments: readonly Verdict[];
  /** Periods until it ended. */
  readonly periods: number;
  /** Requests of all arms until it ended. */
  readonly requests: number;
  /** Failed requests of the treatments until it ended. */
  readonly failures: number;
}

/** A chance estimated from simulated runs. */
export interface SimulatedChance {
  readonly count: number;
  readonly probability: number;
  /** 95 % interval (Wilson). */
  readonly interval: readonly [number, number];
}

/** Order statistics and mean of what was simulated. */
export interface SimulatedSpread {
  readonly mean: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
}

/** How a policy behaves on a scenario. */
export interface OperatingCharacteristics {
  readonly runs: number;
  readonly ship: SimulatedChance;
  readonly rollback: SimulatedChance;
  readonly inconclusive: SimulatedChance;
  readonly invalid: SimulatedChance;
  /** The scenario was over before a decision. */
  readonly undecided: SimulatedChance;
  /** Over all runs. */
  readonly stopping: { readonly periods: SimulatedSpread; readonly requests: SimulatedSpread };
  /**
   * Failed requests of the treatments until the end; of all runs, and of those that rolled back (`null` when none did).
   */
  readonly damage: { readonly all: SimulatedSpread; readonly rolledBack: SimulatedSpread | null };
}

/** Counts outcomes. */
export function characteristicsOf(outcomes: readonly RunOutcome[]): OperatingCharacteristics {
  const chance = (verdict: Verdict): SimulatedChance =>
    chanceOf(outcomes.filter(({ decision }) => decision === verdict).length, outcomes.length);
  const rolledBack = outcomes.filter(({ decision }) => decision === "rollback").map(({ failures }) => failures);
  return {
    runs: outcomes.length,
    ship: chance("ship"),
    rollback: chance("rollback"),
    inconclusive: chance("inconclusive"),
    invalid: chance("invalid"),
    undecided: chance("keep-running"),
    stopping: {
      periods: spreadOf(outcomes.map(({ periods }) => periods)),
      requests: spreadOf(outcomes.map(({ requests }) => requests)),
    },
    damage: {
      all: spreadOf(outcomes.map(({ failures }) => failures)),
      rolledBack: rolledBack.length === 0 ? null : spreadOf(rolledBack),
    },
  };
}

/** A chance with its interval. */
export function chanceOf(count: number, runs: number): SimulatedChance {
  const found = wilsonInterval({ successes: count, trials: runs }, { level: 0.95 });
  const interval = isNotComputable(found) ? ([0, 1] as const) : ([found.interval[0], found.interval[1]] as const);
  return { count, probability: count / runs, interval };
}

function spreadOf(values: readonly number[]): SimulatedSpread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] as number;
  return {
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p10: at(0.1),
    median: at(0.5),
    p90: at(0.9),
  };
}
