import { AssayError, cannot } from "../errors.ts";
import { walkUntil } from "./bracket.ts";

/** How far a root is resolved, and how long it may take. */
export interface RootOptions {
  /**
   * Absolute width of the final bracket; default 1e-34 of the first one: to the last bit of the root unless it is that
   * near 0.
   */
  readonly tolerance?: number;
  /** Evaluations of the function before giving up; default 400. */
  readonly maximumEvaluations?: number;
}

/** Thrown when no root can be given: the ends don't bracket one, or the iteration did not settle. */
export class RootError extends AssayError {
  override readonly name = "RootError";
}

/**
 * Finds where a continuous function crosses zero between `lower` and `upper`, at whose ends it must have opposite signs
 * (R. P. Brent 1971, doi:10.1093/comjnl/14.4.422).
 *
 * @throws {RootError} `root-not-bracketed` or `no-convergence`.
 */
export function findRoot(f: (x: number) => number, lower: number, upper: number, options: RootOptions = {}): number {
  const { tolerance = 1e-34 * Math.abs(upper - lower), maximumEvaluations = 400 } = options;
  let a = lower;
  let b = upper;
  let fa = f(a);
  let fb = f(b);
  let evaluations = 2;
  if (!(fa === 0 || fb === 0 || fa < 0 !== fb < 0) || Number.isNaN(fa) || Number.isNaN(fb)) {
    const message = cannot("find a root", `f(${lower}) and f(${upper})`, "of opposite signs", [fa, fb]);
    throw new RootError(message, { code: "root-not-bracketed", value: [fa, fb] });
  }
  let c = a;
  let fc = fa;
  let step = b - a;
  let previous = step;
  while (evaluations < maximumEvaluations) {
    if (fb > 0 === fc > 0) {
      c = a;
      fc = fa;
      step = previous = b - a;
    }
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const resolution = 2 * Number.EPSILON * Math.abs(b) + 0.5 * tolerance + Number.MIN_VALUE;
    const half = 0.5 * (c - b);
    if (fb === 0 || Math.abs(half) <= resolution) return b;
    if (Math.abs(previous) >= resolution && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa;
      let p = 2 * half * s;
      let q = 1 - s;
      if (a !== c) {
        const r = fb / fc;
        const t = fa / fc;
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      const accepted = 2 * p < Math.min(3 * half * q - Math.abs(resolution * q), Math.abs(previous * q));
      previous = accepted ? step : half;
      step = accepted ? p / q : half;
    } else {
      step = previous = half;
    }
    a = b;
    fa = fb;
    b += Math.abs(step) > resolution ? step : Math.sign(half) * resolution;
    fb = f(b);
    evaluations += 1;
    if (Number.isNaN(fb)) break;
  }
  const message = cannot(
    "find a root",
    "f",
    `a function that Brent's method solves in ${maximumEvaluations} evaluations`,
    { lower: Math.min(b, c), upper: Math.max(b, c) },
  );
  throw new RootError(message, { code: "no-convergence", value: b });
}

/**
 * The zero of an increasing function on the whole line, given its value and slope: Newton's method inside a bracket
 * that is grown outwards from `start` and halved whenever Newton would leave it.
 */
export function solveIncreasing(f: (x: number) => readonly [value: number, slope: number], start: number): number {
  let low = -Infinity;
  let high = Infinity;
  let x = start;
  let reach = 1;
  for (let step = 0; step < 300; step += 1) {
    const [value, slope] = f(x);
    if (value === 0) return x;
    if (value < 0) low = x;
    else high = x;
    let next = x - value / slope;
    if (!(next > low && next < high) || Math.abs(next - x) > reach) {
      const away = value < 0 ? Math.min(x + reach, high) : Math.max(x - reach, low);
      next = low > -Infinity && high < Infinity ? (next > low && next < high ? next : 0.5 * (low + high)) : away;
      reach *= 2;
    }
    if (Math.abs(next - x) <= 4 * Number.EPSILON * Math.abs(x) || next === x) return next;
    x = next;
  }
  return x;
}

/**
 * Finds where a monotone function crosses zero, walking from `start` in the direction of `step` with doubling strides
 * until the sign changes.
 *
 * @throws {RootError} `root-not-bracketed` when 60 strides don't change the sign.
 */
export function findRootOutwards(
  f: (x: number) => number,
  start: number,
  step: number,
  options: RootOptions = {},
): number {
  const sign = Math.sign(f(start));
  if (sign === 0) return start;
  let last = start;
  const bracket = walkUntil((x) => Math.sign(f((last = x))) !== sign, start, step);
  if (bracket !== null) return findRoot(f, bracket.near, bracket.far, options);
  const message = cannot("find a root", "f", `a function that changes sign between ${start} and ${last}`, f(last));
  throw new RootError(message, { code: "root-not-bracketed", value: last });
}
