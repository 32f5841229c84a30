import { isNotComputable } from "../../src/errors.ts";
import { binomialCdf } from "../../src/math/binomial.ts";
import { createRandom, type Random } from "../../src/math/random.ts";
import { sampleBinomial } from "../../src/math/sampling.ts";
import type { FieldLaw, Scenario } from "../../src/planning/scenario.ts";
import { simulateRuns } from "../../src/planning/simulate.ts";
import { chanceOf, type RunOutcome } from "../../src/planning/simulated-characteristics.ts";
import type { PolicyInput } from "../../src/policy/policy.ts";
import { canary } from "../../src/policy/presets.ts";
// Rules of canary controllers, re-created from their public description, on the same traffic as the canary preset.
import { mannWhitneyTest } from "../../src/stats/means/mann-whitney.ts";

const intervals = 10;
const sizes = [20, 50, 100, 500, 1000];

/** Flagger rolls back after `threshold` intervals whose success rate is below 99 %. */
function flagger(random: Random, n: number, success: number, threshold: number): boolean {
  let failedChecks = 0;
  for (let i = 0; i < intervals; i++) if (sampleBinomial(random, n, success) / n < 0.99) failedChecks++;
  return failedChecks >= threshold;
}

/**
 * Kayenta compares the two series of a metric by Mann-Whitney at 98 %: High when the interval of the shift is above a
 * quarter of its estimate.
 */
function kayenta(control: Float64Array, canary: Float64Array): boolean {
  const test = mannWhitneyTest(control, canary, { level: 0.98 });
  if (isNotComputable(test) || test.interval === null) return false;
  return test.interval[0] > 0.25 * Math.abs(test.estimate as number);
}

function rate(count: number, runs: number): string {
  return (count / runs).toFixed(3);
}

function canaryScenario(
  perArm: number,
  success: readonly [number, number],
  periods: number,
  stableWeight: number,
): Scenario {
  const laws = (probability: number): Record<string, FieldLaw> => ({
    success: { kind: "share", probability },
    latencyMs: { kind: "lognormal", median: 200, sigma: 0.5 },
  });
  return {
    requestsPerPeriod: (1 + stableWeight) * perArm,
    periods,
    allocation: [{ fromPeriod: 0, weights: { stable: stableWeight, canary: 1 } }],
    arms: { stable: laws(success[0]), canary: laws(success[1]) },
  };
}

/** The canary preset, planned for the requests that the canary will get, with an end: each arm may get a few less. */
function planned(requestsPerArm: number): PolicyInput {
  return { ...canary({ control: "stable", treatments: ["canary"], requestsPerArm }), end: "2030-01-01T00:00:00Z" };
}

interface Trials {
  readonly perArm: number;
  readonly success: readonly [number, number];
  readonly periods?: number;
  /** Traffic of the stable version per request of the canary. */
  readonly stableWeight?: number;
  readonly policy?: PolicyInput;
  readonly runs: number;
}

/** Outcomes of a policy, looked at after every interval. */
function ours({ perArm, success, periods = intervals, stableWeight = 1, policy, runs }: Trials): RunOutcome[] {
  return simulateRuns(policy ?? planned(perArm * periods), canaryScenario(perArm, success, periods, stableWeight), {
    runs,
    seed: 5,
    endsWith: ["rollback"],
  });
}

const rolledBack = (outcomes: readonly RunOutcome[]): number =>
  outcomes.filter(({ decision }) => decision === "rollback").length;
const caught = (of: Trials): string => rate(rolledBack(ours(of)), of.runs);

/**
 * The most that any test can catch that flags a healthy service at most 1 % of the time, were both rates known
 * beforehand.
 */
function bestPossible(trials: number, healthy: number, sick: number): number {
  let failures = 0;
  while (1 - binomialCdf(failures - 1, trials, healthy) > 0.01) failures++;
  return 1 - binomialCdf(failures - 1, trials, sick);
}

const draws = 20_000;
const random = createRandom(77);
const countDraws = (draw: () => boolean): string =>
  rate(Array.from({ length: draws }, draw).filter(Boolean).length, draws);

function healthyRows(runs: number): string[] {
  const row = (n: number): string => {
    const { probability, interval } = chanceOf(rolledBack(ours({ perArm: n, success: [0.997, 0.997], runs })), runs);
    return (
      `| ${n} | ${probability.toFixed(4)} | ${interval[1].toFixed(4)} | ` +
      `${countDraws(() => flagger(random, n, 0.997, 1))} |`
    );
  };
  return [
    "# A healthy service (99.7 % success), rolled back",
    "",
    `Ten intervals; Flagger with threshold 1 and success >= 99 % (${draws} draws); the canary preset on as ` +
      `many requests in each of two arms, planned for them, looked at after each interval (${runs} runs).`,
    "",
    "| requests per interval | canary preset | upper end of its 95 % interval | Flagger |",
    "|---|---|---|---|",
    ...sizes.map(row),
  ];
}

