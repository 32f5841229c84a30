import type { MetricAnalysis } from "../../analysis/analysis.ts";
import type { DecidedComparison, Decision } from "../../decision/decision.ts";
import type { Reason } from "../../decision/reasons.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { faultText } from "./fault-messages.ts";
import {
  formatAlpha,
  formatCount,
  formatDuration,
  formatEffect,
  formatLevel,
  formatNumber,
  formatPValue,
} from "./format.ts";
import { formatInstant } from "./instant.ts";
import { metricUnit } from "./metric-unit.ts";

/** One reason, in one sentence with its figures. */
export function reasonText(reason: Reason, comparison: DecidedComparison, decision: Decision, policy: Policy): string {
  const say = sentences[reason.code] as (reason: Reason, place: Place) => string;
  return say(reason, { comparison, decision, policy });
}

/** Where a reason's figures are found. */
interface Place {
  readonly comparison: DecidedComparison;
  readonly decision: Decision;
  readonly policy: Policy;
}

type Sentences = {
  readonly [Code in Reason["code"]]: (reason: Extract<Reason, { code: Code }>, place: Place) => string;
};

const sentences: Sentences = {
  "no-data-yet": ({ treatment }) => `${treatment} has no records yet; the others are decided without it`,
  "rollback-rule-established": ({ metric, rule }, place) => ruleSentence(metric, rule, place),
  "rule-not-computable": ({ metric, detail }) =>
    `the rollback rule of ${metric} can't be computed, so harm could not be seen: ${detail}`,
  "sample-ratio-mismatch": (_, { decision }) => {
    const { sampleRatio } = decision.checks;
    const p = isNotComputable(sampleRatio) ? "unknown" : formatPValue(sampleRatio.lnPValue);
    return `traffic was not split as planned (p = ${p}), so the arms can't be compared`;
  },
  "data-fault": ({ fault, treatment }, { decision }) => faultText(fault, treatment, decision.control),
  "goals-reached": ({ metrics }) => `every goal is established: ${metrics.join(", ")}`,
  "goal-not-reached": ({ metric }, place) => goalSentence(metric, place),
  "goal-ruled-out": ({ metric }, place) => ruledOutSentence(metric, place),
  "limit-not-shown": ({ metric, limit }, place) => limitSentence(metric, limit, place),
  "limit-ruled-out": ({ metric, limit }, place) => limitSentence(metric, limit, place),
  "goal-not-computable": ({ metric, detail }) => `${metric} can't be judged: ${detail}`,
  "minimum-sample-not-reached": ({ arm, records, minimum }) =>
    `${arm} has ${formatCount(records)} of the ${formatCount(minimum)} records needed before shipping`,
  "minimum-duration-not-reached": ({ hours, minimum }) =>
    `the data span ${hours === null ? "an unknown time" : formatDuration(hours)} of the ${formatDuration(minimum)} ` +
    "needed before shipping",
  "minimum-cycles-not-reached": ({ cycles, cycleHours, minimum }) =>
    `the data span ${cycles ?? 0} whole cycles of ${formatNumber(cycleHours)} hours, of the ${minimum} needed before ` +
    "shipping",
  "planned-look-not-reached": (_, { policy }) =>
    policy.monitoring.kind === "fixed"
      ? "the policy looks once, at the planned sample size or end, which is not reached"
      : "the first planned look is not reached",
  "end-reached": ({ what }) => `the ${endings[what]} is reached`,
};

const endings = {
  end: "planned end",
  "maximum-sample": "maximum sample size",
  "planned-look": "planned sample size",
} as const;

function metricOf(name: string, { comparison }: Place): MetricAnalysis | undefined {
  return comparison.metrics.find(({ metric }) => metric === name);
}

function ruleSentence(name: string, rule: "worse-by" | "below" | "above", place: Place): string {
  const metric = metricOf(name, place);
  const found = metric?.rules.find((one) => one.rule === rule);
  if (metric === undefined || found === undefined || isNotComputable(found.claim))
    return `${name} meets its rollback rule`;
  const unit = metricUnit(name, place.policy);
  const figures = `p = ${formatPValue(found.claim.lnPValue)}, alpha ${formatAlpha(found.claim.alpha)}`;
  const since = found.since === undefined ? "" : ` since ${formatInstant(found.since)}`;
  return found.kind === "level"
    ? `${name} is ${rule} ${formatLevel(metric, found.bound, unit)}${since} (${figures})`
    : `${name} is worse than ${formatEffect(metric.kind, found.kind, found.bound, unit)}${since} (${figures})`;
}

function goalSentence(name: string, place: Place): string {
  const metric = metricOf(name, place);
  const goal = metric?.goal;
  if (metric === undefined || goal === null || goal === undefined || isNotComputable(goal.claim))
    return `${name}: goal not established`;
  const unit = metricUnit(name, place.policy);
  const wanted =
    goal.goal === "superior"
      ? "better than the control"
      : `not worse than ${formatEffect(metric.kind, goal.kind, goal.bound, unit)}`;
  const figures = `p = ${formatPValue(goal.claim.lnPValue)}, alpha ${formatAlpha(goal.claim.alpha)}`;
  return `${name} is not yet shown to be ${wanted} (${figures})`;
}

function ruledOutSentence(name: string, place: Place): string {
  const metric = metricOf(name, place);
  const goal = metric?.goal;
  if (metric === undefined || goal === null || goal === undefined) return `${name}: goal ruled out`;
  const bound = formatEffect(metric.kind, goal.kind, goal.bound, metricUnit(name, place.policy));
  const shown = goal.goal === "superior" ? "no better than the control" : `worse than ${bound}`;
  return `${name} is shown to be ${shown}: its goal is ruled out, and more data won't change that`;
}

function limitSentence(name: string, limit: "floor" | "ceiling", place: Place): string {
  const metric = metricOf(name, place);
  const found = metric?.limits.find((one) => one.limit === limit);
  if (metric === undefined || found === undefined) return `${name}: ${limit} not shown to be kept`;
  const level = formatLevel(metric, found.bound, metricUnit(name, place.policy));
  const wanted = `${limit === "floor" ? "at least" : "at most"} ${level}`;
  if (found.ruledOut) return `${name} is shown not to be ${wanted}: its ${limit} is ruled out`;
  const figures = isNotComputable(found.claim)
    ? ""
    : ` (p = ${formatPValue(found.claim.lnPValue)}, alpha ${formatAlpha(found.claim.alpha)})`;
  return `${name} is not yet shown to be ${wanted}${figures}`;
}
