/** ln(1 + u) - u, without cancellation for small u. */
function log1pMinus(u: number): number {
  if (Math.abs(u) > 0.4) return Math.log1p(u) - u;
  const r = u / (2 + u);
  const square = r * r;
  let power = square * r;
  let total = power / 3;
  for (let n = 5; Math.abs(power) > 1e-19 * u * u; n += 2) {
    power *= square;
    total += power / n;
  }
  return 2 * total - u * r;
}

/**
 * observed ln(observed / expected) - observed + expected, the half deviance of one cell. `difference` = expected -
 * observed is an argument of its own because it is what cancels (C. Loader 2000, "Fast and accurate computation of
 * binomial probabilities").
 */
export function devianceTerm(observed: number, expected: number, difference: number): number {
  if (observed === 0) return expected;
  const u = difference / observed;
  return u < -0.5 ? observed * (u - Math.log(expected / observed)) : -observed * log1pMinus(u);
}
