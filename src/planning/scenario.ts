import { cannot, isNotComputable, requireNumber, requireProbability } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import { statisticFor, statisticIndex } from "../summary/plan.ts";
import { mergeStatistics } from "../summary/statistic.ts";
import type { Statistic, Summary } from "../summary/summary.ts";
import { type LatencyDistribution, latencyLaw } from "./latency-distribution.ts";

/** How the values of one field are made up. */
export type FieldLaw =
  /** True with this probability, e.g. success. */
  | { readonly kind: "share"; readonly probability: number }
  /** Normal values, e.g. a score. */
  | { readonly kind: "normal"; readonly mean: number; readonly standardDeviation: number }
  | LatencyDistribution;

/** One stretch of periods with one traffic split. */
export interface ScenarioEpoch {
  /** First period of the stretch, from 0. */
  readonly fromPeriod: number;
  /** Traffic weight of each arm. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Traffic to try a policy on. */
export interface Scenario {
  /** Requests of all arms in a period; the split among the arms is random. */
  readonly requestsPerPeriod: number;
  /** Periods after which the experiment is over, if the policy has not ended it. */
  readonly periods: number;
  /** Traffic split over time; the first stretch begins at period 0. */
  readonly allocation: readonly ScenarioEpoch[];
  /** For each arm the law of each field that the policy's metrics read. */
  readonly arms: Readonly<Record<string, Readonly<Record<string, FieldLaw>>>>;
  /**
   * A rhythm shared by all arms: odds of a share, and values, are multiplied by exp(amplitude x sin(2 pi t / periods)).
   */
  readonly drift?: { readonly amplitude: number; readonly periods: number } | undefined;
  /**
   * Requests of one unit come together and are alike: units differ in the odds of a share by a normal deviate of this
   * standard deviation (on the logit scale), and in their values by one on the logarithm. A policy without `unit` then
   * shows what ignoring them does.
   */
  readonly units?: { readonly requestsPerUnit: number; readonly deviation: number } | undefined;
  /**
   * A change of the baseline in time, shared by all arms: from this period on odds of failure are multiplied by
   * `failureOdds`.
   */
  readonly shift?:
    { readonly fromPeriod: number; readonly failureOdds: number; readonly values?: number | undefined } | undefined;
}

/** The fields that a policy's metrics read. */
function fieldsOfPolicy(policy: Policy): string[] {
  return [
    ...new Set(
      policy.metrics.flatMap((metric) => {
        const plan = statisticFor(metric);
        return plan.kind === "comoments" ? [plan.x, plan.y] : [plan.field];
      }),
    ),
  ];
}

/** Throws a RangeError that names the field when a scenario can't be simulated under a policy. */
export function checkScenario(action: string, scenario: Scenario, policy: Policy): void {
  const { requestsPerPeriod, periods, allocation, arms, drift, units } = scenario;
  const whole = (field: string, value: number): void =>
    requireNumber(action, field, "a whole number from 1", value, (x) => Number.isSafeInteger(x) && x >= 1);
  whole("scenario.requestsPerPeriod", requestsPerPeriod);
  whole("scenario.periods", periods);
  if (allocation[0]?.fromPeriod !== 0)
    throw new RangeError(
      `${cannot(action, "scenario.allocation[0].fromPeriod", "0", allocation[0]?.fromPeriod)}. Begin with the ` +
        "split of the first period",
    );
  const names = [policy.control, ...policy.treatments];
  for (const [index, { fromPeriod, weights }] of allocation.entries()) {
    const before = allocation[index - 1]?.fromPeriod ?? -1;
    requireNumber(
      action,
      `scenario.allocation[${index}].fromPeriod`,
      "later than the one before it",
      fromPeriod,
      (x) => x > before,
    );
    const stranger = Object.keys(weights).find((arm) => !names.includes(arm));
    if (stranger !== undefined)
      throw new RangeError(
        cannot(action, `scenario.allocation[${index}].weights`, `of the policy's arms (${names.join(", ")})`, stranger),
      );
    const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
    requireNumber(action, `the sum of scenario.allocation[${index}].weights`, "above 0", sum, (x) => x > 0);
  }
  for (const arm of names) {
    for (const field of fieldsOfPolicy(policy)) {
      const laws = Object.hasOwn(arms, arm) ? arms[arm] : undefined;
      const law = laws !== undefined && Object.hasOwn(laws, field) ? laws[field] : undefined;
      const path = `scenario.arms.${arm}.${field}`;
      if (law === undefined)
        throw new RangeError(`${cannot(action, path, "a law, because a metric reads the field", law)}. Add it`);
      if (law.kind === "share")
        requireNumber(action, `${path}.probability`, "from 0 to 1", law.probability, (x) => x >= 0 && x <= 1);
      else if (law.kind === "normal")
        requireNumber(action, `${path}.standardDeviation`, "0 or more", law.standardDeviation, (x) => x >= 0);
      else latencyLaw(action, law);
    }
  }
  if (drift !== undefined) requireNumber(action, "scenario.drift.periods", "above 0", drift.periods, (x) => x > 0);
  if (units === undefined) return;
  whole("scenario.units.requestsPerUnit", units.requestsPerUnit);
  requireNumber(action, "scenario.units.deviation", "0 or more", units.deviation, (x) => x >= 0);
}

/** What a scenario made from real data may change. */
export interface ResamplingOptions {
  /** Multiplies the treatment's values of a quantile field, or the odds of a share's failure; 1 where left out. */
  readonly effects?: Readonly<Record<string, number>>;
  readonly requestsPerPeriod: number;
  readonly periods: number;
  readonly allocation?: readonly ScenarioEpoch[];
}

/**
 * What would traffic like this control's be, with an effect put on the treatments?
 *
 * @param summary - real data, made for the policy's plan; the control's records are resampled for every arm.
 * @param options.effects - by field: factor on the treatments' latencies, or on their odds of failure.
 * @returns a scenario for `simulate`.
 * @throws {RangeError} when the control has no values of a field, or a mean is asked for (its law is not kept).
 */
export function scenarioFromSummary(summary: Summary, policy: Policy, options: ResamplingOptions): Scenario {
  const action = "make a scenario of the summary";
  const { effects = {}, requestsPerPeriod, periods, allocation } = options;
  const cells = summary.cells.filter(({ arm, segment }) => arm === policy.control && segment === null);
  const merged = mergeStatistics(
    summary.plan.statistics,
    cells.map(({ statistics }) => statistics),
  );
  const control: Record<string, FieldLaw> = {};
  const treated: Record<string, FieldLaw> = {};
  for (const metric of policy.metrics) {
    const plan = statisticFor(metric);
    const statistic = merged[statisticIndex(summary.plan, metric)];
    if (plan.kind === "comoments")
      throw new RangeError(cannot(action, `metric ${metric.name}`, "a share, a mean or a quantile", metric.kind));
    const factor = (Object.hasOwn(effects, plan.field) ? effects[plan.field] : undefined) ?? 1;
    requireNumber(action, `effects.${plan.field}`, "above 0", factor, (x) => x > 0);
    control[plan.field] = lawOf(action, plan.field, statistic, 1);
    treated[plan.field] = lawOf(action, plan.field, statistic, factor);
  }
  const arms = Object.fromEntries(
    [policy.control, ...policy.treatments].map((arm) => [arm, arm === policy.control ? control : treated]),
  );
  const weights = Object.fromEntries([policy.control, ...policy.treatments].map((arm) => [arm, 1]));
  return { requestsPerPeriod, periods, allocation: allocation ?? [{ fromPeriod: 0, weights }], arms };
}

function lawOf(action: string, field: string, statistic: Statistic | undefined, factor: number): FieldLaw {
  if (statistic?.kind === "count" && statistic.trials > 0) {
    const p = statistic.successes / statistic.trials;
    const odds = (factor * (1 - p)) / Math.max(p, Number.MIN_VALUE);
    return { kind: "share", probability: 1 / (1 + odds) };
  }
  if (statistic?.kind === "moments" && statistic.moments.count > 1)
    return {
      kind: "normal",
      mean: factor * statistic.moments.mean,
      standardDeviation: factor * Math.sqrt(statistic.moments.variance),
    };
  if (statistic?.kind === "sketch" && statistic.sketch.count > 0) {
    const bins = statistic.sketch.bins();
    const scaled = {
      lower: bins.lower.map((x) => x * factor),
      upper: bins.upper.map((x) => x * factor),
      count: bins.count,
    };
    return { kind: "pilot", histogram: { count: statistic.sketch.count, bins: () => scaled } };
  }
  throw new RangeError(
    cannot(
      action,
      `the control's ${field}`,
      "a field with values",
      isNotComputable(statistic) ? statistic.detail : null,
    ),
  );
}

/** A share whose odds of failure are multiplied. */
export function withFailureOdds(probability: number, factor: number): number {
  if (probability === 0 || probability === 1 || factor === 1) return probability;
  requireProbability("change the odds", "probability", probability);
  return probability / (probability + factor * (1 - probability));
}
