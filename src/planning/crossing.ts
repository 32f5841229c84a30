import { mixtureCriticalRoot } from "../analysis/evidence/confidence-bound.ts";
import { lookFractions } from "../analysis/looks/planned-look.ts";
import { normalCdf, normalSurvivalQuantile } from "../math/normal.ts";
import type { AlphaSpending, Monitoring } from "../policy/policy.ts";
import { findBoundaries } from "../stats/group-sequential/boundaries.ts";
import { advancePaths, probabilityAbove, probabilityBelow, startPaths } from "../stats/group-sequential/paths.ts";
import type { ExpectedRoot } from "./expected-root.ts";

/** How a claim is looked at. */
export interface LookTerms {
  readonly monitoring: Monitoring;
  readonly alphaOneSided: number;
  /** Both sides are looked at, as for the goal `different`. */
  readonly twoSided: boolean;
}

/** Chance to have established a claim by n requests of the control, n being the maximum under planned looks. */
export type PowerCurve = (n: number) => number;

/** The chance of a claim as a function of the sample size; what does not depend on it is computed once. */
export function powerCurveOf(expected: ExpectedRoot, side: 1 | -1, terms: LookTerms): PowerCurve {
  const curve = powerCurveWithoutLoss(expected, side, terms);
  return expected.ineffectiveRequests === 0
    ? curve
    : (n) => curve(Math.max(n / 1000, n - expected.ineffectiveRequests));
}

function powerCurveWithoutLoss(expected: ExpectedRoot, side: 1 | -1, terms: LookTerms): PowerCurve {
  const { monitoring, alphaOneSided, twoSided } = terms;
  const { deviation, root } = expected;
  const drift = (n: number): number => (side * root * Math.sqrt(n)) / deviation;
  if (monitoring.kind === "fixed") {
    const critical = normalSurvivalQuantile(alphaOneSided) / deviation;
    return (n) => normalCdf(drift(n) - critical) + (twoSided ? normalCdf(-drift(n) - critical) : 0);
  }
  if (monitoring.kind === "group-sequential") {
    const looks = lookFractions(monitoring);
    const bounds = spendingBounds(looks, alphaOneSided, twoSided, monitoring.spending).map((z) => z / deviation);
    return (n) => last(crossings(looks, bounds, drift(n), twoSided));
  }
  if (side * root <= 0) return (n) => last(anytimeCrossings(expected, side, n, alphaOneSided).probability);
  const curve = anytimeCrossings(expected, side, certainSampleSize(expected), alphaOneSided);
  return (n) => chanceBy(curve, n);
}

/** A size by which a claim is established almost surely. */
function certainSampleSize({ root, deviation }: ExpectedRoot): number {
  return ((4.5 + 4 * deviation) / root) ** 2;
}

/** Between the sizes of a curve the chance is taken as linear in ln n. */
function chanceBy({ n: sizes, probability }: StoppingCurve, n: number): number {
  const k = sizes.findIndex((size) => size >= n);
  if (k < 0) return last(probability);
  if (k === 0) return (probability[0] as number) * Math.min(1, n / (sizes[0] as number)) ** 8;
  const [before, after] = [sizes[k - 1] as number, sizes[k] as number];
  const weight = Math.log(n / before) / Math.log(after / before);
  return (1 - weight) * (probability[k - 1] as number) + weight * (probability[k] as number);
}

/** The size by which a share of experiments has stopped. */
export function sizeBy({ n: sizes, probability }: StoppingCurve, share: number): number {
  const k = probability.findIndex((p) => p >= share);
  if (k <= 0) return k < 0 ? Infinity : (sizes[0] as number);
  const [before, after] = [probability[k - 1] as number, probability[k] as number];
  const weight = (share - before) / (after - before);
  return (sizes[k - 1] as number) ** (1 - weight) * (sizes[k] as number) ** weight;
}

/** When a claim is established, as a curve; for planned looks by look. */
export function stoppingCurve(expected: ExpectedRoot, side: 1 | -1, n: number, terms: LookTerms): StoppingCurve {
  const { monitoring, alphaOneSided, twoSided } = terms;
  if (monitoring.kind !== "group-sequential") {
    const curve = anytimeCrossings(expected, side, certainSampleSize(expected), alphaOneSided);
    return { ...curve, n: curve.n.map((size) => size + expected.ineffectiveRequests) };
  }
  const looks = lookFractions(monitoring);
  const bounds = spendingBounds(looks, alphaOneSided, twoSided, monitoring.spending).map((z) => z / expected.deviation);
  return {
    n: Float64Array.from(looks, (look) => look * n),
    probability: crossings(looks, bounds, (side * expected.root * Math.sqrt(n)) / expected.deviation, twoSided),
  };
}

/** Boundaries of the planned looks: the statistic to reach at each. */
function spendingBounds(
  looks: readonly number[],
  alphaOneSided: number,
  twoSided: boolean,
  spending: AlphaSpending,
): number[] {
  const sides = twoSided ? 2 : 1;
  return findBoundaries({ sides, alpha: alphaOneSided * sides, spending }, looks, true).looks.map(
    ({ efficacy }) => efficacy,
  );
}

/** When a claim is established under anytime monitoring: cumulative probability by requests of the control. */
export interface StoppingCurve {
  readonly n: Float64Array;
  readonly probability: Float64Array;
}

const growthPerLook = 1.06;

/**
 * The chance that the signed root, a Brownian motion with drift, has passed the mixture's boundary by each of a grid of
 * sample sizes up to `maximum`. Looks between those of the grid are accounted for by moving the boundary inwards by
 * 0.5826 standard deviations of a step (D. Siegmund 1985, "Sequential Analysis", chapter 10).
 */
function anytimeCrossings(expected: ExpectedRoot, side: 1 | -1, maximum: number, alphaOneSided: number): StoppingCurve {
  const critical = (n: number): number => mixtureCriticalRoot(expected.information * n, alphaOneSided, expected.prior);
  const sizes: number[] = [maximum];
  for (let n = maximum; n > maximum / 400 && n > 2 && sizes.length < 120;) sizes.unshift((n /= growthPerLook));
  const fractions = sizes.map((n) => n / maximum);
  const inwards = 0.5826 * Math.sqrt(1 - 1 / growthPerLook);
  const bounds = sizes.map((n) => critical(n) / expected.deviation - inwards);
  const drift = (side * expected.root * Math.sqrt(maximum)) / expected.deviation;
  return { n: Float64Array.from(sizes), probability: crossings(fractions, bounds, drift, false) };
}

/** Cumulative probability of having been above the boundary (two-sided: or below its mirror image) at a look. */
function crossings(
  information: readonly number[],
  bounds: readonly number[],
  drift: number,
  twoSided: boolean,
): Float64Array {
  const cumulative = new Float64Array(information.length);
  let paths = startPaths();
  let sum = 0;
  information.forEach((t, k) => {
    const bound = bounds[k] as number;
    sum += probabilityAbove(paths, t, bound, drift) + (twoSided ? probabilityBelow(paths, t, -bound, drift) : 0);
    cumulative[k] = Math.min(1, sum);
    if (k + 1 < information.length)
      paths = advancePaths(paths, t, [[twoSided ? -bound : -Infinity, bound]], information[k + 1]);
  });
  return cumulative;
}

function last(values: Float64Array): number {
  return values[values.length - 1] as number;
}
