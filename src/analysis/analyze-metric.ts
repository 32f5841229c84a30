import { isNotComputable, type NotComputable, notComputable } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import type { ArmEstimate, MetricAnalysis } from "./analysis.ts";
import type { ArmData } from "./data/arm-data.ts";
import { type ClaimEvaluator, claimEvaluatorFor, type MetricContext } from "./evidence/claim-evaluator.ts";
import { anytimeEvidence, estimatesOf, fixedHorizonTest } from "./evidence/estimates.ts";
import { displayScale, goalEvidence, limitEvidence, ruleEvidence } from "./evidence/goals-and-rules.ts";
import { notesOf } from "./evidence/notes.ts";
import { engineFor } from "./metrics/engine-for.ts";
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
  const engine = engineFor(metric, control, treatment);
  const terms = { metric: name, kind, role, better };
  const evidence = (claims: ClaimEvaluator): Pick<MetricAnalysis, "goal" | "rules" | "limits"> => ({
    goal: goalEvidence(metric, claims, policy),
    rules: ruleEvidence(metric, claims, policy),
    limits: limitEvidence(metric, claims, policy),
  });
  if (isNotComputable(engine))
    return metricWithoutData(metric, policy, engine, { control: control.records, treatment: treatment.records });
  context.onEngine?.(engine);
  if (context.claimsOnly === true)
    return { ...terms, ...unestimated(engine), ...evidence(claimEvaluatorFor(engine, policy, context)) };
  const scale = displayScale(metric);
  const found = engine.estimate(scale);
  return {
    ...terms,
    ...estimatesOf(engine, scale, policy, context),
    anytime: isNotComputable(found) ? found : (context.exact?.noEffect(scale) ?? anytimeEvidence(engine, scale)),
    fixedHorizon: isNotComputable(found)
      ? found
      : fixedHorizonTest(metric, engine, scale, control, treatment, 1 - policy.alpha),
    ...evidence(claimEvaluatorFor(engine, policy, context)),
    designEffect:
      engine.arms.control.designEffect === null || engine.arms.treatment.designEffect === null
        ? null
        : { control: engine.arms.control.designEffect, treatment: engine.arms.treatment.designEffect },
    notes: notesOf(metric, engine, control, treatment, policy),
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
    notes: [],
  };
}

/** The part of an analysis that no decision depends on, left out. */
function unestimated({
  arms,
}: MetricEngine): Pick<
  MetricAnalysis,
  "control" | "treatment" | "effect" | "anytime" | "fixedHorizon" | "designEffect" | "notes"
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
    notes: [],
  };
}
