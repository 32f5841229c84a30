import { powerOfTen } from "../decimal.ts";
import { type DirectColumns, directKind } from "../direct-columns.ts";
import { type RowTokens, token } from "../row-tokens.ts";
import type { TextDictionary } from "../text-dictionary.ts";
import { hashOfBytes } from "../text-hash.ts";
import { timestampOfBytes } from "../timestamp.ts";
import { areDigits, fourDigits, isPlain, skipBlanks, stringByte, takeValue } from "./json-values.ts";
import type { LineAccelerator } from "./line-accelerator.ts";

/** Most keys of a line whose layout is remembered. */
const longestLayout = 256;

/** Bytes that are read beyond a line's end, to be found different. */
export const slack = 16;

/** `true`, and `false` without its first letter, as words of four bytes. */
const wordTrue = 0x6575_7274;
const wordAlse = 0x6573_6c61;

const encoder = new TextEncoder();

/**
 * Takes the mapped columns out of a line of JSON without building an object.
 *
 * It expects each line to have its keys where the line before had them: the bytes between two values are compared, not
 * assumed. A line that differs is taken key by key, and its layout is expected next. A line that it is not sure of, for
 * an escape in a key, a mapped key that comes twice, or a mapped value that is an object, is left to `JSON.parse`.
 */
export class JsonLineScanner {
  readonly #tokens: RowTokens;
  readonly #names: readonly Uint8Array[];
  /** Columns that may be paths into nested objects, unless a key has the path for its name. */
  readonly #paths: readonly number[];
  /**
   * The bytes before each value of the expected line: those of eight or more in words of eight, read as doubles, the
   * last overlapping the one before; shorter ones in words of four. Doubles are equal only when their bits are, but for
   * zeros and NaN; bytes of a key make neither a zero nor, when compared, an equal NaN.
   */
  #words: Float64Array = new Float64Array(1024);
  readonly #lengths: Int32Array = new Int32Array(longestLayout);
  readonly #columns: Int32Array = new Int32Array(longestLayout);
  #keys = 0;
  /** Whether the expected line has every column. */
  complete = false;
  readonly #accelerator: LineAccelerator | undefined;
  /** Where {@link takeDirect} stopped. */
  position = 0;
  /** Where the values of the line taken last stand: for the next layout. */
  readonly #valueStarts: Int32Array = new Int32Array(longestLayout);
  readonly #valueEnds: Int32Array = new Int32Array(longestLayout);
  readonly #keyColumns: Int32Array = new Int32Array(longestLayout);

  /**
   * @param columns - names of the wanted keys; @param tokens - where their values go, in the same order; @param
   * accelerator - told of the lines to expect.
   */
  constructor(columns: readonly string[], tokens: RowTokens, accelerator?: LineAccelerator) {
    this.#accelerator = accelerator;
    this.#tokens = tokens;
    this.#names = columns.map((column) => encoder.encode(column));
    this.#paths = columns.flatMap((column, index) => (column.includes(".") ? [index] : []));
  }

  /**
   * Takes the line that begins at `start`.
   *
   * @param start - where it begins; behind its line feed the bytes must go on for at least {@link slack} more.
   * @returns the position after its line feed; -1 when it is not sure of the line, and then the tokens mean nothing.
   */
  take(start: number): number {
    let end = this.#takeExpected(start);
    if (end < 0) end = this.#takeAny(start);
    if (end >= 0 && this.#pathsFound()) return end;
    // Whoever takes this line sets tokens that the expected layout does not reset.
    this.#keys = 0;
    this.complete = false;
    return -1;
  }

  #pathsFound(): boolean {
    const paths = this.#paths;
    for (let i = 0; i < paths.length; i++) if (this.#tokens.kind[paths[i] as number] === token.absent) return false;
    return true;
  }

  /**
   * Takes a line of the expected layout: it sets the same tokens as the line before, so none is left over.
   */
  #takeExpected(start: number): number {
    const tokens = this.#tokens;
    const { bytes, view } = tokens;
    const words = this.#words;
    const lengths = this.#lengths;
    const columns = this.#columns;
    const keys = this.#keys;
    if (keys === 0) return -1;
    let at = start;
    let word = 0;
    for (let key = 0; key < keys; key++) {
      const length = lengths[key] as number;
      if (length >= 8) {
        const last = at + length - 8;
        for (; at < last; at += 8) if (view.getFloat64(at, true) !== words[word++]) return -1;
        if (view.getFloat64(last, true) !== words[word++]) return -1;
        at = last + 8;
      } else {
        const last = at + length - 4;
        if (view.getInt32(at, true) !== words[word++] || view.getInt32(last, true) !== words[word++]) return -1;
        at = last + 4;
      }
      at = takeValue(tokens, columns[key] as number, at);
      if (at < 0) return -1;
    }
    return endOfLine(bytes, at);
  }

