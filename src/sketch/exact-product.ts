import { productError } from "../math/exact-product.ts";
import type { ExactSum } from "./exact-sum.ts";

/** Factors up to this have products whose rounding errors are still doubles. */
const largestFactor = 2 ** 500;
const smallestProduct = 2 ** -960;

/**
 * Adds a * b to a sum without rounding: the product and its rounding error are both doubles. Beyond 2^500, or for
 * products below 2^-960, the rounded product is added.
 */
export function addProduct(sum: ExactSum, a: number, b: number): void {
  const product = a * b;
  sum.add(product);
  if (Math.abs(a) > largestFactor || Math.abs(b) > largestFactor || Math.abs(product) < smallestProduct) return;
  const error = productError(a, b, product);
  if (error !== 0) sum.add(error);
}
