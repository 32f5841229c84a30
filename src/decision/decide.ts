import type { Analysis, Comparison } from "../analysis/analysis.ts";
import type { Policy } from "../policy/policy.ts";
import { contraryEvidence } from "./contrary-evidence.ts";
import type { DecidedComparison, Decision, Verdict } from "./decision.ts";
import { harmForecast, shipForecast } from "./forecast.ts";
import { isBeforeLook, judge } from "./judge.ts";
import { decidedMetric } from "./metric-verdict.ts";
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
 * - `keep-running`: otherwise; also before a planned look, and while the treatment has no records yet.
 *
 * Each treatment is decided on its own: one without data, or with data that can't be used, changes nothing about the
 * others. The decision as a whole is the most urgent of the treatments that have data: rollback before invalid, ship,
 * keep-running and inconclusive.
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
  const withData = comparisons.filter(({ sample }) => sample.treatment > 0);
  const deciding = withData.length === 0 ? comparisons : withData;
  const decision = mostUrgent(deciding.map((comparison) => comparison.decision));
  return {
    specVersion: 1,
    decision,
    reasons: deciding.filter((comparison) => comparison.decision === decision).flatMap(({ reasons }) => reasons),
    control: analysis.control,
    comparisons,
    checks: analysis.checks,
    quality: analysis.quality,
    look: analysis.look,
    warnings: warningsOf(analysis, comparisons),
  };
}

const urgency: readonly Verdict[] = ["rollback", "invalid", "ship", "keep-running", "inconclusive"];

function mostUrgent(decisions: readonly Verdict[]): Verdict {
  return urgency.find((decision) => decisions.includes(decision)) ?? "invalid";
}

function decideComparison(comparison: Comparison, analysis: Analysis, policy: Policy): DecidedComparison {
  const { decision, reasons } = judge(comparison, analysis, policy);
  const beforeLook = isBeforeLook(comparison, analysis, policy);
  const open = decision === "keep-running" || decision === "inconclusive";
  return {
    ...comparison,
    decision,
    reasons,
    metrics: comparison.metrics.map((metric) => decidedMetric(metric, beforeLook)),
    forecast: open && !beforeLook ? shipForecast(comparison, analysis, policy) : null,
    harmForecast: decision === "rollback" || beforeLook ? null : harmForecast(comparison, analysis, policy),
    against: beforeLook ? null : contraryEvidence(comparison, decision, policy),
  };
}
