import { productError } from "../math/exact-product.ts";

const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** 10^exponent for exponents from 0 to 22, all of which doubles hold exactly. */
export function powerOfTen(exponent: number): number {
  return powersOfTen[exponent] as number;
}

/**
 * The double nearest to the number that ASCII bytes spell, the same as the language's own conversion.
 *
 * @param from - the bytes: digits with an optional sign, point and exponent, as JSON writes numbers.
 */
export function decimalOf(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const negative = bytes[at] === 45;
  if (negative) at++;
  let leading = 0;
  let trailing = 0;
  let digits = 0;
  let fraction = 0;
  let point = false;
  for (; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte === 46) point = true;
    else if (byte >= 48 && byte <= 57) {
      if (point) fraction++;
      if (digits > 0 || byte !== 48) digits++;
      if (digits <= 15) leading = 10 * leading + (byte - 48);
      else trailing = 10 * trailing + (byte - 48);
    } else return spelled(bytes, from, to);
  }
  if (digits <= 15 && fraction <= 22)
    return negative ? -(leading / powerOfTen(fraction)) : leading / powerOfTen(fraction);
  if (digits > 19 || fraction > 22) return spelled(bytes, from, to);
  const magnitude = quotient(leading, powerOfTen(digits - 15), trailing, powerOfTen(fraction));
  return Number.isNaN(magnitude) ? spelled(bytes, from, to) : negative ? -magnitude : magnitude;
}

const decimalForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;

/**
 * The decimal number that a text spells; NaN for anything else, and so for `0x1F`, `1_000` and `1,000`, which one tool
 * takes for a number and another does not.
 */
export function decimalOfText(text: string): number {
  if (/^[+-]?inf(?:inity)?$/iu.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return decimalForm.test(text) ? Number(text) : Number.NaN;
}

/** The number that up to 15 digits, with or without a sign and a point between them, spell; NaN for any other text. */
export function plainDecimal(bytes: Uint8Array, from: number, to: number): number {
  const negative = bytes[from] === 45;
  let at = negative ? from + 1 : from;
  if (to - at > 16 || to === at) return Number.NaN;
  let value = 0;
  let point = -1;
  for (const first = at; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte >= 48 && byte <= 57) value = 10 * value + (byte - 48);
    else if (byte === 46 && point < 0 && at > first && at + 1 < to) point = at;
    else return Number.NaN;
  }
  if (point < 0 && to - from - Number(negative) > 15) return Number.NaN;
  const magnitude = point < 0 ? value : value / powerOfTen(to - point - 1);
  return negative ? -magnitude : magnitude;
}

/**
 * (leading * shift + trailing) / divisor, rounded to nearest; NaN when the rounding is too close to call. Computed to
 * twice the working precision (Dekker 1971, doi:10.1007/BF01397083): the quotient's remainder is found exactly but for
 * its last bits.
 */
function quotient(leading: number, shift: number, trailing: number, divisor: number): number {
  const product = leading * shift;
  const high = product + trailing;
  const low = trailing - (high - product) + productError(leading, shift, product);
  const first = high / divisor;
  const back = first * divisor;
  const remainder = high - back - productError(first, divisor, back) + low;
  const second = remainder / divisor;
  const doubt = first * 2 ** -90;
  const rounded = first + (second - doubt);
  return rounded === first + (second + doubt) ? rounded : Number.NaN;
}

function spelled(bytes: Uint8Array, from: number, to: number): number {
  return Number(String.fromCharCode(...bytes.subarray(from, to)));
}
