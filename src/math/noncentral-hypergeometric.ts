import { requireNumber } from "../errors.ts";
import { hypergeometricLogProbability, hypergeometricSupport } from "./hypergeometric.ts";
import { cdfOf, logCdfOf, logSurvivalOf, survivalOf, type Tail } from "./tail.ts";

/**
 * Fisher's noncentral hypergeometric distribution: the successes of one arm given the total number of successes, when
 * the odds ratio is exp(lnOddsRatio). `population` = all trials, `marked` = all successes, `drawn` = the trials of that
 * arm.
 */
export interface NoncentralHypergeometric {
  /** The smallest and the largest possible value. */
  readonly support: readonly [smallest: number, largest: number];
  /** The most probable value, the smaller one of two. */
  readonly mode: number;
  readonly mean: number;
  readonly variance: number;
  /** ln of the sum over k of P0(k) exp(k lnOddsRatio), P0 being the central distribution. */
  readonly lnNormaliser: number;
  /** ln P(X = k). */
  logProbability(k: number): number;
  /** P(X <= k). */
  cdf(k: number): number;
  /** P(X > k). */
  survival(k: number): number;
  /** ln P(X <= k). */
  logCdf(k: number): number;
  /** ln P(X > k). */
  logSurvival(k: number): number;
}

/** Builds the distribution; its cost grows with the standard deviation, not with the population. */
export function noncentralHypergeometric(
  population: number,
  marked: number,
  drawn: number,
  lnOddsRatio: number,
): NoncentralHypergeometric {
  requireNumber(
    "evaluate the noncentral hypergeometric distribution",
    "lnOddsRatio",
    "a finite number",
    lnOddsRatio,
    Number.isFinite,
  );
  const [smallest, largest] = hypergeometricSupport(population, marked, drawn);
  const rest = population - marked - drawn;
  const odds = Math.exp(lnOddsRatio);
  /** P(x + 1) / P(x). */
  const ratio = (x: number): number => ((marked - x) / (x + 1)) * ((drawn - x) / (rest + x + 1)) * odds;
  const mode = modeOf(smallest, largest, ratio);
  const lnAtMode = hypergeometricLogProbability(mode, population, marked, drawn);

  /** Sums P(x) / P(start) from `start` downwards or upwards, and the moments of the distance from `start`. */
  const walk = (start: number, up: boolean): { total: number; first: number; second: number } => {
    let total = 1;
    let first = 0;
    let second = 0;
    let term = 1;
    for (let x = start; up ? x < largest : x > smallest; x += up ? 1 : -1) {
      term = up ? term * ratio(x) : term / ratio(x - 1);
      const distance = Math.abs(x - start) + 1;
      total += term;
      first += term * distance;
      second += term * distance * distance;
      if (term * distance * distance < 1e-18 * total) break;
    }
    return { total, first, second };
  };
  const below = walk(mode, false);
  const above = walk(mode, true);
  const total = below.total + above.total - 1;
  const shift = (above.first - below.first) / total;

  const relativeToMode = (k: number): number =>
    hypergeometricLogProbability(k, population, marked, drawn) - lnAtMode + (k - mode) * lnOddsRatio;
  const logProbability = (k: number): number => relativeToMode(k) - Math.log(total);
  const tailAt = (k: number): Tail => {
    const at = Math.floor(k);
    if (at < smallest) return { lower: true, ln: -Infinity };
    if (at >= largest) return { lower: false, ln: -Infinity };
    const lower = at < mode;
    const first = lower ? at : at + 1;
    return { lower, ln: logProbability(first) + Math.log(walk(first, !lower).total) };
  };
  return {
    support: [smallest, largest],
    mode,
    mean: mode + shift,
    variance: (above.second + below.second) / total - shift * shift,
    lnNormaliser: lnAtMode + mode * lnOddsRatio + Math.log(total),
    logProbability,
    cdf: (k) => cdfOf(tailAt(k)),
    survival: (k) => survivalOf(tailAt(k)),
    logCdf: (k) => logCdfOf(tailAt(k)),
    logSurvival: (k) => logSurvivalOf(tailAt(k)),
  };
}

/** The most probable value: the ratio of neighbours falls, so bisect for where it passes 1. */
function modeOf(smallest: number, largest: number, ratio: (x: number) => number): number {
  let low = smallest;
  let high = largest;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (ratio(middle) > 1) low = middle + 1;
    else high = middle;
  }
  return low;
}
