/*
 * Takes plain lines of JSON whose keys stand where those of an expected line stand, with 16 bytes looked at at once. What a line is and what becomes of its values is said
 * in src/records/json/json-line-scanner.ts, which takes every line that this stops before: it may stop anywhere, but what it takes must be the same to the bit.
 */

/** What becomes of a value: `directKind` of src/records/direct-columns.ts. */
const NONE = 0;
const NUMBER = 1;
const TEXT = 2;
const INSTANT = 3;

/** A key of the expected line, and where its value goes. */
@unmanaged
class Key {
  /** The bytes before its value. */
  literal: usize;
  length: i32;
  kind: i32;
  /** Column of doubles, or of codes. */
  values: usize;
  /** Texts whose codes are known. */
  texts: usize;
  column: i32;
  factor: f64;
  /** Numbers from here on, */
  lowest: f64;
  /** up to here, need no closer look. */
  highest: f64;
}

/** Texts of a column whose codes are known: a table with open addressing, emptied when it is full. */
@unmanaged
class Texts {
  slots: usize;
  /** Slots less one; twice as many after it was full, up to `most`. */
  mask: i32;
  most: i32;
  known: i32;
  /** Bytes of texts longer than 16, one after the other. */
  arena: usize;
  arenaEnd: usize;
  arenaAt: usize;
}

@unmanaged
class Slot {
  /** 1 + the code; 0 where free. */
  code: i32;
  length: i32;
  hash: i32;
  /** All its bytes, when they are more than 16. */
  bytes: usize;
  first: u64;
  second: u64;
}

/** A text whose code is not known: its column, row and bytes. */
@unmanaged
class Missed {
  column: i32;
  row: i32;
  from: usize;
  to: usize;
}

const QUOTE = i8x16.splat(34);
const BACKSLASH = i8x16.splat(92);
const BLANK = i8x16.splat(32);
const ZERO = i8x16.splat(48);
const NINE = i8x16.splat(9);
const POSITIONS = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
const HUNDREDS = i16x8(100, 1, 100, 1, 100, 1, 100, 1);
const MYRIADS = i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1);

/** Sixteen bytes of ones, then of zeros: from 16 - n on, a mask of n bytes. */
const masks = memory.data<u64>([-1, -1, 0, 0]);
const SPLITTER: f64 = 134_217_729;
/** 2^-90. */
const DOUBT: f64 = 8.077_935_669_463_161e-28;
const powersOfTen = memory.data<f64>([1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22]);

/** Months of 31 days, as bits. */
const monthsOf31 = 0x15aa;

/** Where {@link take} stopped: behind the last line it took. */
export let position: usize = 0;
/** How many texts {@link take} noted as missed. */
export let misses: i32 = 0;

@inline
function maskOf(bytes: i32): v128 {
  return v128.load(masks + 16 - bytes);
}

/** Whether the bytes at two places are the same. */
@inline
function same(a: usize, b: usize, length: i32): bool {
  if (length <= 16) return !v128.any_true(v128.and(v128.xor(v128.load(a), v128.load(b)), maskOf(length)));
  const last = length - 16;
  for (let i = 0; i < last; i += 16) if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  return !v128.any_true(v128.xor(v128.load(a + last), v128.load(b + last)));
}

/** Where the plain bytes of a string end: at a quote, a backslash, a control character or a byte beyond ASCII. */
@inline
function plainEnd(from: usize): usize {
  let at = from;
  let odd = oddBytes(at);
  while (odd === 0) odd = oddBytes((at += 16));
  return at + ctz(odd);
}

/** Which of 16 bytes are not plain, as bits. */
@inline
function oddBytes(at: usize): i32 {
  const bytes = v128.load(at);
  // As signed bytes, those beyond ASCII are less than a blank too.
  return i8x16.bitmask(v128.or(v128.or(i8x16.eq(bytes, QUOTE), i8x16.eq(bytes, BACKSLASH)), i8x16.lt_s(bytes, BLANK)));
}

/** The number that up to 16 digits are, as bytes from 0 to 9, the last one last; exact up to 2^53. */
@inline
function numberOf(digits: v128): f64 {
  const pairs = i16x8.add(i16x8.mul(v128.and(digits, i16x8.splat(255)), i16x8.splat(10)), i16x8.shr_u(digits, 8));
  const fours = i32x4.dot_i16x8_s(pairs, HUNDREDS);
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), MYRIADS);
  return 1e8 * <f64>i32x4.extract_lane(eights, 0) + <f64>i32x4.extract_lane(eights, 1);
}

