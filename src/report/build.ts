import type { DecidedComparison, DecidedMetric, Decision } from "../decision/decision.ts";
import { isNotComputable } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import { formatAlpha, formatCount, formatEffect, formatInterval, formatLevel, formatNumber, formatPValue } from "./format.ts";
import { headline, metricUnit, reasonText, warningText } from "./messages.ts";
import type { ComparisonReport, MetricRow, Report } from "./report.ts";

/**
 * What would a person want to read of this decision?
 *
 * @param decision - from `decide`.
 * @param policy - the same policy; its fields tell the units.
 * @returns headline, reasons, one row per metric, checks and warnings, all as plain text.
 */
export function buildReport(decision: Decision, policy: Policy): Report {
  return {
    decision: decision.decision,
    comparisons: decision.comparisons.map((comparison) => comparisonReport(comparison, decision, policy)),
    promise: promiseOf(policy),
    checks: checksOf(decision),
    warnings: decision.warnings.map(warningText),
  };
}

function comparisonReport(comparison: DecidedComparison, decision: Decision, policy: Policy): ComparisonReport {
  const { treatment, forecast } = comparison;
  return {
    decision: comparison.decision,
    control: decision.control,
    treatment,
    headline: headline(comparison.decision, decision.control, treatment),
    because: comparison.reasons.map((reason) => reasonText(reason, comparison, decision, policy)),
    rows: comparison.metrics.map((metric) => rowOf(metric, metricUnit(metric.metric, policy))),
    next: forecast === null ? undefined : `if the estimates stay as they are, every goal is established at about ${formatCount(forecast.records)} records of both arms${forecast.hours === null ? "" : `, in ${formatNumber(forecast.hours, 3)} hours`}`,
  };
}

function rowOf(metric: DecidedMetric, unit: string): MetricRow {
  const { effect } = metric;
  return {
    metric: metric.metric,
    control: formatLevel(metric, metric.control.value, unit),
    treatment: formatLevel(metric, metric.treatment.value, unit),
    effect: isNotComputable(effect) ? "not computable" : formatEffect(metric.kind, effect.kind, effect.estimate, unit),
    interval: isNotComputable(effect) ? effect.detail : formatInterval(metric.kind, effect.kind, effect.interval),
    verdict: verdictText(metric),
  };
}

function verdictText({ verdict, role }: DecidedMetric): string {
  if (verdict.rollbackRule === "established") return "roll back";
  if (verdict.goal === "reached") return "goal reached";
  if (verdict.rollbackRule === "suspected") return "harm suspected";
  if (verdict.goal === "not-computable") return "can't be judged";
  return role === "secondary" || verdict.goal === "none" ? "for information" : "not yet shown";
}

function promiseOf({ alpha, monitoring, unit }: Policy): string {
  const level = formatNumber(100 * (1 - alpha), 3);
  const when = monitoring.kind === "anytime" ? "at every look" : "at the one planned look";
  const who = unit === null ? "requests are independent" : `requests of one ${unit} may depend on each other`;
  return `Intervals in brackets hold with ${level} % confidence ${when} (asymptotic; ${who}).`;
}

function checksOf({ checks: { sampleRatio, sampleSize } }: Decision): string[] {
  const records = Object.entries(sampleSize.records).map(([arm, count]) => `${arm} ${formatCount(count)}`).join(", ");
  const reached = sampleSize.reachedMinimum ? "minimum reached" : `minimum ${formatCount(sampleSize.minimum)} per arm not reached`;
  const size = `records: ${records} (${reached})`;
  if (isNotComputable(sampleRatio)) return [size];
  return [size, `sample ratio: ${sampleRatio.mismatch ? "MISMATCH" : "as planned"} (p = ${formatPValue(sampleRatio.lnPValue)}, alpha ${formatAlpha(sampleRatio.alpha)})`];
}
