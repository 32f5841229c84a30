import { isNotComputable, type NotComputable, notComputable } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import {
  defaultPriorDeviation,
  type EffectPrior,
  mixtureLnEvidence,
  mixtureThreshold,
} from "../stats/anytime/mixtures/normal-mixture.ts";
import { noEffect } from "../stats/effect.ts";
import type { EffectKind } from "../stats/effect.ts";
import type { Interval } from "../stats/interval.ts";
import { criticalValue, symmetricPValue } from "../stats/p-value.ts";
import { twoProportionZTest } from "../stats/proportions/two-proportion-z.ts";
import type {
  ArmEstimate,
  Bounds,
  EffectEstimate,
  Evidence,
  FixedHorizonTest,
  Guarantee,
  MetricAnalysis,
  MetricNote,
} from "./analysis.ts";
import type { ArmData } from "./data/arm-data.ts";
import { type ClaimEvaluator, claimEvaluatorFor, type MetricContext } from "./evidence/claim-evaluator.ts";
import { displayScale, goalEvidence, limitEvidence, ruleEvidence } from "./evidence/metric-evidence.ts";
import { engineFor } from "./metrics/engine-for.ts";
import type { ArmEngine, MetricEngine } from "./metrics/engine.ts";
import { countsOf } from "./metrics/proportion.ts";
import { valuesToBound } from "./metrics/quantile.ts";

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
  const evidence = (weigher: ClaimEvaluator): Pick<MetricAnalysis, "goal" | "rules" | "limits"> => ({
    goal: goalEvidence(metric, weigher, policy),
    rules: ruleEvidence(metric, weigher, policy),
    limits: limitEvidence(metric, weigher, policy),
  });
  if (isNotComputable(engine)) {
    const unknown = (arm: ArmData): ArmEstimate => ({ n: arm.records, value: null, interval: [null, null] });
    const unweighed = evidence({ effect: () => engine, level: () => engine });
    return {
      ...terms,
      control: unknown(control),
      treatment: unknown(treatment),
      effect: engine,
      anytime: engine,
      fixedHorizon: engine,
      ...unweighed,
      designEffect: null,
      notes: [],
    };
  }
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

/** All that no decision depends on, left out. */
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

/** Levels of both arms and the effect on a scale, with intervals that hold under the policy's monitoring. */
export function estimatesOf(
  engine: MetricEngine,
  scale: EffectKind,
  policy: Policy,
  context: MetricContext,
): Pick<MetricAnalysis, "control" | "treatment" | "effect"> {
  return {
    control: armEstimate("control", engine, policy, context),
    treatment: armEstimate("treatment", engine, policy, context),
    effect: effectOf(engine, scale, policy, context),
  };
}

/** The effect on a scale, with an interval that holds under the policy's monitoring. */
export function effectOf(
  engine: MetricEngine,
  scale: EffectKind,
  policy: Policy,
  context: MetricContext,
): EffectEstimate | NotComputable {
  const found = engine.estimate(scale);
  return isNotComputable(found) ? found : effectEstimate(engine, scale, found, policy, context);
}

/** The threshold on half a deviance, for an interval of level 1 - alpha under the policy's monitoring. */
export function intervalThreshold(
  policy: Policy,
  information: number,
  prior: EffectPrior,
  degreesOfFreedom: number,
  { look }: MetricContext = {},
): number {
  if (policy.monitoring.kind === "anytime") return mixtureThreshold(information, policy.alpha, prior);
  if (look !== undefined) return look.criticalTwoSided(policy.alpha) ** 2 / 2;
  return criticalValue(1 - policy.alpha, "two-sided", degreesOfFreedom) ** 2 / 2;
}

function armEstimate(
  which: "control" | "treatment",
  engine: MetricEngine,
  policy: Policy,
  context: MetricContext,
): ArmEstimate {
  const arm: ArmEngine = engine.arms[which];
  const threshold = intervalThreshold(policy, arm.information, engine.prior, engine.degreesOfFreedom / 2, context);
  return {
    n: arm.n,
    value: arm.value,
    interval: exactOr(context.exact?.armInterval(which, policy.alpha), () => arm.interval(threshold)),
  };
}

