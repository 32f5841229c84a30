import { showValue, SummaryError } from "../errors.ts";
import type { LatencyOfFailures, Metric, Policy } from "../policy/policy.ts";
import { millisecondsPerHour } from "../time.ts";

/** What a summary keeps. Two summaries merge only when their plans are the same. */
export interface Plan {
  /** The arms, control first. */
  readonly arms: readonly string[];
  /** Records before this instant (milliseconds since 1970-01-01 UTC) are not part of the experiment. */
  readonly start: number | null;
  /** Records from this instant on are not part of the experiment. */
  readonly end: number | null;
  /** Length of a period in milliseconds. */
  readonly periodMs: number;
  /**
   * Instants at which the traffic allocation changed, ascending; epoch i begins at the i-th of them, epoch 0 before
   * all.
   */
  readonly epochStarts: readonly number[];
  /** Record fields by whose values the statistics are also kept separately. */
  readonly segments: readonly string[];
  /** Whether requests come in units; then statistics are also kept by unit, or by hashed bucket of units. */
  readonly units: boolean;
  /** Whether statistics are also kept by slice of time and by instance, to see how requests depend on each other. */
  readonly dependence: boolean;
  readonly latencyOfFailures: LatencyOfFailures;
  readonly statistics: readonly StatisticPlan[];
}

/** One statistic of a cell. */
export type StatisticPlan =
  /** Records with the field, and how many have it true. */
  | { readonly kind: "count"; readonly field: string }
  /** Records with the field, and how many have it above the threshold. */
  | { readonly kind: "count-above"; readonly field: string; readonly threshold: number }
  /** The distribution of the field. */
  | { readonly kind: "sketch"; readonly field: string; readonly scale: number }
  /** Count, mean and variance of the field. */
  | { readonly kind: "moments"; readonly field: string }
  /** The same of two fields, and their covariance. */
  | { readonly kind: "comoments"; readonly x: string; readonly y: string };

/** Resolution of the sketches: 7 places a value within 0.27 %. */
export const sketchScale = 7;

/** The statistics that a policy's analysis needs, and nothing more. */
export function planFor(policy: Policy): Plan {
  const epochs = (policy.allocation ?? []).map(({ from }) => from).filter((from) => from !== null);
  return {
    arms: [policy.control, ...policy.treatments],
    start: policy.start === null ? null : Date.parse(policy.start),
    end: policy.end === null ? null : Date.parse(policy.end),
    periodMs: policy.periodHours * millisecondsPerHour,
    epochStarts: epochs.map((from) => Date.parse(from)),
    segments: policy.segments,
    units: policy.unit !== null,
    dependence: policy.dependence === "detect",
    latencyOfFailures: policy.latencyOfFailures,
    statistics: distinct(policy.metrics.map(statisticFor)),
  };
}

/** The statistic that a metric is computed from. */
export function statisticFor(metric: Metric): StatisticPlan {
  switch (metric.kind) {
    case "proportion":
      return { kind: "count", field: metric.field };
    case "exceedance":
      return { kind: "count-above", field: metric.field, threshold: metric.threshold };
    case "quantile":
      return { kind: "sketch", field: metric.field, scale: sketchScale };
    case "mean":
      return { kind: "moments", field: metric.field };
    case "ratio":
      return { kind: "comoments", x: metric.numerator, y: metric.denominator };
    case "cost":
      return { kind: "comoments", x: metric.inputTokens, y: metric.outputTokens };
  }
}

/** The position of a metric's statistic in a plan; -1 when the plan does not keep it. */
export function statisticIndex(plan: Plan, metric: Metric): number {
  const wanted = JSON.stringify(statisticFor(metric));
  return plan.statistics.findIndex((statistic) => JSON.stringify(statistic) === wanted);
}

function distinct(statistics: readonly StatisticPlan[]): StatisticPlan[] {
  return [...new Map(statistics.map((statistic) => [JSON.stringify(statistic), statistic])).values()];
}

/** @throws {SummaryError} when two plans differ; it says in what. */
export function requireSamePlan(a: Plan, b: Plan): void {
  for (const key of Object.keys(a) as (keyof Plan)[]) {
    if (JSON.stringify(a[key]) === JSON.stringify(b[key])) continue;
    throw new SummaryError(
      `Cannot merge summaries: plan.${key} must be the same, current values are ${showValue(a[key])} and ` +
        `${showValue(b[key])}`,
      {
        code: "different-plans",
        field: `plan.${key}`,
        value: b[key],
        fix: "Summarize both with the same policy",
      },
    );
  }
}
