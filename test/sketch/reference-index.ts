/**
 * The bucket index by definition, decided with 256-bit integers: digits of log2 by repeated squaring, an algorithm that
 * shares nothing with the code under test.
 */
export function referenceIndex(value: number, scale: number): number {
  const [mantissa, exponent] = decompose(value);
  const length = mantissa.toString(2).length;
  const octave = exponent + length - 1;
  const exact = mantissa === 1n << BigInt(length - 1);
  if (exact) return scale >= 0 ? octave * 2 ** scale - 1 : Math.ceil(octave / 2 ** -scale) - 1;
  if (scale <= 0) return Math.floor(octave / 2 ** -scale);
  return octave * 2 ** scale + log2Digits(mantissa, length, scale);
}

/** value = mantissa * 2^exponent, exactly. */
function decompose(value: number): [bigint, number] {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0] as bigint;
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0 ? [fraction, -1074] : [fraction | (1n << 52n), biased - 1075];
}

/**
 * The first `digits` binary digits of log2(mantissa / 2^(length - 1)), as an integer. Interval arithmetic: throws if
 * 256 bits don't decide.
 */
function log2Digits(mantissa: bigint, length: number, digits: number): number {
  const precision = 256n;
  const one = 1n << precision;
  let low = mantissa << (precision - BigInt(length - 1));
  let high = low;
  let result = 0;
  for (let i = 0; i < digits; i++) {
    low = (low * low) >> precision;
    high = ((high * high) >> precision) + 1n;
    const digit = low >= 2n * one;
    if (digit !== high >= 2n * one) throw new Error("undecided");
    if (digit) {
      low >>= 1n;
      high = (high >> 1n) + 1n;
    }
    result = result * 2 + (digit ? 1 : 0);
  }
  return result;
}

/** The double next above (direction 1) or below (-1) a positive one. */
export function neighbour(value: number, direction: 1 | -1): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = (bits[0] as bigint) + BigInt(direction);
  return new Float64Array(bits.buffer)[0] as number;
}
