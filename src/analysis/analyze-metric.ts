import { type NotComputable, isNotComputable, notComputable } from "../errors.ts";
import { effectAtMargin, effectKindOf, noEffect } from "../policy/margin.ts";
import type { EffectKind, Metric, Policy, RollbackRules } from "../policy/policy.ts";
import type { ArmEstimate, Bounds, EffectEstimate, Evidence, FixedHorizonTest, GoalEvidence, MetricAnalysis, MetricNote, RuleEvidence } from "./analysis.ts";
import type { ArmData } from "./arm-data.ts";
import { type Claim, type ClaimTerms, claim } from "./claims.ts";
import type { ArmEngine, MetricEngine } from "./engine.ts";
import { criticalValue, symmetricPValue } from "./fixed/normal-test.ts";
import { twoProportionZTest } from "./fixed/two-proportion-z.ts";
import type { Interval } from "./interval.ts";
import { engineFor } from "./metrics/engine-for.ts";
import { countsOf } from "./metrics/proportion.ts";
import { valuesToBound } from "./metrics/quantile.ts";
import { mixtureLnEvidence, mixtureThreshold } from "./sequential/mixture-threshold.ts";

/** What the data say about one metric of one treatment. */
export function analyzeMetric(metric: Metric, policy: Policy, control: ArmData, treatment: ArmData): MetricAnalysis {
  const { name, kind, role, better } = metric;
  const engine = engineFor(metric, control, treatment);
  const scale = displayScale(metric);
  const terms = { metric: name, kind, role, better };
  if (isNotComputable(engine)) {
    const unknown = (arm: ArmData): ArmEstimate => ({ n: arm.records, value: null, interval: [null, null] });
    return {
      ...terms, control: unknown(control), treatment: unknown(treatment), effect: engine, anytime: engine, fixedHorizon: engine,
      goal: goalEvidence(metric, () => engine, policy), rules: ruleEvidence(metric, () => engine, () => engine, policy), designEffect: null, notes: [],
    };
  }
  const weigh = claimTerms(engine, policy);
  const estimate = (effect: EffectKind): number | NotComputable => engine.estimate(effect);
  const effectClaim = (effect: EffectKind, bound: number, side: "above" | "below", alpha: number): Claim => {
    const found = estimate(effect);
    return isNotComputable(found) ? found : claim(engine.deviance(effect, bound), side, { ...weigh, alpha });
  };
  const arm = engine.arms.treatment;
  const levelClaim = (level: number, side: "above" | "below", alpha: number): Claim =>
    arm.value === null
      ? notComputable("no-data", "the treatment has no values")
      : claim(arm.deviance(level), side, { ...weigh, alpha, information: arm.information, degreesOfFreedom: weigh.degreesOfFreedom / 2 });
  const found = estimate(scale);
  return {
    ...terms,
    control: armEstimate(engine.arms.control, engine, policy),
    treatment: armEstimate(engine.arms.treatment, engine, policy),
    effect: isNotComputable(found) ? found : effectEstimate(engine, scale, found, policy),
    anytime: isNotComputable(found) ? found : anytimeEvidence(engine, scale),
    fixedHorizon: isNotComputable(found) ? found : fixedHorizonTest(metric, engine, scale, control, treatment, 1 - policy.alpha),
    goal: goalEvidence(metric, effectClaim, policy),
    rules: ruleEvidence(metric, effectClaim, levelClaim, policy),
    designEffect: engine.arms.control.designEffect === null || engine.arms.treatment.designEffect === null
      ? null
      : { control: engine.arms.control.designEffect, treatment: engine.arms.treatment.designEffect },
    notes: notesOf(metric, engine, control, treatment, policy),
  };
}

/** The scale an effect is shown on: that of the margin, or of the rule, or the usual one of the metric's kind. */
function displayScale(metric: Metric): EffectKind {
  const distance = metric.margin ?? metric.rollbackWhen?.worseBy;
  if (distance !== undefined) return effectKindOf(distance);
  return metric.kind === "quantile" || metric.kind === "ratio" ? "ratio" : "difference";
}

/** The threshold on half a deviance, for an interval of level 1 - alpha under the policy's monitoring. */
function intervalThreshold(policy: Policy, information: number, priorDeviation: number, degreesOfFreedom: number): number {
  if (policy.monitoring.kind === "anytime") return mixtureThreshold(information, policy.alpha, priorDeviation);
  return criticalValue(1 - policy.alpha, "two-sided", degreesOfFreedom) ** 2 / 2;
}

function armEstimate(arm: ArmEngine, engine: MetricEngine, policy: Policy): ArmEstimate {
  const threshold = intervalThreshold(policy, arm.information, engine.priorDeviation, engine.degreesOfFreedom / 2);
  return { n: arm.n, value: arm.value, interval: bounds(arm.interval(threshold)) };
}

function effectEstimate(engine: MetricEngine, kind: EffectKind, estimate: number, policy: Policy): EffectEstimate {
  const threshold = intervalThreshold(policy, engine.information, engine.priorDeviation, engine.degreesOfFreedom);
  const anytime = policy.monitoring.kind === "anytime";
  return {
    kind,
    estimate,
    interval: bounds(engine.interval(kind, threshold)),
    level: 1 - policy.alpha,
    method: anytime ? engine.method : engine.fixedTest,
    guarantee: anytime ? "anytime-asymptotic" : "fixed-asymptotic",
  };
}

