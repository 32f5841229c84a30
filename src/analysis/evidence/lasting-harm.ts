import { isNotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import { fewestSlices } from "../../stats/dependence/slice-correction.ts";
import { millisecondsPerHour } from "../../time.ts";
import type { RuleEvidence } from "../analysis.ts";
import type { RecentPart } from "../data/recent-parts.ts";
import { correctedEngine } from "../metrics/corrected-engine.ts";
import { dependentEngine } from "../metrics/dependent-engine.ts";
import { engineFor } from "../metrics/engine-for.ts";
import { claimEvaluatorFor } from "./claim-evaluator.ts";
import { ruleBound } from "./confidence-bound.ts";
import { ruleEvidence } from "./goals-and-rules.ts";

/** Harm must last so long; what passes sooner may be an incident of one arm's servers. */
const leastLengthMs = 2 * millisecondsPerHour;

/** A share of successes that falls by more needs no such time. */
const catastrophe = 0.2;

/**
 * Do the latest records alone establish a rollback rule?
 *
 * Harm that begins in the middle of an experiment looks like noise of one arm that lasts longer than the data can tell:
 * over all records nothing may be claimed. Over the records since it began there is no such doubt. The rules are
 * weighed on the last half, quarter and eighth of the time, where these last at least two hours, or where the share of
 * successes fell by more than 20 points, and where slices within them show no unresolved dependence.
 *
 * Each start k of a period, counted from the experiment's, has an evidence process of its own and alpha / (k (k + 1)),
 * so that all starts at all looks together have alpha. Asymptotic, anytime.
 *
 * @returns the metric's rules, those that a recent part establishes with its evidence and its start.
 */
export function withLastingHarm(
  metric: Metric,
  policy: Policy,
  found: readonly RuleEvidence[],
  parts: Iterable<RecentPart>,
): readonly RuleEvidence[] {
  const open = ({ claim }: RuleEvidence): boolean => isNotComputable(claim) || !claim.established;
  let rules = found;
  if (!rules.some(open)) return rules;
  for (const part of parts) {
    const established = rulesOf(metric, policy, part);
    rules = rules.map((rule, index) => (open(rule) ? (established[index] ?? rule) : rule));
    if (!rules.some(open)) break;
  }
  return rules;
}

/** The rules that a recent part establishes, at their places among the metric's. */
function rulesOf(metric: Metric, policy: Policy, part: RecentPart): (RuleEvidence | undefined)[] {
  const { control, treatment, since, lengthMs, periodsBefore } = part;
  const { dependence } = dependentEngine(metric, policy, control, treatment);
  const engine = correctedEngine(engineFor(metric, control, treatment), dependence);
  if (dependence.slices === null || dependence.slices.slices < fewestSlices) return [];
  // The last record lies somewhere within the last slice.
  const resolved = !isNotComputable(dependence.effect) && lengthMs + control.sliceMs >= leastLengthMs;
  const lnPrice = Math.log(periodsBefore) + Math.log(periodsBefore + 1);
  const anytime: Policy = { ...policy, monitoring: { kind: "anytime" } };
  const claims = claimEvaluatorFor(engine, anytime, {}, null);
  if (!resolved) {
    if (metric.kind !== "proportion") return [];
    const worse = metric.better === "higher";
    const fall = claims.effect(
      "difference",
      worse ? -catastrophe : catastrophe,
      worse ? "below" : "above",
      policy.alpha,
    );
    if (isNotComputable(fall) || fall.lnPValue + lnPrice > Math.log(fall.alpha)) return [];
  }
  return ruleEvidence(metric, claims, anytime).map((rule): RuleEvidence | undefined => {
    const { claim } = rule;
    if (isNotComputable(claim)) return undefined;
    const lnPValue = Math.min(0, claim.lnPValue + lnPrice);
    if (lnPValue > Math.log(claim.alpha)) return undefined;
    const priced = { ...claim, alpha: claim.alpha * Math.exp(-lnPrice) };
    return {
      ...rule,
      claim: { ...claim, lnPValue, pValue: Math.exp(lnPValue), established: true, neededGrowth: 1 },
      confidence: ruleBound({ ...rule, claim: priced }, metric.better, engine, "anytime"),
      since,
    };
  });
}