@inline
function hashOf(first: u64, second: u64, length: i32): i32 {
  const mixed = ((first ^ <u64>length) * 0x9e37_79b9_7f4a_7c15) ^ ((second + 0x2545_f491_4f6c_dd1d) * 0xd6e8_feb8_6659_fd93);
  return <i32>((mixed ^ (mixed >> 29)) >> 24);
}

/** Where the number that `longNumber` was asked for ends; at its beginning when it is not written as JSON writes numbers. */
let numberEnd: usize = 0;

/**
 * The number without a sign that begins with 16 bytes of digits and a point: the same as `decimalOf` of src/records/decimal.ts up to 19 digits, which says how; NaN beyond, and where rounding is too
 * close to call.
 */
function longNumber(from: usize): f64 {
  let leading: f64 = 0;
  let trailing: f64 = 0;
  let digits = 0;
  let fraction = 0;
  let point = false;
  let at = from;
  for (; ; at++) {
    const byte = load<u8>(at);
    const digit = <u32>byte - 48;
    if (digit <= 9) {
      if (point) fraction++;
      if (digits > 0 || digit !== 0) digits++;
      if (digits <= 15) leading = 10 * leading + <f64>digit;
      else trailing = 10 * trailing + <f64>digit;
    } else if (byte === 46 && !point) point = true;
    else break;
  }
  numberEnd = load<u8>(at - 1) === 46 ? from : at;
  if (digits > 19 || fraction > 22) return NaN;
  const divisor = load<f64>(powersOfTen + (<usize>fraction << 3));
  if (digits <= 15) return leading / divisor;
  return quotient(leading, load<f64>(powersOfTen + (<usize>(digits - 15) << 3)), trailing, divisor);
}

/** (leading * shift + trailing) / divisor, rounded to nearest; NaN when the rounding is too close to call. */
function quotient(leading: f64, shift: f64, trailing: f64, divisor: f64): f64 {
  const product = leading * shift;
  const high = product + trailing;
  const low = trailing - (high - product) + productError(leading, shift, product);
  const first = high / divisor;
  const back = first * divisor;
  const remainder = high - back - productError(first, divisor, back) + low;
  const second = remainder / divisor;
  const doubt = first * DOUBT;
  const rounded = first + (second - doubt);
  return rounded === first + (second + doubt) ? rounded : NaN;
}

