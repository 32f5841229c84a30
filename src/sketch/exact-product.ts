import type { ExactSum } from "./exact-sum.ts";

const splitter = 2 ** 27 + 1;
/** Factors up to this have products whose rounding errors are still doubles. */
const largestFactor = 2 ** 500;
const smallestProduct = 2 ** -960;

/**
 * Adds a * b to a sum without rounding: the product and its rounding error are both doubles (Dekker 1971,
 * doi:10.1007/BF01397083). Beyond 2^500, or for products below 2^-960, the rounded product is added.
 */
export function addProduct(sum: ExactSum, a: number, b: number): void {
  const product = a * b;
  sum.add(product);
  if (Math.abs(a) > largestFactor || Math.abs(b) > largestFactor || Math.abs(product) < smallestProduct) return;
  const ca = splitter * a;
  const cb = splitter * b;
  const aHigh = ca - (ca - a);
  const bHigh = cb - (cb - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  const error = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  if (error !== 0) sum.add(error);
}
