import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import { type EffectPrior, mixtureLnEvidence, mixtureThreshold } from "../../stats/anytime/mixtures/normal-mixture.ts";
import { noEffect } from "../../stats/effect.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { Interval } from "../../stats/interval.ts";
import { criticalValue, symmetricPValue } from "../../stats/p-value.ts";
import { twoProportionZTest } from "../../stats/proportions/two-proportion-z.ts";
import type {
  ArmEstimate,
  Bounds,
  EffectEstimate,
  Evidence,
  FixedHorizonTest,
  Guarantee,
  MetricAnalysis,
} from "../analysis.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { Dependence } from "../data/dependence.ts";
import type { ArmEngine, MetricEngine } from "../metrics/engine.ts";
import { countsOf } from "../metrics/proportion.ts";
import { exactEffect, exactEquality, exactShare, type SmallCounts } from "../metrics/small-counts.ts";
import type { MetricContext } from "./claim-evaluator.ts";

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
  if (isNotComputable(found)) return found;
  // The claims about such an effect are decided all the same.
  if (!Number.isFinite(found)) return notComputable("not-identified", withoutNumber);
  return effectEstimate(engine, scale, found, policy, context);
}

/** Why an effect that the data do speak of has no number. */
const withoutNumber =
  "the value of an arm is 0 or infinite, so that the effect has no number; what is claimed about it is decided all " +
  "the same";

/** The threshold on half a deviance, for an interval of level 1 - alpha under the policy's monitoring. */
export function intervalThreshold(
  policy: Policy,
  information: number,
  prior: EffectPrior,
  { look }: MetricContext = {},
): number {
  if (policy.monitoring.kind === "anytime") return mixtureThreshold(information, policy.alpha, prior);
  if (look !== undefined) return look.criticalTwoSided(policy.alpha) ** 2 / 2;
  return criticalValue(1 - policy.alpha, "two-sided") ** 2 / 2;
}

function armEstimate(
  which: "control" | "treatment",
  engine: MetricEngine,
  policy: Policy,
  context: MetricContext,
): ArmEstimate {
  const arm: ArmEngine = engine.arms[which];
  const small = smallCountsUnder(policy, engine);
  const threshold = intervalThreshold(policy, arm.information, engine.prior, context);
  return {
    n: arm.n,
    value: arm.value,
    interval: exactOr(context.exact?.armInterval(which, policy.alpha), () =>
      small === undefined ? arm.interval(threshold) : exactShare(small[which], twoSidedAlpha(policy, context)),
    ),
  };
}

function effectEstimate(
  engine: MetricEngine,
  kind: EffectKind,
  estimate: number,
  policy: Policy,
  context: MetricContext,
): EffectEstimate {
  const threshold = intervalThreshold(policy, engine.information, engine.prior, context);
  const { exact } = context;
  const small = smallCountsUnder(policy, engine);
  const asymptotic = policy.monitoring.kind === "anytime" ? engine.method : engine.fixedTest;
  return {
    kind,
    estimate,
    interval: exactOr(exact?.interval(kind, policy.alpha), () =>
      small === undefined ? engine.interval(kind, threshold) : exactEffect(small, kind, twoSidedAlpha(policy, context)),
    ),
    level: 1 - policy.alpha,
    method: exact?.method ?? (small === undefined ? asymptotic : "clopper-pearson-rectangle"),
    guarantee: exact === undefined ? guarantees[policy.monitoring.kind] : "anytime-exact",
  };
}

const guarantees: Readonly<Record<Policy["monitoring"]["kind"], Guarantee>> = {
  anytime: "anytime-asymptotic",
  fixed: "fixed-asymptotic",
  "group-sequential": "planned-looks-asymptotic",
};

/** The counts that exact methods must judge: at planned looks, where the formulas of large samples would mislead. */
export function smallCountsUnder({ monitoring }: Policy, { smallCounts }: MetricEngine): SmallCounts | undefined {
  return monitoring.kind === "anytime" ? undefined : smallCounts;
}

/** The two-sided error probability that this look grants to an interval. */
function twoSidedAlpha({ alpha }: Policy, { look }: MetricContext): number {
  return look === undefined ? alpha : symmetricPValue(look.criticalTwoSided(alpha), "two-sided").pValue;
}

/** An exact interval that can't be computed bounds nothing. */
function exactOr(exact: Interval | NotComputable | undefined, otherwise: () => Interval): Bounds {
  if (exact === undefined) return bounds(otherwise());
  return isNotComputable(exact) ? [null, null] : bounds(exact);
}

/** Evidence against "no effect" that stays valid at every look. */
export function anytimeEvidence(engine: MetricEngine, kind: EffectKind): Evidence {
  const lnEvidence = mixtureLnEvidence(
    engine.deviance(kind, noEffect(kind)).deviance,
    engine.information,
    engine.prior,
  );
  const lnPValue = Math.min(0, -lnEvidence);
  return { lnEvidence, pValue: Math.exp(lnPValue), lnPValue };
}

/** The classical test of "no effect", valid at one look that was planned in advance. */
export function fixedHorizonTest(
  metric: Metric,
  engine: MetricEngine,
  kind: EffectKind,
  control: ArmData,
  treatment: ArmData,
  dependence: Dependence,
  level: number,
): FixedHorizonTest | NotComputable {
  const share = metric.kind === "proportion" || metric.kind === "exceedance";
  const interval = bounds(engine.interval(kind, criticalValue(level, "two-sided") ** 2 / 2));
  const dependent = dependence.designEffect !== null || dependence.slices?.found === true;
  if (share && !dependent && control.epochs.length === 1) {
    if (engine.smallCounts !== undefined)
      return {
        test: "fisher-exact",
        statistic: engine.smallCounts.treatment.successes,
        ...exactEquality(engine.smallCounts),
        interval: bounds(exactEffect(engine.smallCounts, kind, 1 - level)),
      };
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
  return { test: engine.fixedTest, statistic, ...symmetricPValue(statistic, "two-sided"), interval };
}

/** An interval with `null` for unbounded ends. */
function bounds([lower, upper]: Interval): Bounds {
  return [Number.isFinite(lower) ? lower : null, Number.isFinite(upper) ? upper : null];
}
