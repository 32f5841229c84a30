import { requireArgument } from "./domain.ts";
import { scaledErfcCoefficients } from "./erfc.table.ts";
import { productMinus } from "./exact-product.ts";

/** exp(x^2) erfc(x) for x >= 0: the complementary error function without its underflow. */
export function scaledErfc(x: number): number {
  if (x === Infinity) return 0;
  const t = (x - 3.75) / (x + 3.75);
  let next = 0;
  let afterNext = 0;
  for (let k = scaledErfcCoefficients.length - 1; k > 0; k -= 1) {
    const current = 2 * t * next - afterNext + (scaledErfcCoefficients[k] as number);
    afterNext = next;
    next = current;
  }
  return (t * next - afterNext + (scaledErfcCoefficients[0] as number)) / (1 + 2 * x);
}

/** exp(-x^2), with the rounding error of the square put back. */
function gaussian(x: number): number {
  const square = x * x;
  return square < Infinity ? Math.exp(-square) * (1 - productMinus(x, x, square)) : 0;
}

/** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export function erf(x: number): number {
  requireArgument("evaluate erf", "x", x);
  if (Math.abs(x) > 1) return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * gaussian(x) * total;
}

/** The complementary error function 1 - erf(x), to full relative accuracy while it is a normal double (x < 26.5). */
export function erfc(x: number): number {
  requireArgument("evaluate erfc", "x", x);
  return x < 0 ? 2 - gaussian(x) * scaledErfc(-x) : gaussian(x) * scaledErfc(x);
}

/** ln erfc(x), for every x. */
export function lnErfc(x: number): number {
  requireArgument("evaluate ln erfc", "x", x);
  return x < 0.5 ? Math.log1p(-erf(x)) : -x * x + Math.log(scaledErfc(x));
}
