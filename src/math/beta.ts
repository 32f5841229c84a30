import { devianceTerm } from "./deviance.ts";
import { requirePositive, requireUnitInterval } from "./domain.ts";
import { productMinus } from "./exact-product.ts";
import { lnGamma, stirlingError } from "./gamma.ts";
import { log1mexp } from "./log-sum-exp.ts";
import { normalQuantile } from "./normal.ts";
import { solveIncreasing } from "./root.ts";
import { cdfOf, logCdfOf, logSurvivalOf, survivalOf, type Tail } from "./tail.ts";

const action = "evaluate the beta distribution";

/** ln of the beta function, a and b > 0, to full relative accuracy from 1e-10 to 1e9 and beyond. */
export function lnBeta(a: number, b: number): number {
  requirePositive(action, "a", a);
  requirePositive(action, "b", b);
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  const total = a + b;
  if (large < 10) return lnGamma(small) + lnGamma(large) - lnGamma(total);
  const stirling = stirlingError(small) + stirlingError(large) - stirlingError(total);
  return (
    stirling +
    0.5 * Math.log((2 * Math.PI) / large) +
    (small - 0.5) * Math.log(small / total) -
    large * Math.log1p(small / large)
  );
}

/** P(X <= x) of the beta distribution: the regularised incomplete beta function I_x(a, b). */
export function betaCdf(x: number, a: number, b: number): number {
  return cdfOf(checkedTail(x, a, b));
}

/** P(X > x) of the beta distribution. */
export function betaSurvival(x: number, a: number, b: number): number {
  return survivalOf(checkedTail(x, a, b));
}

/** ln P(X <= x) of the beta distribution. */
export function betaLogCdf(x: number, a: number, b: number): number {
  return logCdfOf(checkedTail(x, a, b));
}

/** ln P(X > x) of the beta distribution. */
export function betaLogSurvival(x: number, a: number, b: number): number {
  return logSurvivalOf(checkedTail(x, a, b));
}

/**
 * The x with P(X <= x) = p. For 1 - x near 0 ask for the quantile of (b, a) instead: `betaSurvivalQuantile(p, b, a)`.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  requireUnitInterval(action, "p", p);
  return logistic(betaLogitQuantile(p, 1 - p, a, b));
}

/** The x with P(X > x) = q, exact for tiny q. */
export function betaSurvivalQuantile(q: number, a: number, b: number): number {
  requireUnitInterval(action, "q", q);
  return logistic(betaLogitQuantile(1 - q, q, a, b));
}

/** The logit of the x with lower tail p and upper tail q; the smaller of the two decides. */
export function betaLogitQuantile(
  p: number,
  q: number,
  a: number,
  b: number,
  start: number = normalStart(p, q, a, b),
): number {
  requirePositive(action, "a", a);
  requirePositive(action, "b", b);
  if (p === 0) return -Infinity;
  if (q === 0) return Infinity;
  const lower = p <= q;
  const target = Math.log(lower ? p : q);
  const value = (logit: number): readonly [number, number] => {
    // Beyond, x or 1 - x would underflow; there the tail is its leading power to every digit.
    if (logit < -600 && lower) return [a * logit - Math.log(a) - lnBeta(a, b) - target, a];
    if (logit > 600 && !lower) return [target + b * logit + Math.log(b) + lnBeta(a, b), b];
    const x = logistic(logit);
    const y = logistic(-logit);
    const tail = betaTail(x, y, a, b);
    const lnTail = tail.lower === lower ? tail.ln : log1mexp(tail.ln);
    const slope = Math.exp(lnBetaKernel(x, y, a, b) - lnTail);
    return lower ? [lnTail - target, slope] : [target - lnTail, slope];
  };
  return solveIncreasing(value, start);
}

