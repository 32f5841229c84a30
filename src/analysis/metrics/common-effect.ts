import { findRoot } from "../../math/root.ts";
import type { Interval } from "../../stats/interval.ts";

/** A mean with its sampling variance. */
export interface MeanEstimate {
  readonly n: number;
  readonly value: number;
  /** Variance of a single record. */
  readonly spread: number;
  /** Variance of `value`: spread / n. */
  readonly variance: number;
}

/** The means of both arms in one allocation epoch. */
export interface MeanStratum {
  readonly control: MeanEstimate;
  readonly treatment: MeanEstimate;
}

/** The difference treatment - control common to all strata, each weighted by its precision, with its variance. */
export function differenceOf(strata: readonly MeanStratum[]): { readonly estimate: number; readonly variance: number } {
  let weights = 0;
  let weighted = 0;
  for (const { control, treatment } of strata) {
    const weight = 1 / (control.variance + treatment.variance);
    weights += weight;
    weighted += weight * (treatment.value - control.value);
  }
  return { estimate: weighted / weights, variance: 1 / weights };
}

/**
 * How badly a common ratio fits.
 *
 * A ratio is relative to the size of the control: `1 + (treatment - control) / |control|`, so that above 1 is always
 * "higher", and it is treatment / control where the control is above 0. The means that have a ratio lie on two rays
 * from the origin, one for controls above 0 and one for those below; the misfit is the distance to the nearer one. So
 * the sign of the control need not be known, and a control near 0 leaves open only what it must.
 *
 * Source: E. C. Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x, for each of the rays.
 */
export function ratioDeviance(strata: readonly MeanStratum[], ratio: number): number {
  return strata.reduce(
    (sum, stratum) => sum + Math.min(rayDeviance(stratum, ratio, 1), rayDeviance(stratum, 2 - ratio, -1)),
    0,
  );
}

/** The squared distance, in standard errors, to "treatment = slope * control" for controls of one sign. */
function rayDeviance({ control, treatment }: MeanStratum, slope: number, sign: 1 | -1): number {
  const foot = control.value * treatment.variance + slope * treatment.value * control.variance;
  if (sign * foot > 0)
    return (treatment.value - slope * control.value) ** 2 / (treatment.variance + slope * slope * control.variance);
  return squaredErrors(control) + squaredErrors(treatment);
}

/** Squared distance of a mean from 0, in standard errors. */
function squaredErrors({ value, variance }: MeanEstimate): number {
  return value === 0 ? 0 : (value * value) / variance;
}

/** The ratio of one stratum; infinite where the control's mean is 0 and the treatment's is not. */
function ratioOf({ control, treatment }: MeanStratum): number {
  const quotient = treatment.value / control.value;
  if (control.value === 0) return treatment.value === 0 ? Number.NaN : Math.sign(treatment.value) * Infinity;
  return control.value > 0 ? quotient : 2 - quotient;
}

/** Beyond it the control is 0 but for rounding, and the square of the ratio would overflow. */
export const largestRatio = 1e100;

/** How many parts the directions between the strata's own ratios are cut into. */
const directions = 32;

/**
 * The ratio that fits all strata best. Infinite where every control mean is 0 and the treatments lie on one side of it;
 * NaN where nothing can be said.
 */
export function commonRatio(strata: readonly MeanStratum[]): number {
  const all = strata.map(ratioOf).filter((ratio) => !Number.isNaN(ratio));
  const own = all.filter((ratio) => Math.abs(ratio) < largestRatio);
  if (own.length === 0) {
    const signs = new Set(all.map(Math.sign));
    return signs.size === 1 ? (all[0] as number) * Infinity : Number.NaN;
  }
  const [low, high] = [Math.min(...own), Math.max(...own)];
  if (low === high) return low;
  // Strata that disagree may have several local minima: the best is near one of their own ratios or between, where
  // ratios are evenly spread as directions.
  const scale = Math.sqrt(
    strata.reduce((sum, { treatment }) => sum + treatment.variance, 0) /
      strata.reduce((sum, { control }) => sum + control.variance, 0),
  );
  const [first, last] = [Math.atan(low / scale), Math.atan(high / scale)];
  const between = Array.from(
    { length: directions - 1 },
    (_, i) => scale * Math.tan(first + ((i + 1) / directions) * (last - first)),
  );
  const tried = [...own, ...between.filter(Number.isFinite)].sort((a, b) => a - b);
  const deviances = tried.map((ratio) => ratioDeviance(strata, ratio));
  const least = deviances.indexOf(Math.min(...deviances));
  const best = tried[least] as number;
  const [before, after] = [tried[least - 1] ?? low, tried[least + 1] ?? high];
  if (!strata.every(({ control, treatment }) => control.value > 0 && treatment.value >= 0))
    return minimumBetween((ratio) => ratioDeviance(strata, ratio), before, after);
  const slope = (ratio: number): number => slopeAt(strata, ratio);
  const [from, to] = slope(best) > 0 ? [before, best] : [best, after];
  return slope(from) < 0 && slope(to) > 0 ? findRoot(slope, from, to) : best;
}

/** Half the derivative of the misfit with respect to the ratio, for controls above 0. */
function slopeAt(strata: readonly MeanStratum[], ratio: number): number {
  return strata.reduce((sum, { control, treatment }) => {
    const pull = (treatment.value - ratio * control.value) / (treatment.variance + ratio * ratio * control.variance);
    return sum - pull * control.value - pull * pull * ratio * control.variance;
  }, 0);
}

/** The place of the least value between two places, by golden section. */
function minimumBetween(f: (x: number) => number, from: number, to: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  for (let step = 0; step < 100 && high > low; step++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (f(a) < f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

/** The misfit of a ratio above that of the best one. */
export function excessRatioDeviance(strata: readonly MeanStratum[], ratio: number): number {
  const best = commonRatio(strata);
  const least = Number.isFinite(best) ? ratioDeviance(strata, best) : 0;
  return Math.max(0, ratioDeviance(strata, ratio) - least);
}

/**
 * The ratios whose half deviance stays below the threshold; unbounded where the control's mean can't be told from 0.
 */
export function ratioInterval(strata: readonly MeanStratum[], threshold: number): Interval {
  const best = commonRatio(strata);
  if (Number.isNaN(best)) return [-Infinity, Infinity];
  const finite = Number.isFinite(best);
  const least = finite ? ratioDeviance(strata, best) : 0;
  const excess = (ratio: number): number => 0.5 * (ratioDeviance(strata, ratio) - least) - threshold;
  const farthest = 1e12 * Math.max(1, finite ? Math.abs(best) : 1);
  const start = finite ? best : Math.sign(best) * farthest;
  const end = (side: 1 | -1): number => {
    if (!finite && Math.sign(best) === side) return side * Infinity;
    let inner = start;
    for (let step = Math.max(finite ? Math.abs(best) : 1, 1e-300) * 0.01; step < 4 * farthest; step *= 2) {
      const outer = start + side * step;
      if (excess(outer) > 0) return findRoot(excess, inner, outer);
      inner = outer;
    }
    return side * Infinity;
  };
  return [end(-1), end(1)];
}
