import { requireCount, requireNumber } from "../errors.ts";
import { betaTail } from "./beta.ts";
import { devianceTerm } from "./deviance.ts";
import { requireUnitInterval } from "./domain.ts";
import { productMinus } from "./exact-product.ts";
import { stirlingError } from "./gamma.ts";
import { cdfOf, logCdfOf, logSurvivalOf, survivalOf, type Tail } from "./tail.ts";

const action = "evaluate the binomial distribution";

/** ln P(X = k) for X successes in n trials of probability p. */
export function binomialLogProbability(k: number, n: number, p: number): number {
  check(n, p);
  if (!Number.isInteger(k) || k < 0 || k > n) return -Infinity;
  if (p === 0 || p === 1) return k === n * p ? 0 : -Infinity;
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const failures = n - k;
  // Deviations from the expectation, from the smaller of p and 1 - p, which a double holds exactly.
  const q = 1 - p;
  const missing = p <= 0.5 ? productMinus(n, p, k) : -productMinus(n, q, failures);
  return (
    0.5 * Math.log(n / (2 * Math.PI * k) / failures) +
    (stirlingError(n) - stirlingError(k) - stirlingError(failures)) -
    (devianceTerm(k, n * p, missing) + devianceTerm(failures, n * q, -missing))
  );
}

/** P(X = k). */
export function binomialProbability(k: number, n: number, p: number): number {
  return Math.exp(binomialLogProbability(k, n, p));
}

/** P(X <= k). */
export function binomialCdf(k: number, n: number, p: number): number {
  return cdfOf(tailAt(k, n, p));
}

/** P(X > k). */
export function binomialSurvival(k: number, n: number, p: number): number {
  return survivalOf(tailAt(k, n, p));
}

/** ln P(X <= k). */
export function binomialLogCdf(k: number, n: number, p: number): number {
  return logCdfOf(tailAt(k, n, p));
}

/** ln P(X > k). */
export function binomialLogSurvival(k: number, n: number, p: number): number {
  return logSurvivalOf(tailAt(k, n, p));
}

/** The smallest k with P(X <= k) >= probability. */
export function binomialQuantile(probability: number, n: number, p: number): number {
  requireUnitInterval(action, "probability", probability);
  check(n, p);
  let low = -1;
  let high = n;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(middle, n, p) >= probability) high = middle;
    else low = middle;
  }
  return high;
}

function tailAt(k: number, n: number, p: number): Tail {
  check(n, p);
  requireNumber(action, "k", "a number", k, () => true);
  const successes = Math.floor(k);
  if (successes < 0) return { lower: true, ln: -Infinity };
  if (successes >= n) return { lower: false, ln: -Infinity };
  // P(X > k) = P(beta(k + 1, n - k) <= p).
  const upper = betaTail(p, 1 - p, successes + 1, n - successes);
  return { lower: !upper.lower, ln: upper.ln };
}

function check(n: number, p: number): void {
  requireCount(action, "n", n);
  requireUnitInterval(action, "p", p);
}