/** a * b - fl(a * b), exactly. */
function productError(a: f64, b: f64, product: f64): f64 {
  const scaledA = SPLITTER * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = SPLITTER * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** The first 16 bytes of a text, zeros behind its end. */
@inline
function headOf(from: usize, length: i32): v128 {
  return length >= 16 ? v128.load(from) : v128.and(v128.load(from), maskOf(length));
}

/** The hash of a text: of its first bytes, and of its last, where most names differ. */
@inline
function hashOfText(head: v128, from: usize, length: i32): i32 {
  const first = <u64>i64x2.extract_lane(head, 0);
  const second = <u64>i64x2.extract_lane(head, 1);
  if (length <= 16) return hashOf(first, second, length);
  return hashOf(first + load<u64>(from + length - 16) * 0x9fb2_1c65_1e98_df25, second ^ load<u64>(from + length - 8), length);
}

/** The slot of a text, or the free one where it would be. */
@inline
function slotOf(texts: Texts, head: v128, from: usize, length: i32, hash: i32): Slot {
  const first = <u64>i64x2.extract_lane(head, 0);
  const second = <u64>i64x2.extract_lane(head, 1);
  let at = hash & texts.mask;
  let slot = slotAt(texts, at);
  while (slot.code !== 0) {
    if (slot.length === length && slot.first === first && slot.second === second && (length <= 16 || (slot.hash === hash && same(slot.bytes, from, length)))) break;
    at = (at + 1) & texts.mask;
    slot = slotAt(texts, at);
  }
  return slot;
}

@inline
function slotAt(texts: Texts, at: i32): Slot {
  return changetype<Slot>(texts.slots + <usize>at * offsetof<Slot>());
}

/** Remembers the code of a text. */
export function remember(texts: Texts, from: usize, length: i32, code: i32): void {
  if (length > 256) return;
  if (2 * texts.known > texts.mask || texts.arenaAt + 256 > texts.arenaEnd) {
    texts.mask = min(2 * texts.mask + 1, texts.most);
    forget(texts);
  }
  const head = headOf(from, length);
  const hash = hashOfText(head, from, length);
  const slot = slotOf(texts, head, from, length, hash);
  if (slot.code !== 0) return;
  texts.known++;
  slot.code = code + 1;
  slot.length = length;
  slot.hash = hash;
  slot.first = i64x2.extract_lane(head, 0);
  slot.second = i64x2.extract_lane(head, 1);
  if (length <= 16) return;
  slot.bytes = texts.arenaAt;
  memory.copy(texts.arenaAt, from, length);
  texts.arenaAt += length;
}

/** Empties a table. */
export function forget(texts: Texts): void {
  memory.fill(texts.slots, 0, (texts.mask + 1) * offsetof<Slot>());
  texts.known = 0;
  texts.arenaAt = texts.arena;
}

/** `hashOfBytes` of src/records/text-hash.ts. */
function idOf(from: usize, to: usize): f64 {
  let a: i32 = 0x243f_6a88 ^ <i32>(to - from);
  let b: i32 = <i32>0x85a3_08d3;
  for (let at = from; at < to; at++) {
    const byte = <i32>load<u8>(at);
    a = (a ^ byte) * <i32>0x85eb_ca6b;
    b = (b + byte) * <i32>0x9e37_79b1;
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  const high = <u32>mix(a ^ (b * <i32>0x85eb_ca6b));
  const low = <u32>mix(b + a * <i32>0x9e37_79b1) >> 12;
  return <f64>high * 1048576 + <f64>low;
}

function mix(value: i32): i32 {
  let x = value;
  x = (x ^ (x >>> 16)) * 0x7feb_352d;
  x = (x ^ (x >>> 15)) * <i32>0x846c_a68b;
  return x ^ (x >>> 16);
}

/** The milliseconds of `YYYY-MM-DDTHH:MM:SS`, with a fraction and `Z` or without; NaN for anything else. */
function instantOf(from: usize, to: usize): f64 {
  if (to - from < 19) return NaN;
  const digits = i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(from), ZERO), NINE));
  // The digits of YYYY-MM-DDTHH:MM: are at 0-3, 5-6, 8-9, 11-12 and 14-15.
  if ((digits & 0xdb6f) !== 0xdb6f) return NaN;
  const separator = load<u8>(from + 10);
  if (load<u8>(from + 4) !== 45 || load<u8>(from + 7) !== 45 || (separator !== 84 && separator !== 32) || load<u8>(from + 13) !== 58 || load<u8>(from + 16) !== 58) return NaN;
  const tens = <i32>load<u8>(from + 17) - 48;
  const ones = <i32>load<u8>(from + 18) - 48;
  if (<u32>tens > 9 || <u32>ones > 9) return NaN;
  const year = 100 * two(from) + two(from + 2);
  const month = two(from + 5);
  const day = two(from + 8);
  const hour = two(from + 11);
  const minute = two(from + 14);
  const second = 10 * tens + ones;
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > (month === 2 ? 28 : 30 + ((monthsOf31 >> month) & 1)) || hour > 23 || minute > 59 || second > 59) return NaN;
  let at = from + 19;
  let milliseconds = 0;
  if (at < to && load<u8>(at) === 46) {
    const first = ++at;
    for (let worth = 100; at < to; at++, worth /= 10) {
      const digit = <i32>load<u8>(at) - 48;
      if (<u32>digit > 9) break;
      milliseconds += digit * worth;
    }
    if (at === first) return NaN;
  }
  if (at < to && !(load<u8>(at) === 90 && at + 1 === to)) return NaN;
  const shifted = month > 2 ? year : year - 1;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719468;
  return <f64>(<i64>((days * 24 + hour) * 60 + minute) * 60000 + <i64>(second * 1000 + milliseconds));
}

@inline
function two(at: usize): i32 {
  return 10 * (<i32>load<u8>(at) - 48) + <i32>load<u8>(at + 1) - 48;
}

