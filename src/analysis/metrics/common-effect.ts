import { findRoot } from "../../math/root.ts";
import type { Interval } from "../../stats/interval.ts";

/** A mean with its sampling variance. */
export interface MeanEstimate {
  readonly n: number;
  readonly value: number;
  /** Variance of a single record. */
  readonly spread: number;
  /** Variance of `value`: spread * factor / n. */
  readonly variance: number;
  /** Design effect. */
  readonly factor: number;
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

/** How badly a common ratio treatment / control fits (Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x). */
export function ratioDeviance(strata: readonly MeanStratum[], ratio: number): number {
  return strata.reduce(
    (sum, { control, treatment }) =>
      sum + (treatment.value - ratio * control.value) ** 2 / (treatment.variance + ratio * ratio * control.variance),
    0,
  );
}

/** Beyond it the control is as good as 0, and the square of the ratio would overflow. */
export const largestRatio = 1e100;

/** How many parts the directions between the strata's own ratios are cut into. */
const directions = 32;

/** The ratio that fits all strata best; NaN where no control mean differs from 0. */
export function commonRatio(strata: readonly MeanStratum[]): number {
  const own = strata
    .map(({ control, treatment }) => treatment.value / control.value)
    .filter((ratio) => Math.abs(ratio) < largestRatio);
  if (own.length === 0) return Number.NaN;
  const [low, high] = [Math.min(...own), Math.max(...own)];
  if (low === high) return low;
  const slope = (ratio: number): number =>
    strata.reduce((sum, { control, treatment }) => {
      const pull = (treatment.value - ratio * control.value) / (treatment.variance + ratio * ratio * control.variance);
      return sum - pull * control.value - pull * pull * ratio * control.variance;
    }, 0);
  // Strata that disagree may leave several valleys: the deepest is near one of their own ratios or between, where
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
  const depths = tried.map((ratio) => ratioDeviance(strata, ratio));
  const deepest = depths.indexOf(Math.min(...depths));
  const best = tried[deepest] as number;
  const [from, to] = slope(best) > 0 ? [tried[deepest - 1] ?? low, best] : [best, tried[deepest + 1] ?? high];
  return slope(from) < 0 && slope(to) > 0 ? findRoot(slope, from, to) : best;
}

/**
 * The ratios whose half deviance stays below the threshold; unbounded where the control's mean can't be told from 0.
 */
export function ratioInterval(strata: readonly MeanStratum[], threshold: number): Interval {
  const best = commonRatio(strata);
  const least = ratioDeviance(strata, best);
  const excess = (ratio: number): number => 0.5 * (ratioDeviance(strata, ratio) - least) - threshold;
  const end = (side: 1 | -1): number => {
    let inner = best;
    for (let step = Math.max(Math.abs(best), 1e-300) * 0.01; step < 1e12 * Math.max(1, Math.abs(best)); step *= 2) {
      const outer = best + side * step;
      if (excess(outer) > 0) return findRoot(excess, inner, outer);
      inner = outer;
    }
    return side * Infinity;
  };
  return [end(-1), end(1)];
}
