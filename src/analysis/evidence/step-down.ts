import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import type { ClaimEvidence, Comparison } from "../analysis.ts";
import type { Claim } from "./claim.ts";

/**
 * Steps the levels of rules and goals down as Holm's method does: once the strongest claim is established, the others
 * share alpha among fewer. Valid at every look, because each claim's p-value is; under planned looks each share of
 * alpha is spent over the looks.
 *
 * @param levelAtLook - the level that the look of a treatment's comparison grants to a share of alpha.
 *
 * Source: S. Holm 1979, Scand. J. Statist. 6, 65-70.
 */
export function stepDown(
  comparisons: readonly Comparison[],
  policy: Policy,
  levelAtLook: (treatment: string, alpha: number) => number = (_, alpha) => alpha,
): readonly Comparison[] {
  if (policy.multiplicity !== "holm") return comparisons;
  const levelOf = (treatment: string) => (alpha: number) => levelAtLook(treatment, alpha);
  const rules = comparisons.flatMap(({ treatment, metrics }) =>
    metrics.flatMap((metric) =>
      metric.rules.map(({ claim }): Step => ({ lnPValue: lnPValueOf(claim), levelOf: levelOf(treatment) })),
    ),
  );
  const levelOfRule = levelsFor(rules, policy.alpha);
  // A treatment's goals are shown together or not at all: its weakest claim stands for it.
  const weakest = comparisons.map(({ treatment, metrics }): Step => {
    const wanted = metrics
      .filter(({ role }) => role !== "secondary")
      .flatMap(({ goal, limits }) => [...(goal === null ? [] : [goal.claim]), ...limits.map(({ claim }) => claim)]);
    return { lnPValue: Math.max(...wanted.map(lnPValueOf)), levelOf: levelOf(treatment) };
  });
  const levelOfGoals = levelsFor(weakest, policy.alpha);
  return comparisons.map((comparison, index) => ({
    ...comparison,
    metrics: comparison.metrics.map((metric) => {
      const alpha = levelOfGoals(weakest[index] as Step);
      return {
        ...metric,
        goal: metric.goal === null ? null : { ...metric.goal, claim: atLevel(metric.goal.claim, alpha) },
        limits: metric.limits.map((limit) => ({ ...limit, claim: atLevel(limit.claim, alpha) })),
        rules: metric.rules.map((rule) => ({
          ...rule,
          claim: atLevel(
            rule.claim,
            levelOfRule({ lnPValue: lnPValueOf(rule.claim), levelOf: levelOf(comparison.treatment) }),
          ),
        })),
      };
    }),
  }));
}

/** A p-value, and the level that its look grants to a share of alpha. */
interface Step {
  readonly lnPValue: number;
  readonly levelOf: (alpha: number) => number;
}

/**
 * The level that a claim with this p-value is held to: alpha over the claims that are not yet established before it.
 */
function levelsFor(steps: readonly Step[], alpha: number): (step: Step) => number {
  const sorted = [...steps].sort((a, b) => a.lnPValue - b.lnPValue);
  let established = 0;
  for (const { lnPValue, levelOf } of sorted) {
    if (lnPValue > Math.log(levelOf(alpha / (sorted.length - established)))) break;
    established++;
  }
  return ({ lnPValue, levelOf }) => {
    const rank = sorted.findIndex((step) => step.lnPValue === lnPValue);
    return levelOf(alpha / (sorted.length - Math.min(rank, established)));
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
