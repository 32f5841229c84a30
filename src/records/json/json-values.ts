import { decimalOf, powerOfTen } from "../decimal.ts";
import { type RowTokens, token } from "../row-tokens.ts";

/** Bytes inside a string: 0 goes on, 1 ends it, 2 needs a closer look (escape, control character, beyond ASCII). */
export const stringByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 34 ? 1 : byte < 32 || byte === 92 || byte > 127 ? 2 : 0,
);
const deepest = 64;
const decoder = new TextDecoder();

/**
 * Takes one JSON value, as `JSON.parse` would, and notes it as the token of a column (-1: of none, it is only checked).
 *
 * The bytes must hold a line feed somewhere after the value, which ends every scan, and eight more behind it.
 *
 * @returns the position after the value; -1 when it is malformed, or too odd to be sure of.
 */
export function takeValue(tokens: RowTokens, column: number, start: number): number {
  const { bytes, view } = tokens;
  const first = bytes[start] as number;
  if (first === 34) {
    let at = start + 1;
    while (isPlain(view.getInt32(at, true))) at += 4;
    while (stringByte[bytes[at] as number] === 0) at++;
    if (bytes[at] !== 34) return takeOddString(tokens, column, start, at);
    if (column >= 0) {
      tokens.kind[column] = token.bytes;
      tokens.from[column] = start + 1;
      tokens.to[column] = at;
    }
    return at + 1;
  }
  if (first === 45 || (first >= 48 && first <= 57)) return takeNumber(tokens, column, start);
  const kind = first === 116 ? token.true : first === 102 ? token.false : first === 110 ? token.null : token.absent;
  if (kind === token.absent) return first === 123 || first === 91 ? takeNested(tokens, column, start) : -1;
  const end = takeWord(bytes, start, kind);
  if (column >= 0) tokens.kind[column] = kind;
  return end;
}

function takeWord(bytes: Uint8Array, at: number, kind: number): number {
  if (kind === token.true) return bytes[at + 1] === 114 && bytes[at + 2] === 117 && bytes[at + 3] === 101 ? at + 4 : -1;
  if (kind === token.null) return bytes[at + 1] === 117 && bytes[at + 2] === 108 && bytes[at + 3] === 108 ? at + 4 : -1;
  return bytes[at + 1] === 97 && bytes[at + 2] === 108 && bytes[at + 3] === 115 && bytes[at + 4] === 101 ? at + 5 : -1;
}

/**
 * Whether none of four bytes ends a string or needs a closer look: no quote, no backslash, no control character, none
 * beyond ASCII.
 */
export function isPlain(word: number): boolean {
  const quote = word ^ 0x2222_2222;
  const backslash = word ^ 0x5c5c_5c5c;
  return (((quote - 0x0101_0101) | (backslash - 0x0101_0101) | (word - 0x2020_2020) | word) & 0x8080_8080) === 0;
}

/** Whether four bytes are digits. */
export function areDigits(word: number): boolean {
  return (((word + 0x4646_4646) | (word - 0x3030_3030)) & 0x8080_8080) === 0;
}

/** The number that four digits are, the first in the lowest byte: first two pairs at once, then both. */
export function fourDigits(word: number): number {
  const pairs = Math.imul(word & 0x0f0f_0f0f, 2561) >>> 8;
  return Math.imul(pairs & 0x00ff_00ff, 6_553_601) >>> 16;
}

