import { devianceTerm } from "../../../math/deviance.ts";
import { findRoot } from "../../../math/root.ts";
import type { EffectKind } from "../../effect.ts";
import type { ProportionCounts } from "../../proportions/counts.ts";
import { type Line, lineOf, type NullLine, projectOntoLine } from "../blocks/null-line.ts";

/** The counts of both arms in one allocation epoch. Counts may be fractions: divided by a design effect. */
export interface Stratum {
  readonly control: ProportionCounts;
  readonly treatment: ProportionCounts;
}

/** The largest difference that is still inside the square of two proportions. */
export const nearestToOne: number = 1 - 1e-12;

/** The hypothesis that the effect has this value. */
export function nullLine(kind: EffectKind, effect: number): NullLine {
  return kind === "difference" ? { difference: effect } : { ratio: effect };
}

/**
 * How much worse does this effect, common to all strata, fit than the best common one? Twice the log-likelihood that is
 * ineffectiveRequests, each stratum with the baseline that suits the effect best.
 *
 * @param estimate - the best common effect, see {@link profileEstimate}.
 */
export function profileDeviance(strata: readonly Stratum[], effect: NullLine, estimate: NullLine): number {
  const least = strata.length === 1 ? 0 : deviance(strata, estimate);
  return Math.max(0, deviance(strata, effect) - least);
}

/** Deviance of a common effect against every stratum having proportions of its own. */
function deviance(strata: readonly Stratum[], effect: NullLine): number {
  const line = lineOf("compute the profile deviance", effect);
  let half = 0;
  for (const { control, treatment } of strata) {
    const { x, y } = constrained(line, control, treatment);
    half += lost(control, x) + lost(treatment, y);
  }
  return 2 * half;
}

/**
 * The common effect that fits all strata best.
 *
 * @returns NaN when it is not identified: no stratum has both arms, or a ratio's control has no successes.
 */
export function profileEstimate(strata: readonly Stratum[], kind: EffectKind): number {
  const usable = strata.filter(({ control, treatment }) => control.trials > 0 && treatment.trials > 0);
  const own = usable.map(({ control, treatment }) => {
    const [c, t] = [control.successes / control.trials, treatment.successes / treatment.trials];
    return kind === "difference" ? t - c : t / c;
  });
  if (own.length === 0) return Number.NaN;
  if (own.length === 1) return (own[0] as number) < Infinity ? (own[0] as number) : Number.NaN;
  const finite = own.filter((effect) => Number.isFinite(effect) && (kind === "difference" || effect > 0));
  const within = (effect: number): number =>
    kind === "difference" ? Math.min(nearestToOne, Math.max(-nearestToOne, effect)) : effect;
  const lower = within(Math.min(...finite));
  const upper = within(Math.max(...finite));
  if (!(lower <= upper)) return Number.NaN;
  if (lower === upper) return lower;
  const slope = (effect: number): number => {
    const line = lineOf("estimate the effect", nullLine(kind, effect));
    return usable.reduce((sum, { control, treatment }) => sum + score(line, control, treatment, kind), 0);
  };
  const [atLower, atUpper] = [slope(lower), slope(upper)];
  if (atLower <= 0) return lower;
  return atUpper >= 0 ? upper : findRoot(slope, lower, upper);
}

/**
 * Derivative of a stratum's profile log-likelihood with respect to the effect. The baseline that is held while the
 * effect moves is the control's, or the treatment's where that one lies on the edge of the square.
 */
function score(line: Line, control: ProportionCounts, treatment: ProportionCounts, kind: EffectKind): number {
  const { x, y } = constrained(line, control, treatment);
  const onEdge = y <= 0 || y >= 1;
  const change = onEdge ? -slopeAt(control, x) : slopeAt(treatment, y);
  if (kind === "difference") return change;
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

/** Log-likelihood ineffectiveRequests by proportion `p` against the observed one. */
function lost({ successes, trials }: ProportionCounts, p: number): number {
  const failures = trials - successes;
  const expected = trials * p;
  const difference = expected - successes;
  return devianceTerm(successes, expected, difference) + devianceTerm(failures, trials - expected, -difference);
}
