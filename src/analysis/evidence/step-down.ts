import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import type { ClaimEvidence, Comparison } from "../analysis.ts";
import type { Claim } from "./claim.ts";

/**
 * Steps the levels of rules and goals down as Holm's method does: once the strongest claim is established, the others
 * share alpha among fewer. Valid at every look, because each claim's p-value is.
 *
 * Source: S. Holm 1979, Scand. J. Statist. 6, 65-70.
 */
export function stepDown(comparisons: readonly Comparison[], policy: Policy): readonly Comparison[] {
  if (policy.multiplicity !== "holm") return comparisons;
  const rules = comparisons.flatMap(({ metrics }) =>
    metrics.flatMap((metric) => metric.rules.map(({ claim }) => claim)),
  );
  const levelOfRule = levelsFor(rules.map(lnPValueOf), policy.alpha);
  // A treatment's goals are shown together or not at all: its weakest claim stands for it.
  const weakest = comparisons.map(({ metrics }) =>
    Math.max(
      ...metrics
        .filter(({ role }) => role !== "secondary")
        .flatMap(({ goal, limits }) => [...(goal === null ? [] : [goal.claim]), ...limits.map(({ claim }) => claim)])
        .map(lnPValueOf),
    ),
  );
  const levelOfGoals = levelsFor(weakest, policy.alpha);
  return comparisons.map((comparison, index) => ({
    ...comparison,
    metrics: comparison.metrics.map((metric) => {
      const alpha = levelOfGoals(weakest[index] as number);
      return {
        ...metric,
        goal: metric.goal === null ? null : { ...metric.goal, claim: atLevel(metric.goal.claim, alpha) },
        limits: metric.limits.map((limit) => ({ ...limit, claim: atLevel(limit.claim, alpha) })),
        rules: metric.rules.map((rule) => ({
          ...rule,
          claim: atLevel(rule.claim, levelOfRule(lnPValueOf(rule.claim))),
        })),
      };
    }),
  }));
}

/**
 * The level that a claim with this p-value is held to: alpha over the claims that are not yet established before it.
 */
function levelsFor(lnPValues: readonly number[], alpha: number): (lnPValue: number) => number {
  const sorted = [...lnPValues].sort((a, b) => a - b);
  let established = 0;
  while (
    established < sorted.length &&
    (sorted[established] as number) <= Math.log(alpha / (sorted.length - established))
  )
    established++;
  return (lnPValue) => {
    const rank = sorted.indexOf(lnPValue);
    return alpha / (sorted.length - Math.min(rank, established));
  };
}

function atLevel(claim: Claim, alpha: number): Claim {
  if (isNotComputable(claim)) return claim;
  const established = claim.lnPValue <= Math.log(alpha);
  return { ...claim, alpha, established, neededGrowth: established ? 1 : claim.neededGrowth } satisfies ClaimEvidence;
}

function lnPValueOf(claim: Claim): number {
  return isNotComputable(claim) ? 0 : claim.lnPValue;
}
