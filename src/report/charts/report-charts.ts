import type { TrajectoryPoint } from "../../analysis/trajectory.ts";
import type { Decision } from "../../decision/decision.ts";
import type { Policy, QuantileMetric } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import { distributionChart } from "./distribution.ts";
import { effectsChart } from "./effects.ts";
import { quantileDifferenceChart } from "./quantile-difference.ts";
import { rateChart } from "./rate.ts";
import { sampleRatioChart } from "./sample-ratio.ts";
import { sequenceChart } from "./sequence.ts";
import type { ChartOptions, ChartSpec } from "./spec.ts";

/**
 * What a report is made from. With the decision alone it has one chart; the summary and its trajectory bring the
 * others.
 */
export interface ReportInput {
  readonly decision: Decision;
  readonly policy: Policy;
  readonly summary?: Summary | undefined;
  /** From `trajectory(summary, policy)`. */
  readonly points?: readonly TrajectoryPoint[] | undefined;
}

/**
 * Which charts tell the story of this decision?
 *
 * @returns Vega-Lite specifications in reading order: the effects, how each deciding metric's interval closed in, the
 * distributions and their differences, success rates by period, and, when the policy says how traffic is to be split,
 * the sample ratio.
 * @example
 * ```ts
 * const specs = reportCharts({ decision, policy, summary, points: trajectory(summary, policy) });
 * ```
 */
export function reportCharts(
  { decision, policy, summary, points }: ReportInput,
  options: ChartOptions = {},
): ChartSpec[] {
  const deciding = policy.metrics.filter(({ role }) => role !== "secondary");
  const charts = [effectsChart(decision, policy, options)];
  if (points !== undefined)
    charts.push(
      ...policy.treatments.flatMap((treatment) =>
        deciding.map(({ name }) => sequenceChart(points, policy, treatment, name, options)),
      ),
    );
  if (summary !== undefined) {
    for (const metric of distinctFields(policy)) {
      charts.push(distributionChart(summary, metric, options));
      charts.push(
        ...policy.treatments.map((treatment) => quantileDifferenceChart(summary, policy, metric, treatment, options)),
      );
    }
    for (const metric of policy.metrics)
      if (metric.kind === "proportion" || metric.kind === "exceedance")
        charts.push(rateChart(summary, metric, options));
  }
  if (points !== undefined && policy.allocation !== null) charts.push(sampleRatioChart(points, policy, options));
  return charts;
}

/** The first quantile metric of each field. */
function distinctFields(policy: Policy): QuantileMetric[] {
  const byField = new Map<string, QuantileMetric>();
  for (const metric of policy.metrics)
    if (metric.kind === "quantile" && !byField.has(metric.field)) byField.set(metric.field, metric);
  return [...byField.values()];
}
