import { analyzeClaims } from "../analysis/analyze.ts";
import { lookFractions } from "../analysis/looks/planned-look.ts";
import { decide } from "../decision/decide.ts";
import type { Decision, Verdict } from "../decision/decision.ts";
import { cannot, requireNumber } from "../errors.ts";
import { createRandom } from "../math/random.ts";
import { definePolicy } from "../policy/define.ts";
import type { Policy, PolicyInput } from "../policy/policy.ts";
import { millisecondsPerHour } from "../time.ts";
import { checkScenario, type Scenario } from "./scenario.ts";
import { characteristicsOf, type OperatingCharacteristics, type RunOutcome } from "./simulated-characteristics.ts";
import { allocationOf, simulatedTraffic } from "./simulated-traffic.ts";

/** How often, and with what randomness, a policy is tried. */
export interface SimulationOptions {
  /** Experiments to simulate; default 1,000. */
  readonly runs?: number;
  /** Default 1. The same seed gives the same results, however the runs are divided among processes. */
  readonly seed?: number;
  /** Number of the first run, from 0, where the runs are divided; default 0. */
  readonly firstRun?: number;
  /** Periods between looks; default 1. */
  readonly lookEvery?: number;
  /** Decisions that end an experiment; default all but `keep-running`. */
  readonly endsWith?: readonly Verdict[];
  /** Called after each run with the number of runs done. */
  readonly onRun?: (done: number) => void;
}

/**
 * How often would this policy be right, how soon, and at what cost?
 *
 * @param policy - a policy; its start and allocation are replaced by the scenario's, and its end, if it has one, by
 * that of the scenario's last period.
 * @param scenario - laws of the arms, traffic split over time, drift, units; see {@link Scenario}.
 * @returns chances of each decision with 95 % intervals, distribution of the stopping time, failed requests before it.
 *
 * Every simulated experiment is looked at after every `lookEvery` periods by the same `analyze` and `decide` as real
 * data, and ends with the first decision other than keep-running. Counts are drawn per period, latencies only in the
 * tail that counts.
 * @throws {PolicyError} for a policy that contradicts itself, RangeError for a scenario that does not fit it.
 * @example
 * ```ts
 * const policy = canary({ control: "stable", treatments: ["canary"] });
 * const laws = (success: number) =>
 *   ({
 *     success: { kind: "share", probability: success },
 *     latencyMs: { kind: "lognormal", median: 200, sigma: 0.5 },
 *   }) as const;
 * const scenario = {
 *   requestsPerPeriod: 1000,
 *   periods: 10,
 *   allocation: [{ fromPeriod: 0, weights: { stable: 1, canary: 1 } }],
 *   arms: { stable: laws(0.997), canary: laws(0.97) },
 * };
 * simulate(policy, scenario, { runs: 20 }).rollback.probability; // 1
 * ```
 */
export function simulate(
  policy: PolicyInput,
  scenario: Scenario,
  options: SimulationOptions = {},
): OperatingCharacteristics {
  const outcomes = simulateRuns(policy, scenario, options);
  return characteristicsOf(outcomes);
}

/** The outcomes of {@link simulate}, run by run, for those who divide the runs or count otherwise. */
export function simulateRuns(input: PolicyInput, scenario: Scenario, options: SimulationOptions = {}): RunOutcome[] {
  const { runs = 1000, seed = 1, firstRun = 0, lookEvery = 1 } = options;
  const action = "simulate the policy";
  requireNumber(action, "runs", "a whole number from 1", runs, (x) => Number.isSafeInteger(x) && x >= 1);
  requireNumber(action, "lookEvery", "a whole number from 1", lookEvery, (x) => Number.isSafeInteger(x) && x >= 1);
  if (!Number.isSafeInteger(seed)) throw new RangeError(cannot(action, "seed", "a whole number", seed));
  const defined = definePolicy({ ...input, start: null, end: null });
  checkScenario(action, scenario, defined);
  const end =
    (input.end ?? null) === null
      ? null
      : new Date(scenario.periods * defined.periodHours * millisecondsPerHour).toISOString();
  const policy: Policy = { ...defined, end, segments: [], allocation: allocationOf(defined, scenario) };
  return Array.from({ length: runs }, (_, index) => {
    const outcome = simulateOne(
      policy,
      scenario,
      mixed(seed, firstRun + index),
      lookEvery,
      options.endsWith ?? defaultEnds,
    );
    options.onRun?.(index + 1);
    return outcome;
  });
}

const defaultEnds: readonly Verdict[] = ["ship", "rollback", "inconclusive", "invalid"];

function simulateOne(
  policy: Policy,
  scenario: Scenario,
  seed: number,
  lookEvery: number,
  endsWith: readonly Verdict[],
): RunOutcome {
  const { monitoring, guarantee, minimumCycles, minimumDurationHours, maximumSampleSize } = policy;
  const byPeriod =
    monitoring.kind === "group-sequential" ||
    guarantee === "exact" ||
    minimumCycles > 0 ||
    minimumDurationHours > 0 ||
    policy.end !== null;
  const traffic = simulatedTraffic(policy, scenario, createRandom(seed), byPeriod);
  const looks =
    monitoring.kind === "group-sequential"
      ? lookFractions(monitoring).map((share) => share * (maximumSampleSize ?? 0))
      : null;
  let looked = 0;
  let decision: Decision | undefined;
  let period = 0;
  while (period < scenario.periods) {
    traffic.advance();
    period++;
    if (period % lookEvery !== 0 && period < scenario.periods) continue;
    if (looks !== null) {
      const reached = looksReached(traffic.summary.cells, policy, looks);
      const ends = policy.end !== null && period === scenario.periods;
      if (reached === looked && !ends) continue;
      looked = reached;
    }
    if (!comparable(traffic.summary.cells, policy)) continue;
    decision = decide(analyzeClaims(traffic.summary, policy, true).analysis, policy);
    if (endsWith.includes(decision.decision)) break;
  }
  return {
    decision: decision?.decision ?? "keep-running",
    treatments:
      decision?.comparisons.map((comparison) => comparison.decision) ??
      policy.treatments.map(() => "keep-running" as const),
    periods: period,
    requests: traffic.requests,
    failures: traffic.failures,
  };
}

type Cells = readonly { readonly arm: string; readonly records: number }[];

function recordsOf(cells: Cells, arm: string): number {
  return cells.reduce((sum, cell) => sum + (cell.arm === arm ? cell.records : 0), 0);
}

/** Planned looks that the comparisons have reached, in all. */
function looksReached(cells: Cells, { control, treatments }: Policy, looks: readonly number[]): number {
  const ofControl = recordsOf(cells, control);
  return treatments.reduce((count, treatment) => {
    const least = Math.min(ofControl, recordsOf(cells, treatment));
    return count + looks.filter((look) => least >= look * (1 - 1e-12)).length;
  }, 0);
}

/** Whether at least one treatment can be compared with the control. */
function comparable(cells: Cells, { control, treatments }: Policy): boolean {
  return recordsOf(cells, control) > 0 && treatments.some((treatment) => recordsOf(cells, treatment) > 0);
}

/** A seed for each run: neighbouring numbers give unrelated seeds (finaliser of MurmurHash3). */
function mixed(seed: number, run: number): number {
  let h = Math.imul(seed ^ Math.imul(run + 1, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
