import { AssayError } from "../errors.ts";

const fractionBits = 128n;
const guardBits = fractionBits - 52n;

/** `roots[j]` is 2^(2^-j) in units of 2^-128, rounded down. */
const roots: readonly bigint[] = successiveRoots(20);

function successiveRoots(levels: number): bigint[] {
  const found = [2n << fractionBits];
  for (let j = 1; j <= levels; j++) found.push(squareRoot((found[j - 1] as bigint) << fractionBits));
  return found;
}

function squareRoot(n: bigint): bigint {
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/**
 * The largest integer not above 2^52 * 2^(k / 2^scale), for 0 <= k < 2^scale and 1 <= scale <= 20: the mantissa of the
 * bucket boundary, rounded down.
 *
 * No boundary with k > 0 is a double (2^(k / 2^scale) is irrational), so a mantissa lies above the boundary exactly
 * when it is greater than this integer. Each factor and product is rounded down in units of 2^-128; the result is
 * proved by checking that the accumulated error can't reach the next integer.
 */
export function boundaryMantissa(k: number, scale: number): bigint {
  let product = 1n << fractionBits;
  for (let level = 1; level <= scale; level++) {
    if (((k >>> (scale - level)) & 1) === 1) product = (product * (roots[level] as bigint)) >> fractionBits;
  }
  const mantissa = product >> guardBits;
  if ((product + 256n) >> guardBits !== mantissa) {
    throw new AssayError(`Cannot place bucket boundary ${k} of scale ${scale}: 128 bits do not decide it`, {
      code: "boundary-undecided",
    });
  }
  return mantissa;
}