  /**
   * Takes lines of the expected layout whose values are plain, from `start` up to `end`, into the columns from row
   * `first` on, below row `most`. It stops before any line that is not, and leaves it to {@link take}: what it wrote of
   * such a line does not count. Where it stopped is in {@link position}.
   *
   * @returns the number of lines.
   */
  takeDirect(start: number, end: number, direct: DirectColumns, first: number, most: number): number {
    this.position = start;
    if (!this.complete) return 0;
    const { bytes, view } = this.#tokens;
    const { kinds, factors, lowest, highest, numbers, codes, texts } = direct;
    const words = this.#words;
    const lengths = this.#lengths;
    const columns = this.#columns;
    const keys = this.#keys;
    let row = first;
    for (let at = start; at < end && row < most; row++) {
      let word = 0;
      for (let key = 0; key < keys; key++) {
        const length = lengths[key] as number;
        if (length >= 8) {
          const last = at + length - 8;
          for (; at < last; at += 8) if (view.getFloat64(at, true) !== words[word++]) return row - first;
          if (view.getFloat64(last, true) !== words[word++]) return row - first;
          at = last + 8;
        } else {
          const last = at + length - 4;
          if (view.getInt32(at, true) !== words[word++] || view.getInt32(last, true) !== words[word++])
            return row - first;
          at = last + 4;
        }
        const column = columns[key] as number;
        const kind = column < 0 ? directKind.none : (kinds[column] as number);
        const byte = bytes[at] as number;
        const begin = at;
        if (byte === 34) {
          at++;
          while (isPlain(view.getInt32(at, true))) at += 4;
          while (stringByte[bytes[at] as number] === 0) at++;
          if (bytes[at] !== 34) return row - first;
          at++;
          if (kind === directKind.none) continue;
          if (at === begin + 2) return row - first;
          if (kind === directKind.text)
            (codes[column] as Int32Array)[row] = (texts[column] as TextDictionary).codeOfBytes(
              bytes,
              view,
              begin + 1,
              at - 1,
            );
          else {
            const value =
              kind === directKind.id
                ? hashOfBytes(bytes, begin + 1, at - 1)
                : kind === directKind.instant
                  ? timestampOfBytes(bytes, begin + 1, at - 1)
                  : Number.NaN;
            if (value !== value) return row - first;
            (numbers[column] as Float64Array)[row] = value;
          }
        } else if (byte >= 48 && byte <= 57) {
          let value = 0;
          for (let four = view.getInt32(at, true); areDigits(four); four = view.getInt32(at, true)) {
            value = 10_000 * value + fourDigits(four);
            at += 4;
          }
          for (let digit = (bytes[at] as number) - 48; digit >= 0 && digit <= 9; digit = (bytes[at] as number) - 48) {
            value = 10 * value + digit;
            at++;
          }
          if (byte === 48 && at > begin + 1) return row - first;
          let places = 0;
          if (bytes[at] === 46) {
            const point = ++at;
            for (let digit = (bytes[at] as number) - 48; digit >= 0 && digit <= 9; digit = (bytes[at] as number) - 48) {
              value = 10 * value + digit;
              at++;
            }
            places = at - point;
            if (places === 0) return row - first;
          }
          if (at - begin > 15 || (bytes[at] !== 44 && bytes[at] !== 125)) return row - first;
          if (kind === directKind.none) continue;
          if (kind === directKind.text || kind === directKind.id) return row - first;
          const scaled = (places === 0 ? value : value / powerOfTen(places)) * (factors[column] as number);
          if (!(scaled >= (lowest[column] as number) && scaled <= (highest[column] as number))) return row - first;
          (numbers[column] as Float64Array)[row] = scaled;
        } else {
          const truth = byte === 116 ? 1 : 0;
          if (
            truth === 1
              ? view.getInt32(at, true) !== wordTrue
              : byte !== 102 || view.getInt32(at + 1, true) !== wordAlse
          )
            return row - first;
          at += 5 - truth;
          if (kind === directKind.none) continue;
          if (kind !== directKind.number) return row - first;
          (numbers[column] as Float64Array)[row] = truth;
        }
      }
      at = endOfLine(bytes, at);
      if (at < 0) return row - first;
      this.position = at;
    }
    return row - first;
  }

