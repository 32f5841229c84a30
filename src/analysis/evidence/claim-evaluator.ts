import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { RecentPart } from "../data/recent-parts.ts";
import type { MetricEngine } from "../metrics/engine.ts";
import type { ExactMethods, Side } from "../metrics/exact-methods.ts";
import { type Claim, claim, type ClaimTerms, exactClaim } from "./claim.ts";

/** Levels that a planned look grants. */
export interface LookLevels {
  readonly oneSided: (alpha: number) => number;
  readonly criticalTwoSided: (alpha: number) => number;
}

/** What the analysis of a metric depends on beside the policy and the data. */
export interface MetricContext {
  /** Under planned looks. */
  readonly look?: LookLevels | undefined;
  /** Under the exact guarantee. */
  readonly exact?: ExactMethods | undefined;
  /** Leave out intervals, tests and notes, which no decision depends on: for simulation. */
  readonly claimsOnly?: boolean | undefined;
  /** The latest records of a metric, in which harm that began late is looked for. */
  readonly recentParts?: ((metric: Metric) => Iterable<RecentPart>) | undefined;
  /** Is given the engine that the claims are made with. */
  readonly onEngine?: ((engine: MetricEngine) => void) | undefined;
}

/** Reasons for which not even an interval can be drawn: nothing tells the version from the units that it ran on. */
export const inseparable: ReadonlySet<NotComputable["reason"]> = new Set(["too-few-units", "version-not-separable"]);

/** Weighs one-sided claims about a metric under the policy's monitoring and guarantee. */
export interface ClaimEvaluator {
  effect(kind: EffectKind, bound: number, side: Side, alpha: number): Claim;
  level(bound: number, side: Side, alpha: number): Claim;
}

/**
 * Evaluates the claims about a metric.
 *
 * @param blocked - why nothing may be claimed of the effect; `null` where it may.
 */
export function claimEvaluatorFor(
  engine: MetricEngine,
  policy: Policy,
  { look, exact }: MetricContext,
  blocked: NotComputable | null,
): ClaimEvaluator {
  const { information, prior } = engine;
  const terms = (alpha: number): ClaimTerms => ({
    monitoring: policy.monitoring.kind,
    information,
    prior,
    alpha,
    levelAtLook: look?.oneSided,
  });
  const arm = engine.arms.treatment;
  return {
    effect: (kind, bound, side, alpha) => {
      if (blocked !== null) return blocked;
      const estimate = engine.estimate(kind);
      if (isNotComputable(estimate)) return estimate;
      const asymptotic = claim(engine.deviance(kind, bound), side, terms(alpha));
      const ln = exact?.effect(kind, bound, side);
      return ln === undefined ? asymptotic : isNotComputable(ln) ? ln : exactClaim(ln, asymptotic);
    },
    level: (bound, side, alpha) => {
      if (blocked !== null && inseparable.has(blocked.reason)) return blocked;
      if (arm.n === 0) return notComputable("no-data", "the treatment has no values");
      const misfit = arm.deviance(bound);
      if (isNotComputable(misfit)) return misfit;
      const asymptotic = claim(misfit, side, {
        ...terms(alpha),
        information: arm.information,
      });
      const ln = exact?.level(bound, side);
      return ln === undefined ? asymptotic : isNotComputable(ln) ? ln : exactClaim(ln, asymptotic);
    },
  };
}
