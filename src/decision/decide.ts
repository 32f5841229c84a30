import type { Analysis, Comparison, MetricAnalysis } from "../analysis/analysis.ts";
import { isNotComputable, type NotComputable, type NotComputableReason } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import { contraryEvidence } from "./contrary-evidence.ts";
import type { DecidedComparison, Decision, MetricVerdict, Verdict } from "./decision.ts";
import { harmForecast, shipForecast } from "./forecast.ts";
import type { Reason } from "./reasons.ts";
import { warningsOf } from "./warnings.ts";

/**
 * What should be done about each treatment?
 *
 * @param analysis - from `analyze`, of the same policy.
 * @param policy - what counts as good.
 * @returns the decision with coded reasons, most important first:
 * - `rollback`: a rollback rule is established; it waits for no minimum sample and goes before a mismatch.
 * - `invalid`: traffic was not split as planned, or a goal asks for what the data can't give.
 * - `ship`: every primary and guardrail goal is established, with the minimum sample, duration and cycles.
 * - `inconclusive`: the end is reached and neither is established.
 * - `keep-running`: otherwise.
 *
 * Guarantee under anytime monitoring: P(ever ship | a goal truly violated) <= alpha and P(ever roll back | no rule
 * truly met) <= alpha, as far as the methods' own guarantee goes. Under fixed and group-sequential monitoring the same
 * for the planned looks.
 *
 * The first `ship` or `rollback` stands: act on it, and stop looking. This function sees one look only, so the same
 * experiment looked at later may read `keep-running` again when evidence that had crossed its threshold falls back.
 * That takes nothing back: the guarantee is about ever crossing. A caller that goes on collecting keeps the earlier
 * verdict; it must not wait for a second look to confirm it.
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
    look: analysis.look,
    warnings: warningsOf(analysis),
  };
}

const urgency: readonly Verdict[] = ["rollback", "invalid", "ship", "keep-running", "inconclusive"];

function mostUrgent(decisions: readonly Verdict[]): Verdict {
  return urgency.find((decision) => decisions.includes(decision)) ?? "invalid";
}

function decideComparison(comparison: Comparison, analysis: Analysis, policy: Policy): DecidedComparison {
  const { decision, reasons } = judge(comparison, analysis, policy);
  const open = decision === "keep-running" || decision === "inconclusive";
  return {
    ...comparison,
    decision,
    reasons,
    metrics: comparison.metrics.map((metric) => ({ ...metric, verdict: verdictOf(metric) })),
    forecast: open ? shipForecast(comparison, analysis, policy) : null,
    harmForecast: decision === "rollback" ? null : harmForecast(comparison, analysis, policy),
    against: contraryEvidence(comparison, decision, policy),
  };
}

interface Judgement {
  readonly decision: Verdict;
  readonly reasons: readonly Reason[];
}

function judge(comparison: Comparison, analysis: Analysis, policy: Policy): Judgement {
  const { sampleRatio, sampleSize } = analysis.checks;
  const { kind } = policy.monitoring;
  const ended = endOf(analysis, policy);
  const early = kind === "fixed" ? ended === undefined : kind === "group-sequential" && analysis.look === null;
  if (early)
    return {
      decision: "keep-running",
      reasons: [{ code: "planned-look-not-reached" }, ...shortfalls(analysis, comparison)],
    };
  const rules = establishedRules(comparison);
  const mismatch: readonly Reason[] =
    !isNotComputable(sampleRatio) && sampleRatio.mismatch ? [{ code: "sample-ratio-mismatch" }] : [];
  if (rules.length > 0) return { decision: "rollback", reasons: [...rules, ...mismatch] };
  if (mismatch.length > 0) return { decision: "invalid", reasons: mismatch };
  const missed = missedGoals(comparison);
  const unusable = missed.filter(
    (reason) => reason.code === "goal-not-computable" && cannotBeHonoured(reason.reason, sampleSize.reachedMinimum),
  );
  if (unusable.length > 0) return { decision: "invalid", reasons: unusable };
  const short = shortfalls(analysis, comparison);
  if (missed.length === 0 && short.length === 0 && sampleSize.reachedMinimum) {
    return {
      decision: "ship",
      reasons: [
        {
          code: "goals-reached",
          treatment: comparison.treatment,
          metrics: comparison.metrics.filter(decides).map(({ metric }) => metric),
        },
      ],
    };
  }
  const reasons = [...missed, ...short];
  if (ended !== undefined)
    return { decision: "inconclusive", reasons: [...reasons, { code: "end-reached", what: ended }] };
  return { decision: "keep-running", reasons };
}

/** What has ended the experiment, if anything. */
function endOf(
  { checks: { sampleSize }, look }: Analysis,
  { monitoring }: Policy,
): "end" | "maximum-sample" | "planned-look" | undefined {
  if (sampleSize.reachedEnd) return "end";
  if (monitoring.kind === "group-sequential") return look?.final === true ? "planned-look" : undefined;
  if (sampleSize.reachedMaximum) return "maximum-sample";
  return monitoring.kind === "fixed" && sampleSize.reachedMinimum ? "planned-look" : undefined;
}