/**
 * Takes lines from `start` up to `end`, which is behind a line feed, into the columns from row `first` on, below row `most`.
 *
 * @param keys - the `count` keys of the expected line; @param missed - room for notes of `room` texts.
 * @returns the number of lines.
 */
export function take(start: usize, end: usize, keys: usize, count: i32, first: i32, most: i32, missed: usize, room: i32): i32 {
  position = start;
  misses = 0;
  const keysEnd = keys + <usize>count * offsetof<Key>();
  let at = start;
  let noted = 0;
  let row = first;
  for (; at < end && row < most && noted + count <= room; row++) {
    for (let next = keys; next < keysEnd; next += offsetof<Key>()) {
      const key = changetype<Key>(next);
      if (!same(at, key.literal, key.length)) return row - first;
      at += key.length;
      const kind = key.kind;
      const byte = load<u8>(at);
      if (byte === 34) {
        const from = at + 1;
        const to = plainEnd(from);
        if (load<u8>(to) !== 34) return row - first;
        at = to + 1;
        if (kind === NONE) continue;
        if (from === to) return row - first;
        if (kind === TEXT) {
          const length = <i32>(to - from);
          const head = headOf(from, length);
          const code = slotOf(changetype<Texts>(key.texts), head, from, length, hashOfText(head, from, length)).code;
          if (code === 0) {
            const note = changetype<Missed>(missed + <usize>noted * offsetof<Missed>());
            note.column = key.column;
            note.row = row;
            note.from = from;
            note.to = to;
            noted++;
          } else store<i32>(key.values + (<usize>row << 2), code - 1);
          continue;
        }
        if (kind === NUMBER) return row - first;
        const value = kind === INSTANT ? instantOf(from, to) : idOf(from, to);
        if (value !== value) return row - first;
        store<f64>(key.values + (<usize>row << 3), value);
      } else if (<u32>byte - 48 <= 9 || byte === 45) {
        const negative = byte === 45;
        if (negative) at++;
        const digits = i8x16.sub(v128.load(at), ZERO);
        const mask = i8x16.bitmask(i8x16.le_u(digits, NINE));
        const whole = ctz(~mask);
        if (whole === 0 || (whole > 1 && load<u8>(at) === 48)) return row - first;
        let length = whole;
        let places = 0;
        if (whole < 15 && load<u8>(at + whole) === 46) {
          places = ctz(~(mask >> (whole + 1)));
          if (places === 0) return row - first;
          length += places + 1;
        }
        let magnitude: f64;
        if (length > 15) {
          magnitude = longNumber(at);
          at = numberEnd;
        } else {
          at += length;
          // The digits move to the end, over the point.
          const aligned = i8x16.add(POSITIONS, i8x16.splat(<i8>((places > 0 ? length - 1 : length) - 16)));
          const picked = i8x16.sub(aligned, i8x16.ge_s(aligned, i8x16.splat(<i8>whole)));
          const value = numberOf(i8x16.swizzle(digits, picked));
          magnitude = places === 0 ? value : value / load<f64>(powersOfTen + (<usize>places << 3));
        }
        const behind = load<u8>(at);
        if (behind !== 44 && behind !== 125) return row - first;
        if (kind === NONE) continue;
        if (kind !== NUMBER && kind !== INSTANT) return row - first;
        const scaled = (negative ? -magnitude : magnitude) * key.factor;
        if (!(scaled >= key.lowest && scaled <= key.highest)) return row - first;
        store<f64>(key.values + (<usize>row << 3), scaled);
      } else {
        const word = load<u32>(at);
        let value: f64;
        if (word === 0x6575_7274) {
          value = 1;
          at += 4;
        } else if (word === 0x736c_6166 && load<u8>(at + 4) === 101) {
          value = 0;
          at += 5;
        } else if (word === 0x6c6c_756e) {
          value = NaN;
          at += 4;
        } else return row - first;
        if (kind === NONE) continue;
        if (kind !== NUMBER) return row - first;
        store<f64>(key.values + (<usize>row << 3), value);
      }
    }
    if (load<u16>(at) === 0x0a7d) at += 2;
    else if (load<u16>(at) === 0x0d7d && load<u8>(at + 2) === 10) at += 3;
    else return row - first;
    position = at;
    misses = noted;
  }
  return row - first;
}
