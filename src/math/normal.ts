import { requireArgument, requireLogProbability, requireUnitInterval } from "./domain.ts";
import { erf, scaledErfc } from "./erfc.ts";
import { productMinus } from "./exact-product.ts";
import { log1mexp } from "./log-sum-exp.ts";

const action = "evaluate the normal distribution";

/** Density of the standard normal at z. */
export function normalDensity(z: number): number {
  requireArgument(action, "z", z);
  return halfSquareExponential(z) / Math.sqrt(2 * Math.PI);
}

/** P(Z <= z) of a standard normal. */
export function normalCdf(z: number): number {
  requireArgument(action, "z", z);
  return normalSurvival(-z);
}

/** P(Z > z) of a standard normal, to full relative accuracy in the far tail (z = 37 included). */
export function normalSurvival(z: number): number {
  requireArgument(action, "z", z);
  const tail = 0.5 * halfSquareExponential(z) * scaledErfc(Math.abs(z) * Math.SQRT1_2);
  return z < 0 ? 1 - tail : tail;
}

/** ln P(Z <= z), for every z; nothing underflows. */
export function normalLogCdf(z: number): number {
  requireArgument(action, "z", z);
  return normalLogSurvival(-z);
}

/** ln P(Z > z), for every z; nothing underflows. */
export function normalLogSurvival(z: number): number {
  requireArgument(action, "z", z);
  if (z === Infinity) return -Infinity;
  return z < 0 ? Math.log1p(-normalSurvival(-z)) : -0.5 * z * z + Math.log(0.5 * scaledErfc(z * Math.SQRT1_2));
}

/** The z with P(Z <= z) = p. Give a small upper tail to {@link normalSurvivalQuantile}: 1 - p would lose it. */
export function normalQuantile(p: number): number {
  requireUnitInterval(action, "p", p);
  if (p < 0.25) return normalLogQuantile(Math.log(p));
  if (p > 0.75) return -normalLogQuantile(Math.log(1 - p));
  // Around the median the quantile is small, and p - 1/2 is exact: solve for the probability between 0 and z.
  const central = p - 0.5;
  let z = central * Math.sqrt(2 * Math.PI);
  for (let step = 0; step < 4; step += 1) {
    const miss = (0.5 * erf(z * Math.SQRT1_2) - central) / normalDensity(z);
    z -= miss / (1 + 0.5 * z * miss);
  }
  return z;
}

/** The z with P(Z > z) = q, exact for tiny q. */
export function normalSurvivalQuantile(q: number): number {
  return -normalQuantile(q);
}

/** The z with ln P(Z <= z) = lnP, for tails that no double holds. */
export function normalLogQuantile(lnP: number): number {
  requireLogProbability(action, "ln p", lnP);
  if (lnP > -Math.LN2) return lnP === 0 ? Infinity : -normalLogQuantile(log1mexp(lnP));
  if (lnP === -Infinity) return -Infinity;
  // Start: Abramowitz and Stegun 26.2.22; then Newton on the log of the tail, which is concave.
  const t = Math.sqrt(-2 * lnP);
  let z = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t));
  for (let step = 0; step < 5; step += 1) {
    const hazard = Math.sqrt(2 / Math.PI) / scaledErfc(Math.max(0, z) * Math.SQRT1_2);
    const move = (normalLogSurvival(Math.max(0, z)) - lnP) / hazard;
    z = Math.max(0, z) + move;
    if (Math.abs(move) <= 1e-9 * z) break;
  }
  return -z;
}

/** exp(-z^2 / 2), with the rounding error of the square put back. */
function halfSquareExponential(z: number): number {
  const square = z * z;
  return square < Infinity ? Math.exp(-0.5 * square) * (1 - 0.5 * productMinus(z, z, square)) : 0;
}
