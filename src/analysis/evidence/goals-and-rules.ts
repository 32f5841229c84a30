import { isNotComputable } from "../../errors.ts";
import { effectAtMargin, effectKindOf } from "../../policy/margin.ts";
import type { Metric, Policy, RollbackRules } from "../../policy/policy.ts";
import { noEffect } from "../../stats/effect.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { GoalEvidence, LimitEvidence, RuleEvidence } from "../analysis.ts";
import type { ClaimEvaluator } from "./claim-evaluator.ts";

/** The scale an effect is shown on: that of the margin, or of the rule, or the usual one of the metric's kind. */
export function displayScale(metric: Metric): EffectKind {
  const distance = metric.margin ?? metric.rollbackWhen?.worseBy;
  if (distance !== undefined) return effectKindOf(distance);
  return metric.kind === "quantile" || metric.kind === "ratio" || metric.kind === "cost" ? "ratio" : "difference";
}

/** Shipping needs every goal at once, so only the number of treatments divides alpha. */
export function goalAlpha({ alpha, treatments, multiplicity }: Policy): number {
  return multiplicity === "none" ? alpha : alpha / treatments.length;
}

/** Any single rule rolls back, so the number of all rules and treatments divides alpha. */
export function ruleAlpha(policy: Policy): number {
  if (policy.multiplicity === "none") return policy.alpha;
  const rules = policy.metrics.reduce(
    (count, { rollbackWhen }) => count + Object.values(rollbackWhen ?? {}).filter((rule) => rule !== undefined).length,
    0,
  );
  return policy.alpha / (policy.treatments.length * Math.max(1, rules));
}

/** Evidence for the metric's goal. */
export function goalEvidence(metric: Metric, claims: ClaimEvaluator, policy: Policy): GoalEvidence | null {
  const { goal, margin, better } = metric;
  if (goal === undefined) return null;
  const kind = margin === undefined ? displayScale(metric) : effectKindOf(margin);
  const bound = margin === undefined ? noEffect(kind) : effectAtMargin(margin, better);
  const alpha = goalAlpha(policy);
  const opposite = claims.effect(kind, bound, better === "higher" ? "below" : "above", alpha);
  return {
    goal,
    bound,
    kind,
    claim: claims.effect(kind, bound, better === "higher" ? "above" : "below", alpha),
    ruledOut: !isNotComputable(opposite) && opposite.established,
    confidence: null,
  };
}

/** Evidence that the treatment's level keeps its floor or ceiling. */
export function limitEvidence({ floor, ceiling }: Metric, claims: ClaimEvaluator, policy: Policy): LimitEvidence[] {
  const alpha = goalAlpha(policy);
  const limits = [
    ["floor", floor],
    ["ceiling", ceiling],
  ] as const;
  return limits.flatMap(([limit, bound]) => {
    if (bound === undefined) return [];
    const opposite = claims.level(bound, limit === "floor" ? "below" : "above", alpha);
    return [
      {
        limit,
        bound,
        claim: claims.level(bound, limit === "floor" ? "above" : "below", alpha),
        ruledOut: !isNotComputable(opposite) && opposite.established,
        confidence: null,
      },
    ];
  });
}

/** Evidence for the metric's rollback rules. */
export function ruleEvidence(metric: Metric, claims: ClaimEvaluator, policy: Policy): RuleEvidence[] {
  const rules: RollbackRules = metric.rollbackWhen ?? {};
  const alpha = ruleAlpha(policy);
  const found: RuleEvidence[] = [];
  if (rules.worseBy !== undefined) {
    const kind = effectKindOf(rules.worseBy);
    const bound = effectAtMargin(rules.worseBy, metric.better);
    found.push({
      rule: "worse-by",
      bound,
      kind,
      claim: claims.effect(kind, bound, metric.better === "higher" ? "below" : "above", alpha),
      confidence: null,
    });
  }
  for (const side of ["below", "above"] as const) {
    const bound = rules[side];
    if (bound !== undefined)
      found.push({ rule: side, bound, kind: "level", claim: claims.level(bound, side, alpha), confidence: null });
  }
  return found;
}
