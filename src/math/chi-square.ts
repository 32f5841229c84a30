import { requireNumber } from "../errors.ts";
import { devianceTerm } from "./deviance.ts";
import { requirePositive, requireUnitInterval } from "./domain.ts";
import { lnGamma, stirlingError } from "./gamma.ts";
import { log1mexp } from "./log-sum-exp.ts";
import { solveIncreasing } from "./root.ts";
import { cdfOf, logCdfOf, logSurvivalOf, survivalOf, type Tail } from "./tail.ts";

const action = "evaluate the chi-square distribution";

/** P(X <= x) with `degreesOfFreedom` > 0. */
export function chiSquareCdf(x: number, degreesOfFreedom: number): number {
  return cdfOf(checkedTail(x, degreesOfFreedom));
}

/** P(X > x), to full relative accuracy in the tail. */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  return survivalOf(checkedTail(x, degreesOfFreedom));
}

/** ln P(X <= x). */
export function chiSquareLogCdf(x: number, degreesOfFreedom: number): number {
  return logCdfOf(checkedTail(x, degreesOfFreedom));
}

/** ln P(X > x); nothing underflows. */
export function chiSquareLogSurvival(x: number, degreesOfFreedom: number): number {
  return logSurvivalOf(checkedTail(x, degreesOfFreedom));
}

/** The x with P(X <= x) = p. For a small upper tail use {@link chiSquareSurvivalQuantile}. */
export function chiSquareQuantile(p: number, degreesOfFreedom: number): number {
  requireUnitInterval(action, "p", p);
  return quantile(p, 1 - p, degreesOfFreedom);
}

/** The x with P(X > x) = q, exact for tiny q. */
export function chiSquareSurvivalQuantile(q: number, degreesOfFreedom: number): number {
  requireUnitInterval(action, "q", q);
  return quantile(1 - q, q, degreesOfFreedom);
}

function quantile(p: number, q: number, degreesOfFreedom: number): number {
  requirePositive(action, "degreesOfFreedom", degreesOfFreedom);
  if (p === 0) return 0;
  if (q === 0) return Infinity;
  const shape = degreesOfFreedom / 2;
  const lower = p <= q;
  const target = Math.log(lower ? p : q);
  const lnX = solveIncreasing((logarithm) => {
    const x = Math.exp(logarithm);
    const tail = gammaTail(x, shape);
    const lnTail = tail.lower === lower ? tail.ln : log1mexp(tail.ln);
    const slope = Math.exp(lnGammaKernel(x, shape) - lnTail);
    return lower ? [lnTail - target, slope] : [target - lnTail, slope];
  }, Math.log(shape));
  return 2 * Math.exp(lnX);
}

function checkedTail(x: number, degreesOfFreedom: number): Tail {
  requireNumber(action, "x", "a non-negative number", x, (value) => value >= 0);
  requirePositive(action, "degreesOfFreedom", degreesOfFreedom);
  return gammaTail(x / 2, degreesOfFreedom / 2);
}

/** The tail of the gamma distribution on the side of its mean where x lies. */
function gammaTail(x: number, shape: number): Tail {
  if (x === 0) return { lower: true, ln: -Infinity };
  if (x === Infinity) return { lower: false, ln: -Infinity };
  if (x > shape + 1) return { lower: false, ln: lnGammaKernel(x, shape) - Math.log(upperFraction(x, shape)) };
  return {
    lower: true,
    ln: shape < 0.5 ? lnLowerTailOfSmallShape(x, shape) : lnGammaKernel(x, shape) + Math.log(lowerSeries(x, shape)),
  };
}

/** ln(x^shape e^-x / gamma(shape)), by deviances so that nothing large cancels. */
function lnGammaKernel(x: number, shape: number): number {
  return 0.5 * Math.log(shape / 2 / Math.PI) - stirlingError(shape) - devianceTerm(shape, x, x - shape);
}

function lowerSeries(x: number, shape: number): number {
  let term = 1 / shape;
  let total = term;
  for (let n = 1; term > 1e-17 * total; n += 1) {
    term *= x / (shape + n);
    total += term;
  }
  return total;
}

function upperFraction(x: number, shape: number): number {
  let denominator = x + 1 - shape;
  let value = denominator;
  let c = denominator;
  let d = 0;
  for (let n = 1; n < 1e6; n += 1) {
    const numerator = n * (shape - n);
    denominator += 2;
    d = 1 / (denominator + numerator * d);
    c = denominator + numerator / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return value;
}

/** ln P for shape < 1/2, where P is near 1 almost everywhere and its complement is what matters. */
function lnLowerTailOfSmallShape(x: number, shape: number): number {
  let term = 1;
  let total = 0;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n += 1) {
    term *= -x / n;
    total += term / (shape + n);
  }
  return shape * Math.log(x) - lnGamma(1 + shape) + Math.log1p(shape * total);
}
