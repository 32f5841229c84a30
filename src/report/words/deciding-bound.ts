import type { ConfidenceBound, MetricAnalysis } from "../../analysis/analysis.ts";
import { isNotComputable } from "../../errors.ts";
import { formatEffect, formatLevel } from "./format.ts";

/**
 * The bound that decides about a metric, in words: "at worst +8.5 %, allowed +15.0 %". Of an established rollback rule
 * it is that of the rule, else that of the goal, and of a floor or ceiling.
 *
 * @returns an empty text for a metric that decides nothing, or whose bound is not known.
 */
export function decidingBound({ kind, goal, rules, limits }: MetricAnalysis, unit: string): string {
  const effect = (scale: "difference" | "ratio", value: number | null): string =>
    value === null ? "unbounded" : formatEffect(kind, scale, value, unit);
  const level = (value: number | null): string =>
    value === null ? "unbounded" : formatLevel({ kind, metric: "" }, value, unit);
  const known = ({ confidence }: { readonly confidence: ConfidenceBound | null }): ConfidenceBound | undefined =>
    confidence ?? undefined;
  const rule = rules.find(({ claim }) => !isNotComputable(claim) && claim.established);
  const ofRule = rule === undefined ? undefined : known(rule);
  if (rule !== undefined && ofRule !== undefined)
    return rule.kind === "level"
      ? `at best ${level(ofRule.value)}, rolls back ${rule.rule} ${level(rule.bound)}`
      : `at best ${effect(rule.kind, ofRule.value)}, rolls back beyond ${effect(rule.kind, rule.bound)}`;
  const parts: string[] = [];
  const ofGoal = goal === null ? undefined : known(goal);
  if (goal !== null && ofGoal !== undefined)
    parts.push(
      goal.goal === "superior"
        ? `at worst ${effect(goal.kind, ofGoal.value)}, must be better than the control`
        : `at worst ${effect(goal.kind, ofGoal.value)}, allowed ${effect(goal.kind, goal.bound)}`,
    );
  for (const limit of limits) {
    const ofLimit = known(limit);
    if (ofLimit !== undefined) parts.push(`at worst ${level(ofLimit.value)}, ${limit.limit} ${level(limit.bound)}`);
  }
  return parts.join("; ");
}
