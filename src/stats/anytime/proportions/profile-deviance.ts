import { scaleUntil } from "../../../math/bracket.ts";
import { devianceTerm } from "../../../math/deviance.ts";
import { findRoot } from "../../../math/root.ts";
import type { EffectKind } from "../../effect.ts";
import type { Interval } from "../../interval.ts";
import type { ProportionCounts } from "../../proportions/counts.ts";
import { type Line, lineOf, type NullLine, projectOntoLine } from "../blocks/null-line.ts";

/** The counts of both arms in one allocation epoch. Counts may be fractions: divided by a design effect. */
export interface Stratum {
  readonly control: ProportionCounts;
  readonly treatment: ProportionCounts;
}

/** The largest difference that is still inside the square of two proportions. */
export const nearestToOne: number = 1 - 1e-12;

/** The hypothesis that the effect on this scale has this value. */
export function nullLine(effect: EffectKind, value: number): NullLine {
  return effect === "difference" ? { difference: value } : { ratio: value };
}

/**
 * How much worse does this effect, common to all strata, fit than the best common one? Twice the log-likelihood that is
 * lost, each stratum with the baseline that suits the effect best.
 *
 * @param strata - Counts of both arms, one pair per allocation epoch; a stratum with an empty arm says nothing.
 * @param effect - The hypothesis: a difference strictly between -1 and 1, or a positive finite ratio.
 * @param estimate - The best common effect, see {@link profileEstimate}; a ratio may be 0 or infinite.
 * @returns The deviance, 0 or more.
 * @throws {RangeError} A hypothesis outside its range.
 */
export function profileDeviance(strata: readonly Stratum[], effect: NullLine, estimate: NullLine): number {
  // One stratum fits its own effect perfectly, and so do all strata whose ratio is 0, or infinite, in each of them.
  const perfect = strata.length === 1 || ("ratio" in estimate && (estimate.ratio === 0 || estimate.ratio === Infinity));
  const least = perfect ? 0 : deviance(strata, estimate);
  return Math.max(0, deviance(strata, effect) - least);
}

/** Deviance of a common effect against every stratum having proportions of its own. */
function deviance(strata: readonly Stratum[], effect: NullLine): number {
  const line = lineOf("compute the profile deviance", effect);
  let half = 0;
  for (const { control, treatment } of strata) {
    if (!(control.trials > 0 && treatment.trials > 0)) continue;
    const { x, y } = constrained(line, control, treatment);
    half += halfDevianceAt(control, x) + halfDevianceAt(treatment, y);
  }
  return 2 * half;
}

/**
 * The common effect that fits all strata best.
 *
 * @param strata - Counts of both arms, one pair per allocation epoch.
 * @param effect - Whether the effect is treatment - control or treatment / control.
 * @returns The effect. A ratio is `Infinity` where no control has a success and some treatment has. NaN where the data
 * say nothing about the effect: no stratum has both arms, or, for a ratio, none has a success.
 */
export function profileEstimate(strata: readonly Stratum[], effect: EffectKind): number {
  const usable = strata.filter(({ control, treatment }) => control.trials > 0 && treatment.trials > 0);
  const own = usable
    .map(({ control, treatment }) => {
      const [c, t] = [control.successes / control.trials, treatment.successes / treatment.trials];
      return effect === "difference" ? t - c : t / c;
    })
    .filter((value) => !Number.isNaN(value));
  if (own.length === 0) return Number.NaN;
  const [lowest, highest] = [Math.min(...own), Math.max(...own)];
  if (lowest === highest) return lowest;
  const slope = (value: number): number => {
    const line = lineOf("estimate the effect", nullLine(effect, value));
    return usable.reduce((sum, { control, treatment }) => sum + score(line, control, treatment, effect), 0);
  };
  const [lower, upper] = effect === "difference" ? differenceBracket(own) : ratioBracket(own, slope);
  if (slope(lower) <= 0) return lower;
  return slope(upper) >= 0 ? upper : findRoot(slope, lower, upper);
}

/** The differences between which the best common one lies, inside the square of two proportions. */
function differenceBracket(own: readonly number[]): Interval {
  const within = (difference: number): number => Math.min(nearestToOne, Math.max(-nearestToOne, difference));
  return [within(Math.min(...own)), within(Math.max(...own))];
}

/** The finite positive ratios between which the best common one lies, where single strata may have 0 or Infinity. */
function ratioBracket(own: readonly number[], slope: (ratio: number) => number): Interval {
  const finite = own.filter((ratio) => ratio > 0 && ratio < Infinity);
  const lower = Math.min(...finite, ...(finite.length === 0 ? [1] : []));
  const upper = Math.max(lower, ...finite);
  const factor = 8;
  return [
    own.includes(0) ? (scaleUntil((r) => slope(r) >= 0, lower, { factor: 1 / factor }) ?? lower) : lower,
    own.includes(Infinity) ? (scaleUntil((r) => slope(r) <= 0, upper, { factor }) ?? upper) : upper,
  ];
}

/**
 * Derivative of a stratum's profile log-likelihood with respect to the effect. The baseline that is held while the
 * effect moves is the control's, or the treatment's where that one lies on the edge of the square.
 */
function score(line: Line, control: ProportionCounts, treatment: ProportionCounts, effect: EffectKind): number {
  const { x, y } = constrained(line, control, treatment);
  const onEdge = y <= 0 || y >= 1;
  const change = onEdge ? -slopeAt(control, x) : slopeAt(treatment, y);
  if (effect === "difference") return change;
  return onEdge ? (change * x) / line.slope : change * x;
}

/** Derivative of a binomial log-likelihood; cells without counts say nothing. */
function slopeAt({ successes, trials }: ProportionCounts, p: number): number {
  const failures = trials - successes;
  return (successes === 0 ? 0 : successes / p) - (failures === 0 ? 0 : failures / (1 - p));
}

function constrained(
  line: Line,
  control: ProportionCounts,
  treatment: ProportionCounts,
): { readonly x: number; readonly y: number } {
  const x = projectOntoLine(
    line,
    control.successes / control.trials,
    control.trials,
    treatment.successes / treatment.trials,
    treatment.trials,
  );
  return { x, y: Math.min(1, Math.max(0, line.slope * x + line.intercept)) };
}

/** Log-likelihood of the observed proportion less that of `p`. */
function halfDevianceAt({ successes, trials }: ProportionCounts, p: number): number {
  const failures = trials - successes;
  const expected = trials * p;
  const difference = expected - successes;
  return devianceTerm(successes, expected, difference) + devianceTerm(failures, trials - expected, -difference);
}