/** A goal that the data can't answer, however many there will be: the policy asks for what it can't get. */
function cannotBeHonoured(reason: NotComputableReason, reachedMinimum: boolean): boolean {
  return reason === "method-does-not-apply" || (reason === "no-data" && reachedMinimum);
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

/** Goals and limits that are not established; those that never will be come first. */
function missedGoals({ treatment, metrics }: Comparison): Reason[] {
  const missed = metrics.filter(decides).flatMap(({ metric, goal, limits }): Reason[] => {
    const unknown = (claim: NotComputable): Reason => ({
      code: "goal-not-computable",
      metric,
      treatment,
      reason: claim.reason,
      detail: claim.detail,
    });
    const ofLimits = limits.flatMap(({ limit, claim, ruledOut }): Reason[] => {
      if (isNotComputable(claim)) return [unknown(claim)];
      return claim.established
        ? []
        : [{ code: ruledOut ? "limit-ruled-out" : "limit-not-shown", metric, treatment, limit }];
    });
    if (goal === null || (!isNotComputable(goal.claim) && goal.claim.established)) return ofLimits;
    if (isNotComputable(goal.claim)) return [unknown(goal.claim), ...ofLimits];
    return [{ code: goal.ruledOut ? "goal-ruled-out" : "goal-not-reached", metric, treatment }, ...ofLimits];
  });
  const never = ({ code }: Reason): boolean => code === "goal-ruled-out" || code === "limit-ruled-out";
  return [...missed.filter(never), ...missed.filter((reason) => !never(reason))];
}

function shortfalls({ control, checks: { sampleSize, coverage } }: Analysis, { treatment }: Comparison): Reason[] {
  const { records, minimum, hours, minimumHours } = sampleSize;
  const short: Reason[] = [control, treatment]
    .filter((arm) => (records[arm] ?? 0) < minimum)
    .map((arm) => ({ code: "minimum-sample-not-reached", arm, records: records[arm] ?? 0, minimum }));
  if (minimumHours > 0 && (hours === null || hours < minimumHours))
    short.push({ code: "minimum-duration-not-reached", hours, minimum: minimumHours });
  if (coverage !== null && coverage.wholeCycles < coverage.minimumCycles) {
    short.push({
      code: "minimum-cycles-not-reached",
      cycles: coverage.wholeCycles,
      minimum: coverage.minimumCycles,
      cycleHours: coverage.cycleHours,
    });
  }
  return short;
}

function verdictOf({ goal, limits, rules }: MetricAnalysis): MetricVerdict {
  const claims = rules.map(({ claim }) =>
    isNotComputable(claim)
      ? "not-computable"
      : claim.established
        ? "established"
        : claim.suspected
          ? "suspected"
          : "not-established",
  );
  const order = ["established", "suspected", "not-computable", "not-established"] as const;
  const wanted = [...(goal === null ? [] : [goal]), ...limits].map(({ claim }) =>
    isNotComputable(claim) ? "not-computable" : claim.established ? "reached" : "not-reached",
  );
  const worst = ["not-computable", "not-reached", "reached"] as const;
  return {
    goal: worst.find((state) => wanted.includes(state)) ?? "none",
    rollbackRule: order.find((state) => claims.includes(state)) ?? "none",
  };
}