  /** Takes a line key by key, and remembers its layout. */
  #takeAny(start: number): number {
    const tokens = this.#tokens;
    const { bytes, kind } = tokens;
    kind.fill(token.absent);
    this.#keys = 0;
    this.complete = false;
    let at = skipBlanks(bytes, start);
    if (bytes[at] !== 123) return -1;
    at = skipBlanks(bytes, at + 1);
    let keys = 0;
    if (bytes[at] === 125) return endOfLine(bytes, at);
    for (;;) {
      if (bytes[at] !== 34) return -1;
      const keyStart = at + 1;
      at = keyStart;
      for (let byte = bytes[at] as number; byte !== 34; byte = bytes[++at] as number)
        if (byte < 32 || byte > 126 || byte === 92) return -1;
      const column = this.#columnOf(keyStart, at);
      if (column >= 0 && kind[column] !== token.absent) return -1;
      at = skipBlanks(bytes, at + 1);
      if (bytes[at] !== 58) return -1;
      at = skipBlanks(bytes, at + 1);
      if (keys < longestLayout) {
        this.#valueStarts[keys] = at;
        this.#keyColumns[keys] = column;
      }
      at = takeValue(tokens, column, at);
      if (at < 0) return -1;
      if (keys < longestLayout) this.#valueEnds[keys] = at;
      keys++;
      at = skipBlanks(bytes, at);
      if (bytes[at] === 125) break;
      if (bytes[at] !== 44) return -1;
      at = skipBlanks(bytes, at + 1);
    }
    const end = endOfLine(bytes, at);
    if (end >= 0) this.#expect(start, keys);
    return end;
  }

  #columnOf(from: number, to: number): number {
    const { bytes } = this.#tokens;
    for (let column = 0; column < this.#names.length; column++) {
      const name = this.#names[column] as Uint8Array;
      if (name.length !== to - from) continue;
      let same = 0;
      while (same < name.length && name[same] === bytes[from + same]) same++;
      if (same === name.length) return column;
    }
    return -1;
  }

  #expect(start: number, keys: number): void {
    this.#keys = keys <= longestLayout ? keys : 0;
    const { view } = this.#tokens;
    let from = start;
    let word = 0;
    for (let key = 0; key < this.#keys; key++) {
      const to = this.#valueStarts[key] as number;
      const length = to - from;
      if (word + length > this.#words.length) {
        const words = new Float64Array(2 * (word + length));
        words.set(this.#words);
        this.#words = words;
      }
      this.#lengths[key] = length;
      this.#columns[key] = this.#keyColumns[key] as number;
      if (length >= 8) {
        for (let at = from; at < to - 8; at += 8) this.#words[word++] = view.getFloat64(at, true);
        this.#words[word++] = view.getFloat64(to - 8, true);
      } else {
        this.#words[word++] = view.getInt32(from, true);
        this.#words[word++] = view.getInt32(to - 4, true);
      }
      from = this.#valueEnds[key] as number;
    }
    let found = 0;
    for (let key = 0; key < this.#keys; key++) if ((this.#columns[key] as number) >= 0) found++;
    this.complete = found === this.#names.length;
    if (this.complete)
      this.#accelerator?.expect(
        this.#tokens.bytes,
        start,
        this.#keys,
        this.#valueStarts,
        this.#valueEnds,
        this.#columns,
      );
  }
}

/** The position after the line feed, when nothing but the object's end stands before it. */
function endOfLine(bytes: Uint8Array, start: number): number {
  let at = skipBlanks(bytes, start);
  if (bytes[at] !== 125) return -1;
  at = skipBlanks(bytes, at + 1);
  return bytes[at] === 10 ? at + 1 : -1;
}
