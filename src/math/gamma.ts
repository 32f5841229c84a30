import { requirePositive } from "./domain.ts";
import { zetaCoefficients } from "./gamma.table.ts";

const halfLogTwoPi = 0.9189385332046728;
/** 1 - Euler's constant: the derivative of ln gamma at 2. */
const slopeAtTwo = 0.42278433509846713;

/** ln of the gamma function, x > 0, to full relative accuracy (its zeros at 1 and 2 included). */
export function lnGamma(x: number): number {
  requirePositive("evaluate ln gamma", "x", x);
  if (x >= 10) return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingSeries(x);
  if (x < 0.5) return lnGammaFromTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.5) return lnGammaFromTwo(x - 1) - Math.log1p(x - 1);
  let product = 1;
  let base = x;
  while (base > 2.5) {
    base -= 1;
    product *= base;
  }
  return lnGammaFromTwo(base - 2) + Math.log(product);
}

/** ln gamma(x) - ((x - 1/2) ln x - x + ln(2 pi) / 2): what Stirling's formula misses. */
export function stirlingError(x: number): number {
  return x >= 10 ? stirlingSeries(x) : lnGamma(x) - (x - 0.5) * Math.log(x) + x - halfLogTwoPi;
}

/** ln gamma(2 + d) for |d| <= 1/2. */
function lnGammaFromTwo(d: number): number {
  let total = 0;
  for (let k = zetaCoefficients.length - 1; k >= 0; k -= 1) total = total * d + (zetaCoefficients[k] as number);
  return d * (slopeAtTwo + d * total);
}

function stirlingSeries(x: number): number {
  const r = 1 / (x * x);
  return (
    (1 / 12 -
      r *
        (1 / 360 -
          r *
            (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r * (1 / 156 - (r * 3617) / 122400))))))) /
    x
  );
}
