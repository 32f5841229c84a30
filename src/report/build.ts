import type { TrajectoryPoint } from "../analysis/trajectory.ts";
import type { DecidedComparison, DecidedMetric, Decision } from "../decision/decision.ts";
import { isNotComputable } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import { effectPicture } from "./pictures/effect-scale.ts";
import { picturesOf } from "./pictures/sequence.ts";
import type { ComparisonReport, MetricRow, Report } from "./report.ts";
import { comparedLines } from "./words/compared.ts";
import { decidingBound } from "./words/deciding-bound.ts";
import { faultText } from "./words/fault-messages.ts";
import { harmSentence, nextSentence } from "./words/forecast-messages.ts";
import {
  formatAlpha,
  formatCount,
  formatEffect,
  formatInterval,
  formatLevel,
  formatNumber,
  formatPValue,
} from "./words/format.ts";
import { headline } from "./words/headlines.ts";
import { differenceInWords } from "./words/in-words.ts";
import { formatInstant } from "./words/instant.ts";
import { metricUnit } from "./words/metric-unit.ts";
import { reasonText } from "./words/reason-messages.ts";
import { warningText } from "./words/warning-messages.ts";

/**
 * What would a person want to read of this decision?
 *
 * @param decision - from `decide`.
 * @param policy - the same policy; its fields tell the units.
 * @param points - from `trajectory`; with them the rows carry the effects by period.
 * @returns headline, reasons, one row per metric, checks and warnings, all as plain text.
 */
export function buildReport(decision: Decision, policy: Policy, points?: readonly TrajectoryPoint[]): Report {
  return {
    decision: decision.decision,
    comparisons: decision.comparisons.map((comparison) => comparisonReport(comparison, decision, policy, points)),
    promise: promiseOf(policy),
    checks: checksOf(decision),
    warnings: decision.warnings.filter(({ code }) => code !== "data-fault").map(warningText),
  };
}

function comparisonReport(
  comparison: DecidedComparison,
  decision: Decision,
  policy: Policy,
  points: readonly TrajectoryPoint[] | undefined,
): ComparisonReport {
  const { treatment } = comparison;
  return {
    decision: comparison.decision,
    control: decision.control,
    treatment,
    headline: headline(comparison, decision.control),
    because: [
      ...comparison.reasons.map((reason) => reasonText(reason, comparison, decision, policy)),
      ...dataLines(comparison, decision),
      ...contextOf(comparison, policy),
    ],
    rows: comparison.metrics.map((metric) => ({
      ...rowOf(metric, policy),
      sequence: points === undefined ? undefined : picturesOf(points, policy, treatment, metric.metric),
    })),
    compared: comparedLines(comparison.table, policy),
    next: nextSentence(comparison, policy),
  };
}

function rowOf(metric: DecidedMetric, policy: Policy): MetricRow {
  const { effect } = metric;
  const unit = metricUnit(metric.metric, policy);
  return {
    metric: metric.metric,
    control: formatLevel(metric, metric.control.value, unit),
    treatment: formatLevel(metric, metric.treatment.value, unit),
    effect: isNotComputable(effect) ? "not computable" : formatEffect(metric.kind, effect.kind, effect.estimate, unit),
    interval: isNotComputable(effect) ? effect.detail : formatInterval(metric.kind, effect.kind, effect.interval),
    decides: metric.role === "secondary" ? "" : decidingBound(metric, unit),
    verdict: verdictText(metric),
    picture: effectPicture(metric, policy),
  };
}

function verdictText({ verdict, role, goal, limits }: DecidedMetric): string {
  if (verdict.goal === "waiting" || verdict.rollbackRule === "waiting") return "not judged before the look";
  if (verdict.rollbackRule === "established") return "roll back";
  if (verdict.goal === "reached") return "goal reached";
  if (goal?.ruledOut === true || limits.some(({ ruledOut }) => ruledOut)) return "goal ruled out";
  if (verdict.rollbackRule === "suspected") return "harm suspected";
  if (verdict.goal === "not-computable") return "can't be judged";
  return role === "secondary" || verdict.goal === "none" ? "for information" : "not yet shown";
}

/** What else looks wrong in the data, beside what keeps from shipping: it stands above the table, as that does. */
function dataLines({ treatment, dataFaults = [] }: DecidedComparison, { control }: Decision): string[] {
  return dataFaults
    .filter(({ blocks }) => !blocks)
    .map((fault) => `look at the data: ${faultText(fault, treatment, control)}`);
}

/**
 * What else there is to know: in short what differs, what speaks against, and when suspected harm would be established.
 */
function contextOf(comparison: DecidedComparison, policy: Policy): string[] {
  const { against, harmForecast, decision } = comparison;
  const waiting = comparison.metrics.some(({ verdict }) => verdict.goal === "waiting");
  const differs = waiting ? undefined : differenceInWords(comparison, policy);
  return [
    ...(differs === undefined ? [] : [`in short: ${differs}`]),
    ...(against === null
      ? []
      : [
          `the strongest evidence against: ${against.metric} is ${against.direction} than the control (p = ` +
            `${formatPValue(against.lnPValue)})`,
        ]),
    ...(harmForecast === null || decision === "ship" ? [] : [harmSentence(harmForecast, policy)]),
  ];
}

function promiseOf({ alpha, monitoring, unit, guarantee, dependence }: Policy): string {
  const level = formatNumber(100 * (1 - alpha), 3);
  const when =
    monitoring.kind === "anytime"
      ? "at every look"
      : monitoring.kind === "fixed"
        ? "at the one planned look"
        : "at every planned look";
  if (guarantee === "exact")
    return (
      `Intervals in brackets hold with ${level} % confidence ${when} (exact for deciding metrics; requests are ` +
      "independent)."
    );
  const who =
    unit !== null
      ? `requests of one ${unit} may depend on each other`
      : dependence === "detect"
        ? "requests may depend on each other for a while"
        : "requests are independent";
  return `Intervals in brackets hold with ${level} % confidence ${when} (asymptotic; ${who}).`;
}

function checksOf({ control, comparisons, quality, checks: { sampleRatio, sampleSize } }: Decision): string[] {
  const ofControl = Math.max(0, ...comparisons.map(({ sample }) => sample.control));
  const records = [
    [control, ofControl] as const,
    ...comparisons.map((one) => [one.treatment, one.sample.treatment] as const),
  ]
    .map(([arm, count]) => `${arm} ${formatCount(count)}`)
    .join(", ");
  const later = comparisons.reduce((most, { sample }) => Math.max(most, sample.laterRecords), 0);
  const notCounted = later === 0 ? "" : `; ${formatCount(later)} came after the planned look and did not decide`;
  const reached = sampleSize.reachedMinimum
    ? "minimum reached"
    : `minimum ${formatCount(sampleSize.minimum)} per arm not reached`;
  const size = `records: ${records} (${reached})${notCounted}`;
  const time =
    quality.extent === null
      ? []
      : [`data: from ${formatInstant(quality.extent.first)} to ${formatInstant(quality.extent.last)}`];
  if (isNotComputable(sampleRatio)) return [size, ...time];
  return [
    size,
    ...time,
    `sample ratio: ${sampleRatio.mismatch ? "MISMATCH" : "as planned"} (p = ` +
      `${formatPValue(sampleRatio.lnPValue)}, alpha ${formatAlpha(sampleRatio.alpha)})`,
  ];
}