function anytimeEvidence(engine: MetricEngine, kind: EffectKind): Evidence {
  const lnEvidence = mixtureLnEvidence(engine.deviance(kind, noEffect(kind)).deviance, engine.information, engine.priorDeviation);
  const lnPValue = Math.min(0, -lnEvidence);
  return { lnEvidence, pValue: Math.exp(lnPValue), lnPValue };
}

function fixedHorizonTest(metric: Metric, engine: MetricEngine, kind: EffectKind, control: ArmData, treatment: ArmData, level: number): FixedHorizonTest | NotComputable {
  const share = metric.kind === "proportion" || metric.kind === "exceedance";
  const { degreesOfFreedom, fixedTest } = engine;
  const interval = bounds(engine.interval(kind, criticalValue(level, "two-sided", degreesOfFreedom) ** 2 / 2));
  if (share && degreesOfFreedom === Number.POSITIVE_INFINITY && control.epochs.length === 1) {
    const test = twoProportionZTest(countsOf(control.epochs[0] ?? null), countsOf(treatment.epochs[0] ?? null), { level });
    if (isNotComputable(test)) return test;
    const { statistic, pValue, lnPValue } = test;
    return { test: "two-proportion-z", statistic, pValue, lnPValue, interval: kind === "difference" ? bounds(test.interval) : interval };
  }
  const { deviance, above } = engine.deviance(kind, noEffect(kind));
  const statistic = Math.sqrt(deviance) * (above ? 1 : -1);
  return { test: fixedTest, statistic, ...symmetricPValue(statistic, "two-sided", degreesOfFreedom), interval };
}

function claimTerms({ information, priorDeviation, degreesOfFreedom }: MetricEngine, policy: Policy): Omit<ClaimTerms, "alpha"> {
  return { monitoring: policy.monitoring.kind, information, priorDeviation, degreesOfFreedom };
}

type EffectClaim = (kind: EffectKind, bound: number, side: "above" | "below", alpha: number) => Claim;
type LevelClaim = (level: number, side: "above" | "below", alpha: number) => Claim;

/** Shipping needs every goal at once, so only the number of treatments divides alpha. */
function goalEvidence(metric: Metric, effectClaim: EffectClaim, policy: Policy): GoalEvidence | null {
  const { goal, margin, better } = metric;
  if (goal === undefined) return null;
  const kind = margin === undefined ? displayScale(metric) : effectKindOf(margin);
  const bound = margin === undefined ? noEffect(kind) : effectAtMargin(margin, better);
  return { goal, bound, kind, claim: effectClaim(kind, bound, better === "higher" ? "above" : "below", policy.alpha / policy.treatments.length) };
}

/** Any single rule rolls back, so the number of all rules and treatments divides alpha. */
function ruleEvidence(metric: Metric, effectClaim: EffectClaim, levelClaim: LevelClaim, policy: Policy): RuleEvidence[] {
  const rules: RollbackRules = metric.rollbackWhen ?? {};
  const alpha = policy.alpha / (policy.treatments.length * Math.max(1, rulesOf(policy)));
  const found: RuleEvidence[] = [];
  if (rules.worseBy !== undefined) {
    const kind = effectKindOf(rules.worseBy);
    const bound = effectAtMargin(rules.worseBy, metric.better);
    found.push({ rule: "worse-by", bound, kind, claim: effectClaim(kind, bound, metric.better === "higher" ? "below" : "above", alpha) });
  }
  if (rules.below !== undefined) found.push({ rule: "below", bound: rules.below, kind: "level", claim: levelClaim(rules.below, "below", alpha) });
  if (rules.above !== undefined) found.push({ rule: "above", bound: rules.above, kind: "level", claim: levelClaim(rules.above, "above", alpha) });
  return found;
}

function rulesOf(policy: Policy): number {
  return policy.metrics.reduce((count, { rollbackWhen }) => count + Object.values(rollbackWhen ?? {}).filter((rule) => rule !== undefined).length, 0);
}

function notesOf(metric: Metric, engine: MetricEngine, control: ArmData, treatment: ArmData, policy: Policy): MetricNote[] {
  const notes: MetricNote[] = [];
  for (const [data, arm] of [[control, engine.arms.control], [treatment, engine.arms.treatment]] as const) {
    if (data.records > arm.n) notes.push({ code: "missing-values", arm: data.arm, count: data.records - arm.n });
    if (metric.kind !== "quantile" || arm.n === 0) continue;
    const threshold = intervalThreshold(policy, arm.information, engine.priorDeviation, engine.degreesOfFreedom / 2);
    const [lower, upper] = arm.interval(threshold);
    if (Number.isFinite(lower) && Number.isFinite(upper)) continue;
    notes.push({ code: "quantile-unbounded", arm: data.arm, n: arm.n, needed: valuesNeeded(metric.probability, policy, arm.designEffect ?? 1) });
  }
  return notes;
}

/** How many values an arm needs before its quantile is bounded: the threshold falls as the sample grows, so it is searched for. */
function valuesNeeded(probability: number, policy: Policy, factor: number): number {
  let n = 1;
  for (let round = 0; round < 60; round++) {
    const threshold = intervalThreshold(policy, (n * probability * (1 - probability)) / factor, 0.35, Number.POSITIVE_INFINITY);
    const needed = valuesToBound(probability, threshold, factor);
    if (needed <= n) break;
    n = Math.ceil(n * 1.25);
  }
  return n;
}

function bounds([lower, upper]: Interval): Bounds {
  return [Number.isFinite(lower) ? lower : null, Number.isFinite(upper) ? upper : null];
}