function sickRows(runs: number): string[] {
  const success = [0.997, 0.985] as const;
  const row = (n: number): string => {
    const anytime: PolicyInput = { ...planned(n * intervals), monitoring: { kind: "anytime" } };
    const cells = [
      caught({ perArm: n, success, runs }),
      caught({ perArm: n, success, stableWeight: 9, runs }),
      caught({ perArm: n, success, policy: anytime, runs }),
      countDraws(() => flagger(random, n, 0.985, 5)),
      countDraws(() => flagger(random, n, 0.985, 1)),
      bestPossible(n * intervals, 0.003, 0.015).toFixed(3),
    ];
    return `| ${n} | ${cells.join(" | ")} |`;
  };
  const longer = (n: number): string => {
    const requests = ours({ perArm: n, success, periods: 12_000 / n, runs })
      .map(({ decision, periods }) => (decision === "rollback" ? periods * n : Infinity))
      .sort((a, b) => a - b);
    return (
      `| ${n} | ${rate(requests.filter(Number.isFinite).length, runs)} | ${requests[Math.ceil(runs / 2) - 1]} | ` +
      `${requests[Math.ceil(0.9 * runs) - 1]} |`
    );
  };
  return [
    "# Five times the errors (0.3 % -> 1.5 %), rolled back",
    "",
    `As above (${runs} runs); besides, the canary preset with anytime monitoring, for which nothing is ` +
      "planned, on as many requests of both; Flagger with thresholds 5 and 1. Last column: the most that any " +
      "test can catch on these requests that rolls a healthy service back at most 1 % of the time, even if it " +
      "knew both rates beforehand.",
    "",
    "| requests per interval | canary preset, stable gets as many | stable gets nine times as many | anytime, " +
      "as many | Flagger, threshold 5 | Flagger, threshold 1 | best possible |",
    "|---|---|---|---|---|---|---|",
    ...sizes.map(row),
    "",
    "A canary planned for 12,000 requests per arm: caught, and requests of the canary by which half and nine " +
      "tenths were",
    "",
    "| requests per interval | caught | half | nine tenths |",
    "|---|---|---|---|",
    ...[20, 50, 100].map(longer),
  ];
}

function kayentaRows(runs: number): string[] {
  const minutes = 30;
  const judge = (success: number): string =>
    countDraws(() => {
      const series = (p: number): Float64Array =>
        Float64Array.from({ length: minutes }, () => 1 - sampleBinomial(random, 200, p) / 200);
      return kayenta(series(0.997), series(success));
    });
  // Any worsening, once established, flags.
  const preset = planned(200 * minutes);
  const worsening = {
    ...(preset.metrics[0] as PolicyInput["metrics"][number]),
    goal: "superior",
    margin: undefined,
    rollbackWhen: { worseBy: { absolute: 0 } },
  } as PolicyInput["metrics"][number];
  const looks: PolicyInput = { ...preset, metrics: [worsening] };
  const anytime: PolicyInput = { ...looks, monitoring: { kind: "anytime" } };
  // Kayenta looks once, at the end.
  const once: PolicyInput = {
    ...looks,
    monitoring: { kind: "fixed" },
    minimumSampleSize: 10_000,
    maximumSampleSize: null,
  };
  const row = (name: string, success: number, times: number): string => {
    const traffic = { perArm: 200, success: [0.997, success] as const, periods: minutes, runs: times };
    const cells = [looks, anytime, once].map((policy) => caught({ ...traffic, policy }));
    return `| ${[name, ...cells, judge(success)].join(" | ")} |`;
  };
  return [
    "# Twice the errors (0.3 % -> 0.6 %) in 30 minutes of 200 requests a minute and arm, flagged",
    "",
    `Kayenta's judge on the failure rate by minute, Mann-Whitney at 98 % (${draws} draws); a policy in which ` +
      `any established worsening of the success rate rolls back, alpha 0.05 (${runs} runs, of the false flags ` +
      `${4 * runs}).`,
    "",
    "| | looked at as the canary preset is | at any time, every minute | once, at the end | Kayenta |",
    "|---|---|---|---|---|",
    row("0.3 % -> 0.6 %", 0.994, runs),
    row("0.3 % -> 0.3 % (false)", 0.997, 4 * runs),
  ];
}

/** The comparisons, by name; healthy services are tried four times as often, to bound a small chance. */
export const controllers: Readonly<Record<string, (runs: number) => string[]>> = {
  healthy: (runs) => healthyRows(4 * runs),
  sick: sickRows,
  kayenta: kayentaRows,
};
