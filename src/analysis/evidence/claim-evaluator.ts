import { isNotComputable, notComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import type { EffectKind } from "../../stats/effect.ts";
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
  /** Is given the engine that the claims are made with. */
  readonly onEngine?: ((engine: MetricEngine) => void) | undefined;
}

/** Evaluates one-sided claims about a metric under the policy's monitoring and guarantee. */
export interface ClaimEvaluator {
  effect(kind: EffectKind, bound: number, side: Side, alpha: number): Claim;
  level(bound: number, side: Side, alpha: number): Claim;
}

/** Evaluates claims with a metric's engine. */
export function claimEvaluatorFor(
  engine: MetricEngine,
  policy: Policy,
  { look, exact }: MetricContext,
): ClaimEvaluator {
  const { information, prior, degreesOfFreedom } = engine;
  const terms = (alpha: number): ClaimTerms => ({
    monitoring: policy.monitoring.kind,
    information,
    prior,
    degreesOfFreedom,
    alpha,
    levelAtLook: look?.oneSided,
  });
  const arm = engine.arms.treatment;
  return {
    effect: (kind, bound, side, alpha) => {
      const estimate = engine.estimate(kind);
      if (isNotComputable(estimate)) return estimate;
      const asymptotic = claim(engine.deviance(kind, bound), side, terms(alpha));
      const ln = exact?.effect(kind, bound, side);
      return ln === undefined ? asymptotic : isNotComputable(ln) ? ln : exactClaim(ln, asymptotic);
    },
    level: (bound, side, alpha) => {
      if (arm.n === 0) return notComputable("no-data", "the treatment has no values");
      const misfit = arm.deviance(bound);
      if (isNotComputable(misfit)) return misfit;
      const asymptotic = claim(misfit, side, {
        ...terms(alpha),
        information: arm.information,
        degreesOfFreedom: degreesOfFreedom / 2,
      });
      const ln = exact?.level(bound, side);
      return ln === undefined ? asymptotic : isNotComputable(ln) ? ln : exactClaim(ln, asymptotic);
    },
  };
}
