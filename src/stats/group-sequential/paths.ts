import { normalCdf, normalSurvival } from "../../math/normal.ts";
import { gaussLegendre } from "../../math/quadrature.ts";

/**
 * The paths of the score process that have not stopped by a look: a sub-density under zero drift, held as point masses
 * on quadrature nodes.
 *
 * The score process S(t) of information fraction t is a Brownian motion with drift; the standardised statistic is
 * z = S(t) / sqrt(t). Under drift d its density is the one without drift times exp(d S - d^2 t / 2) on every path, so
 * one recursion serves every drift.
 *
 * Source: P. Armitage, C. McPherson, B. Rowe, Repeated significance tests on accumulating data (1969),
 * doi:10.2307/2343787; C. Jennison, B. Turnbull, Group Sequential Methods (2000), chapter 19.
 */
export interface Paths {
  /** Information fraction of the look. */
  readonly information: number;
  readonly scores: Float64Array;
  readonly masses: Float64Array;
  /** Where all paths started. */
  readonly origin: { readonly information: number; readonly score: number };
}

/** Stretches of the standardised statistic z in which the trial goes on. */
export type Continuation = readonly (readonly [lower: number, upper: number])[];

/** How far from the start, in standard deviations, paths are followed: beyond lies a probability below 1e-23. */
const reach = 10;

/** All paths at one point: the start of a trial, or a trial whose score at an interim look is known. */
export function startPaths(information = 0, score = 0): Paths {
  return { information, scores: Float64Array.of(score), masses: Float64Array.of(1), origin: { information, score } };
}

/** Probability under `drift` that paths reach `information` with a statistic above z. */
export function probabilityAbove(paths: Paths, information: number, z: number, drift = 0): number {
  return tailProbability(paths, information, z, drift, normalSurvival);
}

/** Probability under `drift` that paths reach `information` with a statistic below z. */
export function probabilityBelow(paths: Paths, information: number, z: number, drift = 0): number {
  return tailProbability(paths, information, z, drift, normalCdf);
}

function tailProbability(
  paths: Paths,
  information: number,
  z: number,
  drift: number,
  tail: (z: number) => number,
): number {
  const { scores, masses } = paths;
  const step = information - paths.information;
  const sd = Math.sqrt(step);
  const bound = z * Math.sqrt(information);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    sum += (masses[i] as number) * tilt(paths, score, drift) * tail((bound - score - drift * step) / sd);
  }
  return sum;
}

/** Likelihood ratio of `drift` against no drift on a path that ends at `score`. */
function tilt(paths: Paths, score: number, drift: number): number {
  if (drift === 0) return 1;
  const { origin, information } = paths;
  return Math.exp(drift * (score - origin.score) - (drift * drift * (information - origin.information)) / 2);
}

/**
 * The paths that go on at a look.
 *
 * @param nextInformation - information of the look after; it decides how fine the nodes must be
 */
export function advancePaths(
  paths: Paths,
  information: number,
  continuation: Continuation,
  nextInformation?: number,
): Paths {
  const step = information - paths.information;
  const sd = Math.sqrt(step);
  const finest = Math.min(sd, nextInformation === undefined ? sd : Math.sqrt(nextInformation - information));
  const spread = reach * Math.sqrt(information - paths.origin.information);
  const root = Math.sqrt(information);
  const stretches = continuation
    .map(
      ([lower, upper]) =>
        [
          Math.max(lower * root, paths.origin.score - spread),
          Math.min(upper * root, paths.origin.score + spread),
        ] as const,
    )
    .filter(([lower, upper]) => upper > lower);
  const rules = stretches.map(([lower, upper]) =>
    legendre(Math.ceil((nodesPerDeviation * (upper - lower)) / finest) + 20),
  );
  const count = rules.reduce((sum, rule) => sum + rule.nodes.length, 0);
  const scores = new Float64Array(count);
  const masses = new Float64Array(count);
  let at = 0;
  stretches.forEach(([lower, upper], k) => {
    const rule = rules[k] as Rule;
    const half = (upper - lower) / 2;
    const middle = (upper + lower) / 2;
    for (let i = 0; i < rule.nodes.length; i++) {
      const score = middle + half * (rule.nodes[i] as number);
      scores[at] = score;
      masses[at++] = half * (rule.weights[i] as number) * densityOfScore(paths, score, step, sd);
    }
  });
  return { information, scores, masses, origin: paths.origin };
}

function densityOfScore(paths: Paths, score: number, step: number, sd: number): number {
  const { scores, masses } = paths;
  const scale = -0.5 / step;
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const distance = score - (scores[i] as number);
    const exponent = distance * distance * scale;
    if (exponent > -60) sum += (masses[i] as number) * Math.exp(exponent);
  }
  return sum / (sd * sqrtTwoPi);
}

const sqrtTwoPi = Math.sqrt(2 * Math.PI);
/** Gauss-Legendre nodes per standard deviation of the finer of the two neighbouring steps; 3 give z to 1e-12. */
const nodesPerDeviation = 3;

type Rule = { readonly nodes: Float64Array; readonly weights: Float64Array };
const rules = new Map<number, Rule>();

/** Rules of a few sizes only, kept: building one costs more than using it. */
function legendre(atLeast: number): Rule {
  const size = Math.ceil(atLeast / 16) * 16;
  const known = rules.get(size);
  if (known !== undefined) return known;
  const rule = gaussLegendre(size);
  rules.set(size, rule);
  return rule;
}
