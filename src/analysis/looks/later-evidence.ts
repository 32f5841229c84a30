import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { LaterEvidence, MetricAnalysis } from "../analysis.ts";
import { analyzeMetric } from "../analyze-metric.ts";
import { armReader } from "../data/arm-reader.ts";
import { recordsByArm } from "../data/record-counts.ts";
import { summaryAfter } from "../data/summary-until.ts";
import type { ReachedLook } from "./planned-look.ts";

/**
 * What do the records after the final planned look establish on their own?
 *
 * They did not decide, and they may be looked at once only: each claim is held to the policy's alpha at one look.
 *
 * @returns empty before the final look, and when one of both arms has no later records.
 */
export function laterEvidence(
  summary: Summary,
  policy: Policy,
  treatment: string,
  look: ReachedLook | null,
): LaterEvidence[] {
  if (look === null || !look.final || look.until === null) return [];
  const later = summaryAfter(summary, look.until);
  const records = recordsByArm(later);
  if ((records[policy.control] ?? 0) === 0 || (records[treatment] ?? 0) === 0) return [];
  const read = armReader(later);
  const once: Policy = { ...policy, monitoring: { kind: "fixed" } };
  return policy.metrics
    .filter(({ role }) => role !== "secondary")
    .flatMap((metric) =>
      establishedOf(
        analyzeMetric(metric, once, read(metric, policy.control), read(metric, treatment), { claimsOnly: true }),
      ),
    );
}

function establishedOf({ metric, goal, rules }: MetricAnalysis): LaterEvidence[] {
  const found: LaterEvidence[] = [];
  if (rules.some(({ claim }) => !isNotComputable(claim) && claim.established))
    found.push({ metric, what: "rollback-rule" });
  if (goal !== null && !isNotComputable(goal.claim)) {
    if (goal.ruledOut) found.push({ metric, what: "goal-ruled-out" });
    else if (goal.claim.established) found.push({ metric, what: "goal-reached" });
  }
  return found;
}
