import { requireNumber } from "../errors.ts";

const directTerms = 20;
/** Bernoulli numbers of even order over the factorial of their order. */
const coefficients: readonly number[] = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000];

/** The sum of n^-s over all n from 1 on, s > 1, to full accuracy (Euler-Maclaurin, NIST DLMF 25.2.9). */
export function riemannZeta(s: number): number {
  requireNumber("evaluate Riemann's zeta function", "s", "above 1", s, (value) => value > 1);
  let total = directTerms ** (1 - s) / (s - 1) + directTerms ** -s / 2;
  let factor = s * directTerms ** (-s - 1);
  for (const [k, coefficient] of coefficients.entries()) {
    total += coefficient * factor;
    factor *= ((s + 2 * k + 1) * (s + 2 * k + 2)) / (directTerms * directTerms);
  }
  for (let n = directTerms - 1; n >= 1; n--) total += n ** -s;
  return total;
}
