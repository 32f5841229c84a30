import { cannot } from "../../errors.ts";
import { scaleUntil, walkUntil } from "../../math/bracket.ts";
import { normalSurvivalQuantile } from "../../math/normal.ts";
import { findRoot } from "../../math/root.ts";
import {
  advancePaths,
  type Continuation,
  type Paths,
  probabilityAbove,
  probabilityBelow,
  startPaths,
} from "./paths.ts";
import { type SpendingFunction, spentProbability } from "./spending.ts";

/** The rules by which boundaries are found, whatever looks are taken. */
export interface BoundaryRules {
  readonly sides: 1 | 2;
  /** Type I error of the efficacy boundary, both sides together. */
  readonly alpha: number;
  readonly spending: SpendingFunction;
  /** Futility: type II error spent under the design's drift. */
  readonly futility?:
    | { readonly beta: number; readonly spending: SpendingFunction; readonly binding: boolean; readonly drift: number }
    | undefined;
  /** Harm: a lower boundary of its own, at its own one-sided type I error. */
  readonly harm?: { readonly alpha: number; readonly spending: SpendingFunction } | undefined;
}

/** The boundary at one look, in terms of the standardised statistic z (positive: treatment better). */
export interface Boundary {
  readonly information: number;
  /** Reject when z >= this (two-sided: |z|); Infinity where nothing may be spent yet. */
  readonly efficacy: number;
  /** Stop for futility when z < this (two-sided: |z|); null where there is no such stop. */
  readonly futility: number | null;
  /** Stop for harm when z <= this; null where there is no such boundary. */
  readonly harm: number | null;
  /** Cumulative type I error spent, both sides together. */
  readonly alphaSpent: number;
  /** Cumulative type II error spent; null without futility. */
  readonly betaSpent: number | null;
}

/** Boundaries at the looks taken so far, and the paths that reach each of them. */
export interface Boundaries {
  readonly looks: readonly Boundary[];
  /** For every look, the paths that arrive there when every stop is obeyed. */
  readonly arriving: readonly Paths[];
}

/**
 * Finds the boundaries look by look; each depends on the looks before it only, so looks may be taken when they happen.
 *
 * @param information - ascending shares of the planned information; above 1 where more was collected
 * @param lastIsFinal - whether the last look spends all that is left
 * @param unstopped - boundaries of the same rules and looks without futility: those for efficacy and harm are taken
 * from there, since a futility stop that is not binding leaves them as they are
 */
export function findBoundaries(
  rules: BoundaryRules,
  information: readonly number[],
  lastIsFinal: boolean,
  unstopped?: Boundaries,
): Boundaries {
  const looks: Boundary[] = [];
  const arriving: Paths[] = [];
  const { sides, futility, harm } = rules;
  let nullPaths = startPaths();
  let harmPaths = startPaths();
  let obedient = nullPaths;
  let alphaBefore = 0;
  let betaBefore = 0;
  let harmBefore = 0;
  information.forEach((t, k) => {
    const isFinal = lastIsFinal && k === information.length - 1;
    const next = information[k + 1];
    const clock = isFinal ? Math.max(1, t) : t;
    const known = unstopped?.looks[k];
    const alphaOneSide =
      known === undefined
        ? spend(rules.spending, rules.alpha / sides, clock, k, isFinal, alphaBefore)
        : known.alphaSpent / sides;
    const efficacy = known?.efficacy ?? upperBound(nullPaths, t, alphaOneSide - alphaBefore);
    alphaBefore = alphaOneSide;

    let harmBound: number | null = known?.harm ?? null;
    if (harm !== undefined && known === undefined) {
      const spent = spend(harm.spending, harm.alpha, clock, k, isFinal, harmBefore);
      harmBound = -upperBound(harmPaths, t, spent - harmBefore);
      harmBefore = spent;
      if (next !== undefined) harmPaths = advancePaths(harmPaths, t, [[-Infinity, -harmBound]], next);
    }

    let futilityBound: number | null = null;
    if (futility !== undefined) {
      const spent = spend(futility.spending, futility.beta, clock, k, isFinal, betaBefore);
      futilityBound = isFinal
        ? efficacy
        : Math.min(efficacy, lowerBound(obedient, t, spent - betaBefore, futility.drift, sides, harmBound));
      betaBefore = spent;
    }

    looks.push({
      information: t,
      efficacy,
      futility: futilityBound,
      harm: harmBound,
      alphaSpent: alphaBefore * sides,
      betaSpent: futility === undefined ? null : betaBefore,
    });
    arriving.push(obedient);
    if (next === undefined) return;
    const obeyed = continuation(sides, efficacy, futilityBound, harmBound);
    if (known !== undefined) {
      obedient = advancePaths(obedient, t, obeyed, next);
      return;
    }
    const samePaths = nullPaths === obedient;
    const ignoring = continuation(sides, efficacy, null, null);
    const bound = futility?.binding === true ? continuation(sides, efficacy, futilityBound, null) : ignoring;
    nullPaths = advancePaths(nullPaths, t, bound, next);
    obedient = samePaths && sameStretches(bound, obeyed) ? nullPaths : advancePaths(obedient, t, obeyed, next);
  });
  return { looks, arriving };
}

