import type { Analysis, Comparison, MetricAnalysis } from "../analysis/analysis.ts";
import { isNotComputable } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { DecidedComparison, Decision, Forecast, MetricVerdict, Verdict } from "./decision.ts";
import type { Reason } from "./reasons.ts";
import { warningsOf } from "./warnings.ts";

/**
 * What should be done about each treatment?
 *
 * @param analysis - from `analyze`, of the same policy.
 * @param policy - what counts as good.
 * @returns the decision with coded reasons, most important first:
 * - `rollback`: a rollback rule is established; it waits for no minimum sample and goes before a mismatch.
 * - `invalid`: traffic was not split as planned.
 * - `ship`: every primary and guardrail goal is established, with the minimum sample and duration.
 * - `inconclusive`: the end is reached and neither is established.
 * - `keep-running`: otherwise.
 *
 * Guarantee under anytime monitoring: P(ever ship | a goal truly violated) <= alpha and P(ever roll back | no rule truly
 * met) <= alpha, as far as the methods' own guarantee goes. Under fixed monitoring the same for the one planned look.
 * @example
 * ```ts
 * decide(analyze(summary, policy), policy).decision; // "keep-running"
 * ```
 */
export function decide(analysis: Analysis, policy: Policy): Decision {
  const comparisons = analysis.comparisons.map((comparison) => decideComparison(comparison, analysis, policy));
  const decision = mostUrgent(comparisons.map((comparison) => comparison.decision));
  return {
    specVersion: 1,
    decision,
    reasons: comparisons.filter((comparison) => comparison.decision === decision).flatMap(({ reasons }) => reasons),
    control: analysis.control,
    comparisons,
    checks: analysis.checks,
    quality: analysis.quality,
    warnings: warningsOf(analysis),
  };
}

const urgency: readonly Verdict[] = ["rollback", "invalid", "ship", "keep-running", "inconclusive"];

function mostUrgent(decisions: readonly Verdict[]): Verdict {
  return urgency.find((decision) => decisions.includes(decision)) ?? "invalid";
}

function decideComparison(comparison: Comparison, analysis: Analysis, policy: Policy): DecidedComparison {
  const { decision, reasons } = judge(comparison, analysis, policy);
  return {
    treatment: comparison.treatment,
    decision,
    reasons,
    metrics: comparison.metrics.map((metric) => ({ ...metric, verdict: verdictOf(metric) })),
    forecast: decision === "keep-running" || decision === "inconclusive" ? forecastOf(comparison, analysis) : null,
  };
}

interface Judgement {
  readonly decision: Verdict;
  readonly reasons: readonly Reason[];
}

function judge(comparison: Comparison, analysis: Analysis, policy: Policy): Judgement {
  const { sampleRatio, sampleSize } = analysis.checks;
  const fixed = policy.monitoring.kind === "fixed";
  const ended = endOf(analysis, fixed);
  if (fixed && ended === undefined) return { decision: "keep-running", reasons: [{ code: "planned-look-not-reached" }, ...shortfalls(analysis, comparison)] };
  const rules = establishedRules(comparison);
  const mismatch: readonly Reason[] = !isNotComputable(sampleRatio) && sampleRatio.mismatch ? [{ code: "sample-ratio-mismatch" }] : [];
  if (rules.length > 0) return { decision: "rollback", reasons: [...rules, ...mismatch] };
  if (mismatch.length > 0) return { decision: "invalid", reasons: mismatch };
  const missed = missedGoals(comparison);
  if (missed.length === 0 && sampleSize.reachedMinimum) {
    return { decision: "ship", reasons: [{ code: "goals-reached", treatment: comparison.treatment, metrics: comparison.metrics.filter(decides).map(({ metric }) => metric) }] };
  }
  const reasons = [...missed, ...shortfalls(analysis, comparison)];
  if (ended !== undefined) return { decision: "inconclusive", reasons: [...reasons, { code: "end-reached", what: ended }] };
  return { decision: "keep-running", reasons };
}

/** What has ended the experiment, if anything. */
function endOf({ checks: { sampleSize } }: Analysis, fixed: boolean): "end" | "maximum-sample" | "planned-look" | undefined {
  if (sampleSize.reachedEnd) return "end";
  if (sampleSize.reachedMaximum) return "maximum-sample";
  return fixed && sampleSize.reachedMinimum ? "planned-look" : undefined;
}

function decides({ role }: MetricAnalysis): boolean {
  return role !== "secondary";
}

function establishedRules({ treatment, metrics }: Comparison): Reason[] {
  return metrics.flatMap(({ metric, rules }) =>
    rules
      .filter(({ claim }) => !isNotComputable(claim) && claim.established)
      .map(({ rule }): Reason => ({ code: "rollback-rule-established", metric, treatment, rule })),
  );
}

function missedGoals({ treatment, metrics }: Comparison): Reason[] {
  return metrics.filter(decides).flatMap(({ metric, goal }): Reason[] => {
    if (goal === null) return [];
    const { claim } = goal;
    if (isNotComputable(claim)) return [{ code: "goal-not-computable", metric, treatment, reason: claim.reason, detail: claim.detail }];
    return claim.established ? [] : [{ code: "goal-not-reached", metric, treatment }];
  });
}

function shortfalls({ control, checks: { sampleSize } }: Analysis, { treatment }: Comparison): Reason[] {
  const { records, minimum, hours, minimumHours } = sampleSize;
  const short = [control, treatment]
    .filter((arm) => (records[arm] ?? 0) < minimum)
    .map((arm): Reason => ({ code: "minimum-sample-not-reached", arm, records: records[arm] ?? 0, minimum }));
  const brief = minimumHours > 0 && (hours === null || hours < minimumHours);
  return brief ? [...short, { code: "minimum-duration-not-reached", hours, minimum: minimumHours }] : short;
}

function verdictOf({ goal, rules }: MetricAnalysis): MetricVerdict {
  const claims = rules.map(({ claim }) => (isNotComputable(claim) ? "not-computable" : claim.established ? "established" : claim.suspected ? "suspected" : "not-established"));
  const order = ["established", "suspected", "not-computable", "not-established"] as const;
  return {
    goal: goal === null ? "none" : isNotComputable(goal.claim) ? "not-computable" : goal.claim.established ? "reached" : "not-reached",
    rollbackRule: order.find((state) => claims.includes(state)) ?? "none",
  };
}

/** The slowest goal sets the pace; a goal whose estimate lies on the wrong side is never reached by waiting. */
function forecastOf({ treatment, metrics }: Comparison, { control, checks: { sampleSize } }: Analysis): Forecast | null {
  const growths = metrics.filter(decides).flatMap(({ goal }) => (goal === null ? [] : [isNotComputable(goal.claim) ? null : goal.claim.neededGrowth]));
  if (growths.includes(null)) return null;
  const { records, minimum, hours } = sampleSize;
  const counts = [control, treatment].map((arm) => records[arm] ?? 0);
  const toMinimum = Math.max(...counts.map((count) => (count === 0 ? Number.POSITIVE_INFINITY : minimum / count)));
  const growth = Math.max(1, toMinimum, ...(growths as number[]));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!Number.isFinite(growth * total)) return null;
  return { records: Math.ceil(growth * total), hours: hours === null ? null : (growth - 1) * hours };
}
