import { log1mexp } from "./log-sum-exp.ts";

/**
 * One tail of a distribution at a point, as its natural logarithm. A distribution computes the tail that is small, or
 * whose logarithm is exact; probabilities and logarithms of both tails follow from it without loss.
 */
export interface Tail {
  /** Whether this is P(X <= x), not P(X > x). */
  readonly lower: boolean;
  readonly ln: number;
}

export function cdfOf(tail: Tail): number {
  return tail.lower ? Math.exp(tail.ln) : -Math.expm1(tail.ln);
}

export function survivalOf(tail: Tail): number {
  return tail.lower ? -Math.expm1(tail.ln) : Math.exp(tail.ln);
}

export function logCdfOf(tail: Tail): number {
  return tail.lower ? tail.ln : log1mexp(tail.ln);
}

export function logSurvivalOf(tail: Tail): number {
  return tail.lower ? log1mexp(tail.ln) : tail.ln;
}
