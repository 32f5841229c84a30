import { isNotComputable, type NotComputable, notComputable } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import { meanFactor } from "../stats/dependence/variance-correction.ts";
import type { ArmEstimate, DependenceEvidence, MetricAnalysis, RuleEvidence } from "./analysis.ts";
import type { ArmData } from "./data/arm-data.ts";
import type { Dependence } from "./data/dependence.ts";
import { type ClaimEvaluator, claimEvaluatorFor, inseparable, type MetricContext } from "./evidence/claim-evaluator.ts";
import { anytimeEvidence, estimatesOf, fixedHorizonTest } from "./evidence/estimates.ts";
import { displayScale, goalEvidence, limitEvidence, ruleEvidence } from "./evidence/goals-and-rules.ts";
import { withLastingHarm } from "./evidence/lasting-harm.ts";
import { notesOf } from "./evidence/notes.ts";
import { dependentEngine } from "./metrics/dependent-engine.ts";
import type { ArmEngine, MetricEngine } from "./metrics/engine.ts";

/** What the data say about one metric of one treatment. */
export function analyzeMetric(
  metric: Metric,
  policy: Policy,
  control: ArmData,
  treatment: ArmData,
  context: MetricContext = {},
): MetricAnalysis {
  const { name, kind, role, better } = metric;
  const { engine, dependence } = dependentEngine(metric, policy, control, treatment);
  const blocked = isNotComputable(dependence.effect) ? dependence.effect : null;
  const terms = { metric: name, kind, role, better };
  const evaluator = claimEvaluatorFor(engine, policy, context, blocked);
  const evidence = {
    goal: goalEvidence(metric, evaluator, policy),
    rules: rulesOf(metric, policy, evaluator, dependence, context),
    limits: limitEvidence(metric, evaluator, policy),
  };
  context.onEngine?.(engine);
  if (context.claimsOnly === true) return { ...terms, ...unestimated(engine), ...evidence };
  const shared = {
    ...terms,
    ...evidence,
    designEffect: dependence.designEffect,
    dependence: dependenceEvidence(dependence),
  };
  if (blocked !== null && inseparable.has(blocked.reason)) {
    const unbounded = ({ n, value }: ArmEngine): ArmEstimate => ({ n, value, interval: [null, null] });
    return {
      ...shared,
      control: unbounded(engine.arms.control),
      treatment: unbounded(engine.arms.treatment),
      effect: blocked,
      anytime: blocked,
      fixedHorizon: blocked,
      notes: [],
    };
  }
  const scale = displayScale(metric);
  const found = engine.estimate(scale);
  return {
    ...shared,
    ...estimatesOf(engine, scale, policy, context),
    anytime: isNotComputable(found) ? found : (context.exact?.noEffect(scale) ?? anytimeEvidence(engine, scale)),
    fixedHorizon: isNotComputable(found)
      ? found
      : fixedHorizonTest(metric, engine, scale, control, treatment, dependence, 1 - policy.alpha),
    notes: notesOf(metric, engine, control, treatment, policy, dependence),
  };
}

/** The rules over all records; where these can't tell late harm from long noise, also over the latest ones. */
function rulesOf(
  metric: Metric,
  policy: Policy,
  evaluator: ClaimEvaluator,
  { slices }: Dependence,
  { recentParts }: MetricContext,
): readonly RuleEvidence[] {
  const rules = ruleEvidence(metric, evaluator, policy);
  if (slices === null || slices.resolved || recentParts === undefined) return rules;
  return withLastingHarm(metric, policy, rules, recentParts(metric));
}

function dependenceEvidence({ shown, slices, overlap }: Dependence): DependenceEvidence {
  return {
    factor: meanFactor(shown),
    slices:
      slices === null
        ? null
        : { count: slices.slices, seconds: slices.seconds, resolved: slices.resolved, found: slices.found },
    overlap: overlap?.share ?? null,
  };
}

/** A metric that nothing can be said about, and why. */
export function metricWithoutData(
  metric: Metric,
  policy: Policy,
  why: NotComputable,
  records: { readonly control: number; readonly treatment: number },
): MetricAnalysis {
  const { name, kind, role, better } = metric;
  const unknown = (n: number): ArmEstimate => ({ n, value: null, interval: [null, null] });
  const claims: ClaimEvaluator = { effect: () => why, level: () => why };
  return {
    metric: name,
    kind,
    role,
    better,
    control: unknown(records.control),
    treatment: unknown(records.treatment),
    effect: why,
    anytime: why,
    fixedHorizon: why,
    goal: goalEvidence(metric, claims, policy),
    rules: ruleEvidence(metric, claims, policy),
    limits: limitEvidence(metric, claims, policy),
    designEffect: null,
    dependence: null,
    notes: [],
  };
}

/** The part of an analysis that no decision depends on, left out. */
function unestimated({
  arms,
}: MetricEngine): Pick<
  MetricAnalysis,
  "control" | "treatment" | "effect" | "anytime" | "fixedHorizon" | "designEffect" | "dependence" | "notes"
> {
  const left = notComputable("method-does-not-apply", "left out: only claims were asked for");
  const level = ({ n, value }: ArmEngine): ArmEstimate => ({ n, value, interval: [null, null] });
  return {
    control: level(arms.control),
    treatment: level(arms.treatment),
    effect: left,
    anytime: left,
    fixedHorizon: left,
    designEffect: null,
    dependence: null,
    notes: [],
  };
}
