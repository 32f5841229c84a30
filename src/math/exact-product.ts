/** a * b - c with the rounding error of the product kept (T. J. Dekker 1971, doi:10.1007/BF01397083). */
export function productMinus(a: number, b: number, c: number): number {
  const product = a * b;
  const highA = high(a);
  const highB = high(b);
  const lowA = a - highA;
  const lowB = b - highB;
  const lost = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
  return product - c + lost;
}

function high(x: number): number {
  const scaled = 134217729 * x;
  return scaled - (scaled - x);
}
