/**
 * What rounding took from the product a * b, which is a double itself while nothing overflows or underflows (T. J.
 * Dekker 1971, doi:10.1007/BF01397083).
 */
export function productError(a: number, b: number, product: number): number {
  const highA = high(a);
  const highB = high(b);
  const lowA = a - highA;
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** a * b - c with the rounding error of the product kept. */
export function productMinus(a: number, b: number, c: number): number {
  const product = a * b;
  return product - c + productError(a, b, product);
}

function high(x: number): number {
  const scaled = 134217729 * x;
  return scaled - (scaled - x);
}
