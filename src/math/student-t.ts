import { betaLogitQuantile, betaTail } from "./beta.ts";
import { requireArgument, requirePositive, requireUnitInterval } from "./domain.ts";
import { normalQuantile } from "./normal.ts";
import { logSurvivalOf, survivalOf, type Tail } from "./tail.ts";

const action = "evaluate the Student t distribution";

/** P(T <= t) with `degreesOfFreedom` > 0, which need not be an integer. */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  requireArgument(action, "t", t);
  return survivalOf(upperTail(-t, degreesOfFreedom));
}

/** P(T > t), to full relative accuracy in the tail. */
export function studentTSurvival(t: number, degreesOfFreedom: number): number {
  return survivalOf(upperTail(t, degreesOfFreedom));
}

/** ln P(T <= t). */
export function studentTLogCdf(t: number, degreesOfFreedom: number): number {
  requireArgument(action, "t", t);
  return logSurvivalOf(upperTail(-t, degreesOfFreedom));
}

/** ln P(T > t); nothing underflows. */
export function studentTLogSurvival(t: number, degreesOfFreedom: number): number {
  return logSurvivalOf(upperTail(t, degreesOfFreedom));
}

/** The t with P(T <= t) = p. For a small upper tail use {@link studentTSurvivalQuantile}. */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  requireUnitInterval(action, "p", p);
  requirePositive(action, "degreesOfFreedom", degreesOfFreedom);
  if (p > 0.5) return -studentTQuantile(1 - p, degreesOfFreedom);
  // T^2 / (df + T^2) is beta(1/2, df / 2); 1 - 2p is exact where the quantile is near 0.
  const z = normalQuantile(p);
  const start = Math.log((z * z) / degreesOfFreedom);
  const logit = betaLogitQuantile(1 - 2 * p, 2 * p, 0.5, degreesOfFreedom / 2, Number.isFinite(start) ? start : 0);
  return -Math.sqrt(degreesOfFreedom) * Math.exp(logit / 2);
}

/** The t with P(T > t) = q, exact for tiny q. */
export function studentTSurvivalQuantile(q: number, degreesOfFreedom: number): number {
  return -studentTQuantile(q, degreesOfFreedom);
}

function upperTail(t: number, degreesOfFreedom: number): Tail {
  requireArgument(action, "t", t);
  requirePositive(action, "degreesOfFreedom", degreesOfFreedom);
  const ratio = t / Math.sqrt(degreesOfFreedom);
  const square = ratio * ratio;
  // P(|T| > |t|) = P(X > square / (1 + square)) with X of beta(1/2, df / 2).
  const twoSided = betaTail(square < Infinity ? square / (1 + square) : 1, 1 / (1 + square), 0.5, degreesOfFreedom / 2);
  return { lower: t < 0, ln: logSurvivalOf(twoSided) - Math.LN2 };
}