function spend(
  spending: SpendingFunction,
  probability: number,
  clock: number,
  look: number,
  isFinal: boolean,
  before: number,
): number {
  const spent = isFinal ? probability : spentProbability(spending, probability, clock, look);
  if (spent < before) {
    const requirement = `at least what was spent before (${before})`;
    throw new RangeError(
      `${cannot("find group-sequential boundaries", `spending at look ${look + 1}`, requirement, spent)}. ` +
        "A spending function must not decrease",
    );
  }
  return spent;
}

/** Where the trial goes on, given the stops that are obeyed. */
export function continuation(
  sides: 1 | 2,
  efficacy: number,
  futility: number | null,
  harm: number | null,
): Continuation {
  const lowest = Math.max(sides === 2 ? -efficacy : -Infinity, harm ?? -Infinity);
  if (futility === null) return [[lowest, efficacy]];
  if (sides === 1) return [[Math.max(lowest, futility), efficacy]];
  if (futility <= 0) return [[lowest, efficacy]];
  return [
    [lowest, -futility],
    [futility, efficacy],
  ];
}

function sameStretches(a: Continuation, b: Continuation): boolean {
  return a.length === b.length && a.every(([lower, upper], i) => lower === b[i]?.[0] && upper === b[i]?.[1]);
}

/** The z above which the arriving paths have probability `p` under no drift. */
function upperBound(paths: Paths, information: number, p: number): number {
  if (!(p > 1e-300)) return Infinity;
  const guess = normalSurvivalQuantile(Math.min(0.5, p));
  const lnRatio = (z: number): number => Math.log(probabilityAbove(paths, information, z) / p);
  return rootNear(lnRatio, guess);
}

/**
 * The z below which (two-sided: within which) the arriving paths have probability `p` under `drift`; stops for harm
 * count too.
 */
function lowerBound(
  paths: Paths,
  information: number,
  p: number,
  drift: number,
  sides: 1 | 2,
  harm: number | null,
): number {
  if (!(p > 1e-300)) return sides === 1 ? -Infinity : 0;
  if (sides === 1) {
    if (harm !== null && probabilityBelow(paths, information, harm, drift) >= p) return harm;
    return rootNear((z) => -Math.log(probabilityBelow(paths, information, z, drift) / p), 0);
  }
  const inside = (z: number): number =>
    probabilityBelow(paths, information, z, drift) - probabilityBelow(paths, information, -z, drift);
  const high = scaleUntil((z) => inside(z) >= p, 1, { limit: 32 });
  return high === null ? Infinity : findRoot((z) => inside(z) - p, 0, high);
}

/** Root of a decreasing function of z, found from a guess; infinite where the function keeps its sign. */
function rootNear(f: (z: number) => number, guess: number): number {
  const finite = (z: number): number => Math.min(800, Math.max(-800, f(z)));
  const low = walkUntil((z) => finite(z) >= 0, guess, -0.25, { strides: 13 });
  if (low === null) return -Infinity;
  const high = walkUntil((z) => finite(z) <= 0, guess, 0.25, { strides: 13 });
  return high === null ? Infinity : findRoot(finite, low.far, high.far);
}
