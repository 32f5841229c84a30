import { isNotComputable } from "../../errors.ts";
import { scaleUntil } from "../../math/bracket.ts";
import { findRoot } from "../../math/root.ts";
import type { Direction, Policy } from "../../policy/policy.ts";
import { type EffectPrior, oneSidedMixtureLnEvidence } from "../../stats/anytime/mixtures/normal-mixture.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { Interval } from "../../stats/interval.ts";
import { criticalValue } from "../../stats/p-value.ts";
import type { ConfidenceBound, MetricAnalysis, RuleEvidence } from "../analysis.ts";
import type { MetricEngine } from "../metrics/engine.ts";
import type { Claim } from "./claim.ts";

/**
 * The metric with the one-sided bound of every claim: the claim is established exactly when its bound lies beyond what
 * is claimed. So what a reader sees is what decides.
 *
 * @param engine - the engine that the claims were made with; `null` under the exact guarantee, whose evidence is not
 * turned into bounds.
 */
export function withConfidenceBounds(
  metric: MetricAnalysis,
  engine: MetricEngine | null,
  monitoring: Policy["monitoring"]["kind"],
): MetricAnalysis {
  if (engine === null) return metric;
  const { better, goal } = metric;
  const { ofEffect, ofLevel } = boundsOf(engine, monitoring);
  return {
    ...metric,
    goal: goal === null ? null : { ...goal, confidence: ofEffect(goal.kind, goal.claim, sideOf(better)) },
    rules: metric.rules.map((rule) =>
      rule.since === undefined ? { ...rule, confidence: ruleBound(rule, better, engine, monitoring) } : rule,
    ),
    limits: metric.limits.map((limit) => ({
      ...limit,
      confidence: ofLevel(limit.claim, limit.limit === "floor" ? "lower" : "upper"),
    })),
  };
}

/** The one-sided bound of a rollback rule, from the engine that its claim was made with. */
export function ruleBound(
  { rule, kind, claim }: RuleEvidence,
  better: Direction,
  engine: MetricEngine,
  monitoring: Policy["monitoring"]["kind"],
): ConfidenceBound | null {
  const { ofEffect, ofLevel } = boundsOf(engine, monitoring);
  return kind === "level"
    ? ofLevel(claim, rule === "below" ? "upper" : "lower")
    : ofEffect(kind, claim, sideOf(better) === "lower" ? "upper" : "lower");
}

function boundsOf(
  engine: MetricEngine,
  monitoring: Policy["monitoring"]["kind"],
): {
  readonly ofEffect: (kind: EffectKind, claim: Claim, side: Side) => ConfidenceBound | null;
  readonly ofLevel: (claim: Claim, side: Side) => ConfidenceBound | null;
} {
  const arm = engine.arms.treatment;
  return {
    ofEffect: (kind, claim, side) =>
      boundOf(claim, side, monitoring, engine, (threshold) => engine.interval(kind, threshold)),
    ofLevel: (claim, side) =>
      boundOf(claim, side, monitoring, { ...engine, information: arm.information }, (threshold) =>
        arm.interval(threshold),
      ),
  };
}

type Side = ConfidenceBound["side"];

/** A goal claims that the effect is not as bad as its bound: the bound on the bad side decides. */
function sideOf(better: Direction): Side {
  return better === "higher" ? "lower" : "upper";
}

type Terms = Pick<MetricEngine, "information" | "prior">;

function boundOf(
  claim: Claim,
  side: Side,
  monitoring: Policy["monitoring"]["kind"],
  { information, prior }: Terms,
  interval: (threshold: number) => Interval,
): ConfidenceBound | null {
  if (isNotComputable(claim)) return null;
  const root =
    monitoring === "anytime"
      ? mixtureCriticalRoot(information, claim.alpha, prior)
      : criticalValue(1 - claim.alpha, "greater");
  const level = 1 - claim.alpha;
  if (!Number.isFinite(root)) return { side, value: null, level };
  const value = interval(root ** 2 / 2)[side === "lower" ? 0 : 1];
  return { side, value: Number.isFinite(value) ? value : null, level };
}

/** The signed root of a deviance at which the one-sided mixture reaches 1 / alpha. */
export function mixtureCriticalRoot(information: number, alpha: number, prior: EffectPrior): number {
  const excess = (root: number): number => oneSidedMixtureLnEvidence(root, information, prior) + Math.log(alpha);
  const high = scaleUntil((root) => excess(root) >= 0, 4, { limit: 1e8 });
  return high === null ? Infinity : findRoot(excess, 0, high, { tolerance: 1e-9 });
}
