import type { Comparison, MetricAnalysis } from "../analysis/analysis.ts";
import { isNotComputable } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { ContraryEvidence, Verdict } from "./decision.ts";

/** Whether a metric's estimate is better or worse than the control; `null` when it is neither or can't be told. */
function directionOf({ effect, better }: Pick<MetricAnalysis, "effect" | "better">): "better" | "worse" | null {
  if (isNotComputable(effect)) return null;
  const none = effect.kind === "difference" ? 0 : 1;
  if (effect.estimate === none) return null;
  return effect.estimate > none === (better === "higher") ? "better" : "worse";
}

/**
 * What points the other way: improvements where it rolls back, worsenings elsewhere. The strongest, if its p-value is
 * below 1.
 */
export function contraryEvidence(
  { metrics }: Comparison,
  decision: Verdict,
  { monitoring }: Policy,
): ContraryEvidence | null {
  const direction = decision === "rollback" ? "better" : "worse";
  const found = metrics.flatMap((metric): ContraryEvidence[] => {
    const evidence = monitoring.kind === "anytime" ? metric.anytime : metric.fixedHorizon;
    if (isNotComputable(evidence) || evidence.lnPValue >= 0 || directionOf(metric) !== direction) return [];
    return [{ metric: metric.metric, direction, lnPValue: evidence.lnPValue, pValue: evidence.pValue }];
  });
  return found.sort((a, b) => a.lnPValue - b.lnPValue)[0] ?? null;
}
