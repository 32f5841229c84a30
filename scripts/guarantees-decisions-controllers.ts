// Rules of canary controllers, re-created from their public description, on the same traffic as the canary preset.
import { mannWhitneyTest } from "../src/analysis/fixed/mann-whitney.ts";
import { isNotComputable } from "../src/errors.ts";
import { createRandom, type Random } from "../src/math/random.ts";
import { sampleBinomial } from "../src/math/sampling.ts";
import { binomialCdf } from "../src/math/binomial.ts";
import type { FieldLaw, Scenario } from "../src/planning/scenario.ts";
import { simulateRuns } from "../src/planning/simulate.ts";
import type { PolicyInput } from "../src/policy/policy.ts";

const intervals = 10;
const sizes = [20, 50, 100, 500, 1000];

/** Flagger rolls back after `threshold` intervals whose success rate is below 99 %. */
function flagger(random: Random, n: number, success: number, threshold: number): boolean {
  let failedChecks = 0;
  for (let i = 0; i < intervals; i++) if (sampleBinomial(random, n, success) / n < 0.99) failedChecks++;
  return failedChecks >= threshold;
}

/** Kayenta compares the two series of a metric by Mann-Whitney at 98 %: High when the interval of the shift is above a quarter of its estimate. */
function kayenta(control: Float64Array, canary: Float64Array): boolean {
  const test = mannWhitneyTest(control, canary, { level: 0.98 });
  if (isNotComputable(test) || test.interval === null) return false;
  return test.interval[0] > 0.25 * Math.abs(test.estimate as number);
}

function rate(count: number, runs: number): string {
  return (count / runs).toFixed(3);
}

function canaryScenario(perArm: number, success: readonly [number, number], periods: number): Scenario {
  const laws = (probability: number): Record<string, FieldLaw> => ({ success: { kind: "share", probability }, latencyMs: { kind: "lognormal", median: 200, sigma: 0.5 } });
  return { requestsPerPeriod: 2 * perArm, periods, allocation: [{ fromPeriod: 0, weights: { stable: 1, canary: 1 } }], arms: { stable: laws(success[0]), canary: laws(success[1]) } };
}

/** The most that any test can catch that flags a healthy service at most 1 % of the time, were both rates known beforehand. */
function bestPossible(trials: number, healthy: number, sick: number): number {
  let failures = 0;
  while (1 - binomialCdf(failures - 1, trials, healthy) > 0.01) failures++;
  return 1 - binomialCdf(failures - 1, trials, sick);
}

export function controllerRows(name: string, policy: PolicyInput, runs: number): string[] {
  const draws = 20_000;
  const random = createRandom(77);
  const countDraws = (draw: () => boolean): string => rate(Array.from({ length: draws }, draw).filter(Boolean).length, draws);
  const ours = (perArm: number, success: readonly [number, number], periods: number, input: PolicyInput = policy): string =>
    rate(simulateRuns(input, canaryScenario(perArm, success, periods), { runs, seed: 5, endsWith: ["rollback"] }).filter(({ decision }) => decision === "rollback").length, runs);
  if (name === "flagger-healthy") {
    return [
      "# A healthy service (99.7 % success), rolled back", "", `Ten intervals; Flagger with threshold 1 and success >= 99 % (${draws} draws); the canary preset on as many requests in each of two arms, a look after each interval (${runs} runs).`, "",
      "| requests per interval | canary preset | Flagger |", "|---|---|---|",
      ...sizes.map((n) => `| ${n} | ${ours(n, [0.997, 0.997], intervals)} | ${countDraws(() => flagger(random, n, 0.997, 1))} |`),
    ];
  }
  if (name === "flagger-5x") {
    return [
      "# Five times the errors (0.3 % -> 1.5 %), rolled back", "", "As above. Flagger with thresholds 1 and 5. Last column: the most that any test can catch on these requests that rolls a healthy service back at most 1 % of the time, even if it knew both rates beforehand.", "",
      "| requests per interval | canary preset | Flagger, threshold 5 | Flagger, threshold 1 | best possible |", "|---|---|---|---|---|",
      ...sizes.map((n) => `| ${n} | ${ours(n, [0.997, 0.985], intervals)} | ${countDraws(() => flagger(random, n, 0.985, 5))} | ${countDraws(() => flagger(random, n, 0.985, 1))} | ${bestPossible(n * intervals, 0.003, 0.015).toFixed(3)} |`),
      "", "The same traffic going on until decided, at most 12,000 requests per arm: caught", "", "| requests per interval | intervals | canary preset |", "|---|---|---|",
      ...[20, 50, 100].map((n) => `| ${n} | ${12_000 / n} | ${ours(n, [0.997, 0.985], 12_000 / n)} |`),
    ];
  }
  const minutes = 30;
  const judge = (success: number): string =>
    countDraws(() => {
      const series = (p: number): Float64Array => Float64Array.from({ length: minutes }, () => 1 - sampleBinomial(random, 200, p) / 200);
      return kayenta(series(0.997), series(success));
    });
  // Any worsening, once established, flags; looked at once, as Kayenta does, and after every minute.
  const [success] = policy.metrics;
  const worsening = { ...(success as PolicyInput["metrics"][number]), goal: "superior", margin: undefined, rollbackWhen: { worseBy: { absolute: 0 } } } as PolicyInput["metrics"][number];
  const anytime: PolicyInput = { ...policy, metrics: [worsening] };
  const once: PolicyInput = { ...anytime, monitoring: { kind: "fixed" }, minimumSampleSize: 5500 };
  return [
    "# Twice the errors (0.3 % -> 0.6 %) in 30 minutes of 200 requests a minute and arm, flagged", "", `Kayenta's judge on the failure rate by minute, Mann-Whitney at 98 % (${draws} draws); a policy in which any established worsening rolls back, alpha 0.05 (${runs} runs).`, "",
    "| | looked at every minute | looked at once, at the end | Kayenta |", "|---|---|---|---|",
    `| 0.3 % -> 0.6 % | ${ours(200, [0.997, 0.994], minutes, anytime)} | ${ours(200, [0.997, 0.994], minutes, once)} | ${judge(0.994)} |`,
    `| 0.3 % -> 0.3 % (false) | ${ours(200, [0.997, 0.997], minutes, anytime)} | ${ours(200, [0.997, 0.997], minutes, once)} | ${judge(0.997)} |`,
  ];
}