/** The logit is about normal when both shapes are large. */
function normalStart(p: number, q: number, a: number, b: number): number {
  if (Math.min(a, b) < 1 || Math.min(p, q) <= 0) return Math.log(a / b);
  return Math.log(a / b) + (p <= q ? normalQuantile(p) : -normalQuantile(q)) * Math.sqrt(1 / a + 1 / b);
}

function logistic(logit: number): number {
  return logit < 0 ? Math.exp(logit) / (1 + Math.exp(logit)) : 1 / (1 + Math.exp(-logit));
}

function checkedTail(x: number, a: number, b: number): Tail {
  requireUnitInterval(action, "x", x);
  requirePositive(action, "a", a);
  requirePositive(action, "b", b);
  return betaTail(x, 1 - x, a, b);
}

/**
 * The tail on the side of the mean where x lies; `y` = 1 - x comes in separately because it may be known better than 1
 * - x.
 */
export function betaTail(x: number, y: number, a: number, b: number): Tail {
  if (x <= 0) return { lower: true, ln: -Infinity };
  if (y <= 0) return { lower: false, ln: -Infinity };
  const excess = betaExcess(x, y, a, b);
  return excess <= 0
    ? { lower: true, ln: lnLowerTail(x, y, a, b, -excess) }
    : { lower: false, ln: lnLowerTail(y, x, b, a, excess) };
}

/** (a + b) x - a, from the smaller of x and y. */
function betaExcess(x: number, y: number, a: number, b: number): number {
  return x <= y ? productMinus(x, a + b, a) : -productMinus(y, a + b, b);
}

/** ln(x^a y^b / B(a, b)), by deviances so that nothing large cancels. */
function lnBetaKernel(x: number, y: number, a: number, b: number): number {
  const excess = betaExcess(x, y, a, b);
  const total = a + b;
  return (
    0.5 * Math.log((a / 2 / Math.PI) * (b / total)) +
    (stirlingError(total) - stirlingError(a) - stirlingError(b)) -
    (devianceTerm(a, x * total, excess) + devianceTerm(b, y * total, -excess))
  );
}

/** ln I_x(a, b) for x at or below the mean; `below` = a - (a + b) x. */
function lnLowerTail(x: number, y: number, a: number, b: number, below: number): number {
  return a < 0.5
    ? lnLowerTailOfSmallShape(x, a, b)
    : lnBetaKernel(x, y, a, b) + Math.log(betaFraction(x, y, a, b, below));
}

/**
 * The continued fraction of A. R. DiDonato and A. H. Morris 1992 (doi:10.1145/131766.131776, eq. 9), by Lentz's method.
 */
function betaFraction(x: number, y: number, a: number, b: number, below: number): number {
  let denominator = (a / (a + 1)) * (below + 1);
  let value = denominator;
  let c = denominator;
  let d = 0;
  for (let n = 1; n < 1e6; n += 1) {
    const s = a + 2 * n - 1;
    const numerator = ((a + n - 1) / s) * ((a + b + n - 1) / s) * n * (b - n) * x * x;
    denominator = n + ((n * (b - n)) / s) * x + ((a + n) / (s + 2)) * (below + 1 + n * (1 + y));
    d = 1 / (denominator + numerator * d);
    c = denominator + numerator / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return 1 / value;
}

/** ln I_x(a, b) for a < 1/2, where I is near 1 almost everywhere below the mean and its complement is what matters. */
function lnLowerTailOfSmallShape(x: number, a: number, b: number): number {
  let term = 1;
  let total = 0;
  for (let n = 1; n < 1e6; n += 1) {
    term *= ((n - b) / n) * x;
    total += term / (a + n);
    if (Math.abs(term) < 1e-17 * Math.abs(total) || term === 0) break;
  }
  const lnScale = b < 10 ? lnGamma(b) - lnGamma(a + b) : lnBeta(a, b) - lnGamma(a);
  return a * Math.log(x) - lnGamma(1 + a) - lnScale + Math.log1p(a * total);
}