function effectEstimate(
  engine: MetricEngine,
  kind: EffectKind,
  estimate: number,
  policy: Policy,
  context: MetricContext,
): EffectEstimate {
  const threshold = intervalThreshold(policy, engine.information, engine.prior, engine.degreesOfFreedom, context);
  const { exact } = context;
  return {
    kind,
    estimate,
    interval: exactOr(exact?.interval(kind, policy.alpha), () => engine.interval(kind, threshold)),
    level: 1 - policy.alpha,
    method: exact?.method ?? (policy.monitoring.kind === "anytime" ? engine.method : engine.fixedTest),
    guarantee: exact === undefined ? guarantees[policy.monitoring.kind] : "anytime-exact",
  };
}

const guarantees: Readonly<Record<Policy["monitoring"]["kind"], Guarantee>> = {
  anytime: "anytime-asymptotic",
  fixed: "fixed-asymptotic",
  "group-sequential": "planned-looks-asymptotic",
};

/** An exact interval that can't be computed bounds nothing. */
function exactOr(exact: Interval | NotComputable | undefined, otherwise: () => Interval): Bounds {
  if (exact === undefined) return bounds(otherwise());
  return isNotComputable(exact) ? [null, null] : bounds(exact);
}

function anytimeEvidence(engine: MetricEngine, kind: EffectKind): Evidence {
  const lnEvidence = mixtureLnEvidence(
    engine.deviance(kind, noEffect(kind)).deviance,
    engine.information,
    engine.prior,
  );
  const lnPValue = Math.min(0, -lnEvidence);
  return { lnEvidence, pValue: Math.exp(lnPValue), lnPValue };
}

function fixedHorizonTest(
  metric: Metric,
  engine: MetricEngine,
  kind: EffectKind,
  control: ArmData,
  treatment: ArmData,
  level: number,
): FixedHorizonTest | NotComputable {
  const share = metric.kind === "proportion" || metric.kind === "exceedance";
  const { degreesOfFreedom, fixedTest } = engine;
  const interval = bounds(engine.interval(kind, criticalValue(level, "two-sided", degreesOfFreedom) ** 2 / 2));
  if (share && degreesOfFreedom === Infinity && control.epochs.length === 1) {
    const test = twoProportionZTest(countsOf(control.epochs[0] ?? null), countsOf(treatment.epochs[0] ?? null), {
      level,
    });
    if (isNotComputable(test)) return test;
    const { statistic, pValue, lnPValue } = test;
    return {
      test: "two-proportion-z",
      statistic,
      pValue,
      lnPValue,
      interval: kind === "difference" ? bounds(test.interval) : interval,
    };
  }
  const { deviance, above } = engine.deviance(kind, noEffect(kind));
  const statistic = Math.sqrt(deviance) * (above ? 1 : -1);
  return { test: fixedTest, statistic, ...symmetricPValue(statistic, "two-sided", degreesOfFreedom), interval };
}

function notesOf(
  metric: Metric,
  engine: MetricEngine,
  control: ArmData,
  treatment: ArmData,
  policy: Policy,
): MetricNote[] {
  const notes: MetricNote[] = [];
  for (const [data, arm] of [
    [control, engine.arms.control],
    [treatment, engine.arms.treatment],
  ] as const) {
    if (data.records > arm.n) notes.push({ code: "missing-values", arm: data.arm, count: data.records - arm.n });
    if (metric.kind !== "quantile" || arm.n === 0) continue;
    const threshold = intervalThreshold(policy, arm.information, engine.prior, engine.degreesOfFreedom / 2);
    const [lower, upper] = arm.interval(threshold);
    if (Number.isFinite(lower) && Number.isFinite(upper)) continue;
    notes.push({
      code: "quantile-unbounded",
      arm: data.arm,
      n: arm.n,
      needed: valuesNeeded(metric.probability, policy, arm.designEffect ?? 1),
    });
  }
  return notes;
}

/**
 * How many values an arm needs before its quantile is bounded: the threshold falls as the sample grows, so it is
 * searched for.
 */
function valuesNeeded(probability: number, policy: Policy, factor: number): number {
  let n = 1;
  for (let round = 0; round < 60; round++) {
    const threshold = intervalThreshold(
      policy,
      (n * probability * (1 - probability)) / factor,
      defaultPriorDeviation,
      Infinity,
    );
    const needed = valuesToBound(probability, threshold, factor);
    if (needed <= n) break;
    n = Math.ceil(n * 1.25);
  }
  return n;
}

/** An interval with `null` for unbounded ends. */
export function bounds([lower, upper]: Interval): Bounds {
  return [Number.isFinite(lower) ? lower : null, Number.isFinite(upper) ? upper : null];
}
