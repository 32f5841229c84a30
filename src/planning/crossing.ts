import { type AlphaSpending, type Monitoring } from "../policy/policy.ts";
import { findBoundaries } from "../analysis/sequential/group-sequential/boundaries.ts";
import { advancePaths, probabilityAbove, probabilityBelow, startPaths } from "../analysis/sequential/group-sequential/paths.ts";
import { oneSidedMixtureLnEvidence } from "../analysis/sequential/mixture-threshold.ts";
import { normalCdf, normalSurvivalQuantile } from "../math/normal.ts";
import { findRoot } from "../math/root.ts";
import type { ExpectedRoot } from "./expected-root.ts";

/** How a claim is looked at. */
export interface LookTerms {
  readonly monitoring: Monitoring;
  readonly alphaOneSided: number;
  /** Both sides are looked at, as for the goal `different`. */
  readonly twoSided: boolean;
}

/** The probability to have established a claim by n requests of the control, n being the maximum under planned looks. */
export function crossingProbability(expected: ExpectedRoot, side: 1 | -1, n: number, terms: LookTerms): number {
  const { monitoring, alphaOneSided, twoSided } = terms;
  const drift = (side * expected.root * Math.sqrt(n)) / expected.deviation;
  if (monitoring.kind === "fixed") {
    const critical = normalSurvivalQuantile(alphaOneSided) / expected.deviation;
    return normalCdf(drift - critical) + (twoSided ? normalCdf(-drift - critical) : 0);
  }
  if (monitoring.kind === "group-sequential") {
    const looks = plannedLooks(monitoring.looks);
    const bounds = spendingBounds(looks, alphaOneSided, twoSided, monitoring.spending).map((z) => z / expected.deviation);
    return last(crossings(looks, bounds, drift, twoSided));
  }
  return last(anytimeCrossings(expected, side, n, alphaOneSided).probability);
}

/** Planned looks as ascending shares of the whole. */
export function plannedLooks(looks: number | readonly number[]): readonly number[] {
  return typeof looks === "number" ? Array.from({ length: looks }, (_, k) => (k + 1) / looks) : looks;
}

/** Boundaries of the planned looks: the statistic to reach at each. */
export function spendingBounds(looks: readonly number[], alphaOneSided: number, twoSided: boolean, spending: AlphaSpending): number[] {
  const sides = twoSided ? 2 : 1;
  return findBoundaries({ sides, alpha: alphaOneSided * sides, spending }, looks, true).looks.map(({ efficacy }) => efficacy);
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
export function anytimeCrossings(expected: ExpectedRoot, side: 1 | -1, maximum: number, alphaOneSided: number): StoppingCurve {
  const critical = (n: number): number => mixtureCriticalRoot(expected.information * n, alphaOneSided, expected.priorDeviation);
  const sizes: number[] = [maximum];
  for (let n = maximum; n > maximum / 400 && n > 2 && sizes.length < 120; ) sizes.unshift((n /= growthPerLook));
  const fractions = sizes.map((n) => n / maximum);
  const inwards = 0.5826 * Math.sqrt(1 - 1 / growthPerLook);
  const bounds = sizes.map((n) => critical(n) / expected.deviation - inwards);
  const drift = (side * expected.root * Math.sqrt(maximum)) / expected.deviation;
  return { n: Float64Array.from(sizes), probability: crossings(fractions, bounds, drift, false) };
}

/** The signed root at which the one-sided mixture reaches 1 / alpha. */
export function mixtureCriticalRoot(information: number, alpha: number, priorDeviation: number): number {
  const excess = (root: number): number => oneSidedMixtureLnEvidence(root, information, priorDeviation) + Math.log(alpha);
  let high = 4;
  while (excess(high) < 0 && high < 1e8) high *= 2;
  return high >= 1e8 ? Number.POSITIVE_INFINITY : findRoot(excess, 0, high, { tolerance: 1e-9 });
}

/** Cumulative probability of having been above the boundary (two-sided: or below its mirror image) at a look. */
export function crossings(information: readonly number[], bounds: readonly number[], drift: number, twoSided: boolean): Float64Array {
  const cumulative = new Float64Array(information.length);
  let paths = startPaths();
  let sum = 0;
  information.forEach((t, k) => {
    const bound = bounds[k] as number;
    sum += probabilityAbove(paths, t, bound, drift) + (twoSided ? probabilityBelow(paths, t, -bound, drift) : 0);
    cumulative[k] = Math.min(1, sum);
    if (k + 1 < information.length) paths = advancePaths(paths, t, [[twoSided ? -bound : Number.NEGATIVE_INFINITY, bound]], information[k + 1]);
  });
  return cumulative;
}

function last(values: Float64Array): number {
  return values[values.length - 1] as number;
}