function takeNumber(tokens: RowTokens, column: number, start: number): number {
  const { bytes } = tokens;
  const integer = bytes[start] === 45 ? start + 1 : start;
  let at = digitsEnd(tokens, integer, 0);
  let digits = at - integer;
  if (digits === 0 || (digits > 1 && bytes[integer] === 48)) return -1;
  let fraction = 0;
  if (bytes[at] === 46) {
    const point = at;
    at = digitsEnd(tokens, point + 1, read.digits);
    fraction = at - point - 1;
    if (fraction === 0) return -1;
    digits += fraction;
  }
  const exponential = bytes[at] === 101 || bytes[at] === 69;
  if (exponential) {
    at++;
    if (bytes[at] === 43 || bytes[at] === 45) at++;
    const exponent = at;
    while ((bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at++;
    if (at === exponent) return -1;
    digits = 99;
  }
  if (column >= 0 && digits > 15 && fraction === 0 && !exponential) {
    // An identifier, most likely, of which every digit counts: numbers are read from the same bytes.
    tokens.kind[column] = token.bytes;
    tokens.from[column] = start;
    tokens.to[column] = at;
  } else if (column >= 0) {
    const magnitude =
      digits > 15 ? decimalOf(bytes, integer, at) : fraction === 0 ? read.digits : read.digits / powerOfTen(fraction);
    tokens.kind[column] = token.number;
    tokens.number[column] = integer > start ? -magnitude : magnitude;
  }
  return at;
}

/** The digits that {@link digitsEnd} read last, as a whole number; right up to 15 of them. */
const read = { digits: 0.5 };

/** Where the digits from `start` on end; they are read after those of `before`, four at a time. */
function digitsEnd({ bytes, view }: RowTokens, start: number, before: number): number {
  let value = before;
  let at = start;
  for (let word = view.getInt32(at, true); areDigits(word); word = view.getInt32(at, true)) {
    value = 10_000 * value + fourDigits(word);
    at += 4;
  }
  for (let digit = (bytes[at] as number) - 48; digit >= 0 && digit <= 9; digit = (bytes[at] as number) - 48) {
    value = 10 * value + digit;
    at++;
  }
  read.digits = value;
  return at;
}

/** A string with escapes or with characters beyond ASCII, looked at from `odd` on. */
function takeOddString(tokens: RowTokens, column: number, start: number, odd: number): number {
  const { bytes } = tokens;
  let escaped = false;
  let at = odd;
  while (bytes[at] !== 34) {
    const byte = bytes[at] as number;
    if (byte < 32) return -1;
    const length = byte === 92 ? escapeLength(bytes, at) : byte < 128 ? 1 : sequenceLength(bytes, at);
    if (length === 0) return -1;
    if (byte === 92) escaped = true;
    at += length;
  }
  if (column >= 0 && escaped) {
    tokens.kind[column] = token.text;
    tokens.other[column] = JSON.parse(decoder.decode(bytes.subarray(start, at + 1)));
  } else if (column >= 0) {
    tokens.kind[column] = token.bytes;
    tokens.from[column] = start + 1;
    tokens.to[column] = at;
  }
  return at + 1;
}

function escapeLength(bytes: Uint8Array, at: number): number {
  const escape = bytes[at + 1] as number;
  if (
    escape === 34 ||
    escape === 92 ||
    escape === 47 ||
    escape === 98 ||
    escape === 102 ||
    escape === 110 ||
    escape === 114 ||
    escape === 116
  )
    return 2;
  if (escape !== 117) return 0;
  for (let i = 2; i < 6; i++) {
    const byte = (bytes[at + i] as number) | 32;
    if (!((byte >= 97 && byte <= 102) || ((bytes[at + i] as number) >= 48 && (bytes[at + i] as number) <= 57)))
      return 0;
  }
  return 6;
}

/** Length of the UTF-8 sequence at a byte beyond ASCII; 0 when it is not valid (RFC 3629). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const follows = (offset: number): boolean => ((bytes[at + offset] as number) & 0xc0) === 0x80;
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const valid = lead === 0xe0 ? second >= 0xa0 : lead === 0xed ? second < 0xa0 : true;
    return valid && follows(1) && follows(2) ? 3 : 0;
  }
  if (lead < 0xf0 || lead > 0xf4) return 0;
  const valid = lead === 0xf0 ? second >= 0x90 : lead === 0xf4 ? second < 0x90 : true;
  return valid && follows(1) && follows(2) && follows(3) ? 4 : 0;
}

/** An object or array: checked, and as a value of a column left to `JSON.parse`. */
function takeNested(tokens: RowTokens, column: number, start: number): number {
  return column >= 0 ? -1 : nestedEnd(tokens, start, 0);
}

function nestedEnd(tokens: RowTokens, start: number, depth: number): number {
  const { bytes } = tokens;
  const object = bytes[start] === 123;
  const close = object ? 125 : 93;
  if (depth === deepest) return -1;
  let at = skipBlanks(bytes, start + 1);
  if (bytes[at] === close) return at + 1;
  for (;;) {
    if (object) {
      if (bytes[at] !== 34) return -1;
      at = takeValue(tokens, -1, at);
      if (at < 0) return -1;
      at = skipBlanks(bytes, at);
      if (bytes[at] !== 58) return -1;
      at = skipBlanks(bytes, at + 1);
    }
    at = bytes[at] === 123 || bytes[at] === 91 ? nestedEnd(tokens, at, depth + 1) : takeValue(tokens, -1, at);
    if (at < 0) return -1;
    at = skipBlanks(bytes, at);
    if (bytes[at] === close) return at + 1;
    if (bytes[at] !== 44) return -1;
    at = skipBlanks(bytes, at + 1);
  }
}

/** The next position that is neither space, tab nor carriage return. */
export function skipBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13) at++;
  return at;
}
