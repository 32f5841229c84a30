import { type NotComputable, notComputable } from "../../../errors.ts";
import { walkUntil } from "../../../math/bracket.ts";
import { findRoot } from "../../../math/root.ts";
import { type EffectKind, noEffect } from "../../effect.ts";
import type { Interval } from "../../interval.ts";
import { requireOneOf } from "../../options.ts";
import type { Alternative } from "../../result.ts";
import { type SequentialEvidence, sequentialEvidence } from "../evidence.ts";
import { mixtureLnEvidence, oneSidedMixtureLnEvidence, sharePrior } from "../mixtures/normal-mixture.ts";
import { nearestToOne, nullLine, profileDeviance, profileEstimate, type Stratum } from "./profile-deviance.ts";

/** Name of the method in results. */
export const profileMixture = "profile-mixture";

/**
 * How much do the strata say about the log-odds effect? Its Fisher information as it is where the arms do not differ,
 * from the pooled counts of each stratum smoothed by half a success and half a failure, summed over strata. The arms'
 * own counts would say less exactly when one arm fails far more often.
 */
export function logOddsInformation(strata: readonly Stratum[]): number {
  return strata.reduce((sum, { control, treatment }) => {
    const trials = control.trials + treatment.trials;
    if (trials === 0) return sum;
    const share = (control.successes + treatment.successes + 0.5) / (trials + 1);
    return sum + (share * (1 - share) * control.trials * treatment.trials) / trials;
  }, 0);
}

/**
 * Which effects on a proportion are compatible with the data?
 *
 * @param strata - successes and trials of control and treatment, one pair per allocation epoch; both arms non-empty.
 * @param options - `effect`: `"difference"` (treatment - control) or `"ratio"` (treatment / control); `threshold` on
 * half the profile deviance: `mixtureThreshold` for a sequence valid at any time, chi-square(1) / 2 for one look.
 * @returns the effects whose deviance stays below the threshold; ends of the parameter space where none is excluded.
 * Asymptotic (Wilks 1938, doi:10.1214/aoms/1177732360).
 */
export function profileProportionInterval(
  strata: readonly Stratum[],
  { effect, threshold }: { readonly effect: EffectKind; readonly threshold: number },
): Interval {
  const space: Interval = effect === "difference" ? [-1, 1] : [0, Infinity];
  const estimate = profileEstimate(strata, effect);
  if (Number.isNaN(estimate)) return space;
  const excess = (value: number): number =>
    0.5 * profileDeviance(strata, nullLine(effect, value), nullLine(effect, estimate)) - threshold;
  return effect === "difference" ? differenceEnds(excess, estimate) : ratioEnds(excess, estimate);
}

function differenceEnds(excess: (effect: number) => number, estimate: number): Interval {
  const end = (limit: number): number => {
    const edge = limit * nearestToOne;
    if (Math.abs(estimate) >= nearestToOne && Math.sign(estimate) === limit) return limit;
    return excess(edge) <= 0
      ? limit
      : findRoot(excess, Math.max(-nearestToOne, Math.min(nearestToOne, estimate)), edge);
  };
  return [end(-1), end(1)];
}

function ratioEnds(excess: (effect: number) => number, estimate: number): Interval {
  const onLog = (lnRatio: number): number => excess(Math.exp(lnRatio));
  const farthest = 34;
  const start = Math.min(farthest, Math.max(-farthest, Math.log(estimate)));
  const end = (side: 1 | -1): number => {
    const unbounded = side === 1 ? Infinity : 0;
    if (estimate === unbounded || onLog(side * farthest) <= 0) return unbounded;
    const bracket = walkUntil((x) => onLog(x) > 0, start, 0.01 * side, { limit: side * farthest });
    return bracket === null ? unbounded : Math.exp(findRoot(onLog, bracket.near, bracket.far));
  };
  return [end(-1), end(1)];
}

/** What a test of a common effect on a proportion takes. */
export interface ProfileProportionOptions {
  /** Whether the effect is treatment - control or treatment / control. */
  readonly effect: EffectKind;
  /** The effect under the null hypothesis; default none: 0 for a difference, 1 for a ratio. */
  readonly nullEffect?: number;
  /**
   * `greater`: the effect exceeds `nullEffect`; then the hypothesis is that it is at most that. Default `two-sided`.
   */
  readonly alternative?: Alternative;
}

/**
 * How strong is the evidence, at this look and valid at every look, against the hypothesis that the effect is
 * `nullEffect`?
 *
 * @param strata - Successes and trials of control and treatment, one pair per allocation epoch.
 * @param options - Kind of effect, null effect, alternative.
 * @returns The evidence of this look. `NotComputable` (`not-identified`) without a stratum that has both arms, and for
 * a ratio without any success. Anytime, asymptotic: error measured in docs/guarantees.md. Needs independent requests,
 * or counts divided by the design effect of their units.
 *
 * Source: normal mixture of likelihood ratios, H. Robbins 1970, doi:10.1214/aoms/1177696786; profile likelihood, S. S.
 * Wilks 1938, doi:10.1214/aoms/1177732360.
 *
 * @throws {RangeError} A null difference outside (-1, 1), a null ratio that is not positive.
 *
 * @example
 * ```ts
 * const strata = [{ control: { successes: 0, trials: 20_000 }, treatment: { successes: 91, trials: 20_000 } }];
 * profileProportionEvidence(strata, { effect: "ratio", nullEffect: 1.5, alternative: "greater" }); // p = 7e-19
 * ```
 */
export function profileProportionEvidence(
  strata: readonly Stratum[],
  { effect, nullEffect = noEffect(effect), alternative = "two-sided" }: ProfileProportionOptions,
): SequentialEvidence | NotComputable {
  const action = "compute the evidence on a proportion";
  requireOneOf(action, "effect", effect, ["difference", "ratio"]);
  requireOneOf(action, "alternative", alternative, ["two-sided", "less", "greater"]);
  const estimate = profileEstimate(strata, effect);
  if (Number.isNaN(estimate))
    return notComputable(
      "not-identified",
      `a ${effect} needs both arms${effect === "ratio" ? ", and a success in one of them" : ""}`,
    );
  const deviance = profileDeviance(strata, nullLine(effect, nullEffect), nullLine(effect, estimate));
  return evidenceFromDeviance(deviance, estimate > nullEffect, logOddsInformation(strata), alternative);
}

/** Evidence from a profile deviance, and from the side of the null that the estimate lies on. */
function evidenceFromDeviance(
  deviance: number,
  above: boolean,
  information: number,
  alternative: Alternative,
): SequentialEvidence {
  if (alternative === "two-sided")
    return sequentialEvidence(
      profileMixture,
      "anytime-asymptotic",
      mixtureLnEvidence(deviance, information, sharePrior),
    );
  const root = Math.sqrt(deviance);
  const signed = above === (alternative === "greater") ? root : -root;
  return sequentialEvidence(
    profileMixture,
    "anytime-asymptotic",
    oneSidedMixtureLnEvidence(signed, information, sharePrior),
  );
}
