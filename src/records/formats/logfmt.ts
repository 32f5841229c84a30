import { type FieldSpans, type LineKind, type LineParser, spelling } from "./line-parser.ts";

const [blank, quote, equals, backslash] = [32, 34, 61, 92];
const encoder = new TextEncoder();

/**
 * Lines of `key=value` pairs in any order, as Go services write them; a value with blanks stands between double quotes.
 * A key without a value, an empty value and `-` are no value. Of a key that comes twice in a line the last value
 * counts.
 */
export class LogfmtLines implements LineParser {
  readonly fields: readonly string[];
  readonly #keys: readonly Uint8Array[];

  constructor(fields: readonly string[]) {
    this.fields = fields;
    this.#keys = fields.map((field) => encoder.encode(field));
  }

  parse(bytes: Uint8Array, from: number, to: number, spans: FieldSpans): LineKind {
    spans.from.fill(-1);
    let pairs = 0;
    for (let at = from; at < to;) {
      if (bytes[at] === blank) {
        at++;
        continue;
      }
      const key = at;
      while (at < to && bytes[at] !== equals && bytes[at] !== blank) {
        if (bytes[at] === quote) return "malformed";
        at++;
      }
      if (at === key) return "malformed";
      const keyEnd = at;
      if (at === to || bytes[at] === blank) continue;
      pairs++;
      let start = ++at;
      let spelled: number = spelling.plain;
      let end: number;
      if (bytes[at] === quote) {
        start = ++at;
        while (at < to && bytes[at] !== quote) {
          if (bytes[at] === backslash) {
            spelled = spelling.escaped;
            at++;
          }
          at++;
        }
        if (at >= to) return "malformed";
        end = at++;
        if (at < to && bytes[at] !== blank) return "malformed";
      } else {
        while (at < to && bytes[at] !== blank) at++;
        end = at;
      }
      const field = this.#fieldAt(bytes, key, keyEnd);
      if (field < 0) continue;
      if (end === start || (end - start === 1 && bytes[start] === 45)) spans.from[field] = -1;
      else spans.set(field, start, end, spelled);
    }
    return pairs > 0 ? "row" : "malformed";
  }

  #fieldAt(bytes: Uint8Array, from: number, to: number): number {
    const keys = this.#keys;
    for (let field = 0; field < keys.length; field++) {
      const key = keys[field] as Uint8Array;
      if (key.length !== to - from) continue;
      let at = 0;
      while (at < key.length && key[at] === bytes[from + at]) at++;
      if (at === key.length) return field;
    }
    return -1;
  }
}

/** The keys of lines, in the order of their first appearance. */
export function logfmtKeys(lines: readonly string[]): string[] {
  const keys = new Set<string>();
  // A key begins where no other could: else a long word without `=` is tried from each of its letters.
  const pair = /(?<![^\s="])([^\s="]+)=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)/gu;
  for (const line of lines) for (const [, key] of line.matchAll(pair)) keys.add(key as string);
  return [...keys];
}
