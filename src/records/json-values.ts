import { decimalOf, powerOfTen } from "./decimal.ts";
import { type RowTokens, token } from "./row-tokens.ts";

/** Bytes inside a string: 0 goes on, 1 ends it, 2 needs a closer look (escape, control character, beyond ASCII). */
const stringByte = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 34 ? 1 : byte < 32 || byte === 92 || byte > 127 ? 2 : 0));
const deepest = 64;
const decoder = new TextDecoder();

/**
 * Takes one JSON value, as `JSON.parse` would, and notes it as the token of a column (-1: of none, it is only checked).
 *
 * The bytes must hold a line feed somewhere after the value: it ends every scan.
 *
 * @returns the position after the value; -1 when it is malformed, or too odd to be sure of.
 */
export function takeValue(tokens: RowTokens, column: number, start: number): number {
  const { bytes } = tokens;
  const first = bytes[start] as number;
  if (first === 34) {
    let at = start + 1;
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

function takeNumber(tokens: RowTokens, column: number, start: number): number {
  const { bytes } = tokens;
  let at = start;
  if (bytes[at] === 45) at++;
  const integer = at;
  let mantissa = (bytes[at] as number) - 48;
  if (mantissa < 0 || mantissa > 9) return -1;
  at++;
  let digit = (bytes[at] as number) - 48;
  if (mantissa === 0 && digit >= 0 && digit <= 9) return -1;
  while (digit >= 0 && digit <= 9) {
    mantissa = 10 * mantissa + digit;
    digit = (bytes[++at] as number) - 48;
  }
  let fraction = 0;
  let digits = at - integer;
  if (bytes[at] === 46) {
    const point = at;
    digit = (bytes[++at] as number) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    while (digit >= 0 && digit <= 9) {
      mantissa = 10 * mantissa + digit;
      digit = (bytes[++at] as number) - 48;
    }
    fraction = at - point - 1;
    digits += fraction;
  }
  if (bytes[at] === 101 || bytes[at] === 69) {
    at++;
    if (bytes[at] === 43 || bytes[at] === 45) at++;
    const exponent = at;
    while ((bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at++;
    if (at === exponent) return -1;
    digits = 99;
  }
  if (column >= 0) {
    const magnitude = digits > 15 ? decimalOf(bytes, integer, at) : fraction === 0 ? mantissa : mantissa / powerOfTen(fraction);
    tokens.kind[column] = token.number;
    tokens.number[column] = integer > start ? -magnitude : magnitude;
  }
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
  if (escape === 34 || escape === 92 || escape === 47 || escape === 98 || escape === 102 || escape === 110 || escape === 114 || escape === 116) return 2;
  if (escape !== 117) return 0;
  for (let i = 2; i < 6; i++) {
    const byte = (bytes[at + i] as number) | 32;
    if (!((byte >= 97 && byte <= 102) || ((bytes[at + i] as number) >= 48 && (bytes[at + i] as number) <= 57))) return 0;
  }
  return 6;
}

/** Length of the UTF-8 sequence at a byte beyond ASCII; 0 when it is not valid (RFC 3629). */
export function sequenceLength(bytes: Uint8Array, at: number): number {
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
