/** ln(e^v1 + e^v2 + ...) without overflow or underflow; -Infinity for no values. */
export function logSumExp(values: ArrayLike<number> | Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i += 1) if (!((values[i] as number) <= largest)) largest = values[i] as number;
  if (!Number.isFinite(largest)) return largest;
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += Math.exp((values[i] as number) - largest);
  return largest + Math.log(total);
}

/** ln(1 - e^x) for x <= 0, exact at both ends: the log of a probability from the log of its complement. */
export function log1mexp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}
