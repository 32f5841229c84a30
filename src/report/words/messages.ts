import type { DecidedComparison, Decision, Verdict } from "../../decision/decision.ts";
import type { Reason, Warning } from "../../decision/reasons.ts";
import { isNotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import type { EffectKind } from "../../stats/effect.ts";
import { findingText } from "./finding-messages.ts";
import {
  formatAlpha,
  formatCount,
  formatDuration,
  formatEffect,
  formatLevel,
  formatNumber,
  formatPValue,
  unitOf,
} from "./format.ts";

/** What a decision asks for, in one sentence. */
export function headline(decision: Verdict, control: string, treatment: string): string {
  switch (decision) {
    case "ship":
      return `SHIP ${treatment}: it may replace ${control}.`;
    case "rollback":
      return `ROLL BACK ${treatment}: harm against the policy is established.`;
    case "keep-running":
      return `KEEP RUNNING ${treatment}: nothing is established yet.`;
    case "inconclusive":
      return `INCONCLUSIVE for ${treatment}: the end is reached and nothing is established.`;
    case "invalid":
      return `INVALID: the data can't be used to judge ${treatment}.`;
  }
}

/** One reason, in one sentence with its figures. */
export function reasonText(reason: Reason, comparison: DecidedComparison, decision: Decision, policy: Policy): string {
  switch (reason.code) {
    case "rollback-rule-established":
      return ruleText(reason.metric, reason.rule, comparison, policy);
    case "sample-ratio-mismatch": {
      const { sampleRatio } = decision.checks;
      return (
        "traffic was not split as planned (p = " +
        `${isNotComputable(sampleRatio) ? "unknown" : formatPValue(sampleRatio.lnPValue)}), so the arms can't be ` +
        "compared"
      );
    }
    case "goals-reached":
      return `every goal is established: ${reason.metrics.join(", ")}`;
    case "goal-not-reached":
      return goalText(reason.metric, comparison, policy);
    case "goal-ruled-out":
      return ruledOutText(reason.metric, comparison, policy);
    case "limit-not-shown":
    case "limit-ruled-out":
      return limitText(reason.metric, reason.limit, comparison, policy);
    case "goal-not-computable":
      return `${reason.metric} can't be judged: ${reason.detail}`;
    case "minimum-sample-not-reached":
      return (
        `${reason.arm} has ${formatCount(reason.records)} of the ${formatCount(reason.minimum)} records needed ` +
        "before shipping"
      );
    case "minimum-duration-not-reached":
      return (
        `the data span ${reason.hours === null ? "an unknown time" : formatDuration(reason.hours)} of the ` +
        `${formatDuration(reason.minimum)} needed before shipping`
      );
    case "minimum-cycles-not-reached":
      return (
        `the data span ${reason.cycles ?? 0} whole cycles of ${formatNumber(reason.cycleHours)} hours, of the ` +
        `${reason.minimum} needed before shipping`
      );
    case "planned-look-not-reached":
      return policy.monitoring.kind === "fixed"
        ? "the policy looks once, at the planned sample size or end, which is not reached"
        : "the first planned look is not reached";
    case "end-reached":
      return reason.what === "end"
        ? "the planned end is reached"
        : reason.what === "maximum-sample"
          ? "the maximum sample size is reached"
          : "the planned sample size is reached";
  }
}

/** One warning, in one sentence. */
export function warningText(warning: Warning): string {
  switch (warning.code) {
    case "harm-suspected":
      return (
        `${warning.metric}: ${warning.treatment} may meet the rollback rule (p = ` +
        `${formatPValue(Math.log(warning.pValue))}), which is not established yet`
      );
    case "quantile-unbounded":
      return (
        `${warning.metric}: ${formatCount(warning.records)} records of ${warning.arm} can't bound the quantile; ` +
        `about ${formatCount(warning.needed)} are needed`
      );
    case "latency-of-failures-matters":
      return `${warning.metric}: failed requests (${Object.entries(warning.failures)
        .map(([arm, count]) => `${arm} ${formatCount(count)}`)
        .join(
          ", ",
        )}) make a difference: counted as slower than all others they would change ${warning.changes.map((what) => (what === "goal" ? "whether the goal is established" : "whether the rollback rule is")).join(" and ")}; see latencyOfFailures`;
    case "segment-harmed":
      return (
        `${warning.metric}: ${warning.treatment} is worse where ${warning.field} is ${warning.value} ` +
        `(${formatRelative(warning.estimate, warning.kind)}, adjusted p = ` +
        `${formatPValue(Math.log(warning.adjustedPValue))})${warning.overall === "better" ? ", although better on average" : ""}`
      );
    case "segments-differ":
      return (
        `${warning.metric}: the effect of ${warning.treatment} differs by ${warning.field} (p = ` +
        `${formatPValue(Math.log(warning.pValue))} at this look)`
      );
    case "effect-drifts":
      return (
        `${warning.metric}: the effect of ${warning.treatment} is ${warning.direction} over time, from ` +
        `${formatRelative(warning.first, warning.kind)} to ${formatRelative(warning.last, warning.kind)} (p = ` +
        `${formatPValue(Math.log(warning.pValue))} at this look)`
      );
    case "cycle-not-covered":
      return (
        `the data cover ${warning.covered} of the ${warning.slots} periods of a cycle of ` +
        `${formatNumber(warning.cycleHours)} hours; other times may behave differently`
      );
    case "failures-with-zero-latency":
      return (
        `${warning.arm}: ${formatCount(warning.zeroLatency)} of ${formatCount(warning.failures)} failed requests ` +
        "carry latency 0, which makes the arm look faster; see latencyOfFailures"
      );
    case "sample-ratio-not-checked":
      return `the sample ratio was not checked: ${warning.detail}`;
    case "missing-values":
      return `${warning.metric}: ${formatCount(warning.count)} records of ${warning.arm} have no value`;
    case "rejected-rows":
      return `${formatCount(warning.count)} of ${formatCount(warning.rows)} rows were rejected`;
    case "other-arms-left-out":
      return `records of arms that the policy does not name were left out: ${Object.entries(warning.arms)
        .map(([arm, count]) => `${arm} (${formatCount(count)})`)
        .join(", ")}`;
    case "outside-window":
      return `${formatCount(warning.count)} records lie outside the experiment's start and end and were left out`;
    default:
      return findingText(warning);
  }
}

function ruleText(
  name: string,
  rule: "worse-by" | "below" | "above",
  comparison: DecidedComparison,
  policy: Policy,
): string {
  const metric = comparison.metrics.find((one) => one.metric === name);
  const found = metric?.rules.find((one) => one.rule === rule);
  if (metric === undefined || found === undefined || isNotComputable(found.claim))
    return `${name} meets its rollback rule`;
  const unit = metricUnit(name, policy);
  const p = `p = ${formatPValue(found.claim.lnPValue)}`;
  if (found.kind === "level")
    return (
      `${name} is ${rule} ${formatLevel(metric, found.bound, unit)} (${p}, alpha ` +
      `${formatAlpha(found.claim.alpha)})`
    );
  return (
    `${name} is worse than ${formatEffect(metric.kind, found.kind, found.bound, unit)} (${p}, alpha ` +
    `${formatAlpha(found.claim.alpha)})`
  );
}

function goalText(name: string, comparison: DecidedComparison, policy: Policy): string {
  const metric = comparison.metrics.find((one) => one.metric === name);
  const goal = metric?.goal;
  if (metric === undefined || goal === null || goal === undefined || isNotComputable(goal.claim))
    return `${name}: goal not established`;
  const unit = metricUnit(name, policy);
  const wanted =
    goal.goal === "superior"
      ? "better than the control"
      : `not worse than ${formatEffect(metric.kind, goal.kind, goal.bound, unit)}`;
  return (
    `${name} is not yet shown to be ${wanted} (p = ${formatPValue(goal.claim.lnPValue)}, alpha ` +
    `${formatAlpha(goal.claim.alpha)})`
  );
}

function ruledOutText(name: string, comparison: DecidedComparison, policy: Policy): string {
  const metric = comparison.metrics.find((one) => one.metric === name);
  const goal = metric?.goal;
  if (metric === undefined || goal === null || goal === undefined) return `${name}: goal ruled out`;
  const bound = formatEffect(metric.kind, goal.kind, goal.bound, metricUnit(name, policy));
  return (
    `${name} is shown to be ${goal.goal === "superior" ? "no better than the control" : `worse than ${bound}`}: ` +
    "its goal is ruled out, and more data won't change that"
  );
}

function limitText(name: string, limit: "floor" | "ceiling", comparison: DecidedComparison, policy: Policy): string {
  const metric = comparison.metrics.find((one) => one.metric === name);
  const found = metric?.limits.find((one) => one.limit === limit);
  if (metric === undefined || found === undefined) return `${name}: ${limit} not shown to be kept`;
  const wanted = `${limit === "floor" ? "at least" : "at most"} ${formatLevel(metric, found.bound, metricUnit(name, policy))}`;
  if (found.ruledOut) return `${name} is shown not to be ${wanted}: its ${limit} is ruled out`;
  return (
    `${name} is not yet shown to be ` +
    `${wanted}${isNotComputable(found.claim) ? "" : ` (p = ${formatPValue(found.claim.lnPValue)}, alpha ${formatAlpha(found.claim.alpha)})`}`
  );
}

/** An effect without its unit: percent for a ratio, the plain difference otherwise. */
function formatRelative(effect: number, kind: EffectKind): string {
  const value = kind === "ratio" ? 100 * (effect - 1) : effect;
  return `${value > 0 ? "+" : value < 0 ? "-" : ""}${formatNumber(Math.abs(value), 3)}${kind === "ratio" ? " %" : ""}`;
}

/** The unit of a metric's values. */
export function metricUnit(name: string, policy: Policy): string {
  const metric: Metric | undefined = policy.metrics.find((one) => one.name === name);
  if (metric === undefined || metric.kind === "ratio") return "";
  return metric.kind === "cost" ? "USD" : unitOf(metric.field);
}
