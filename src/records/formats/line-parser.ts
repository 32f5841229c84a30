/** Where the fields of one line stand, as bytes `from` to `to`; `from` is -1 where a line lacks a field. */
export class FieldSpans {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** How the text of a field must be read, see {@link spelling}. */
  readonly spelling: Uint8Array;

  constructor(fields: number) {
    this.from = new Int32Array(fields);
    this.to = new Int32Array(fields);
    this.spelling = new Uint8Array(fields);
  }

  set(field: number, from: number, to: number, spelled: number = spelling.plain): void {
    this.from[field] = from;
    this.to[field] = to;
    this.spelling[field] = spelled;
  }
}

/** How bytes spell the value of a field. */
export const spelling = {
  /** As they stand. */
  plain: 0,
  /** With backslash escapes. */
  escaped: 1,
  /** A date and a time of day with a tab between. */
  dateAndTime: 2,
  /** With each double quote written twice. */
  doubled: 3,
} as const;

/** What a line of a log is: a request, a line that the tool writes beside requests, or none that can be read. */
export type LineKind = "row" | "other" | "malformed";

/** Takes the lines of one kind of text log apart. */
export interface LineParser {
  /** The fields that a line can have, by number. */
  readonly fields: readonly string[];
  /** Finds the fields of a line without its line break. */
  parse(bytes: Uint8Array, from: number, to: number, spans: FieldSpans): LineKind;
}

/** The value of a field of a line. */
export function valueOfSpan(spans: FieldSpans, field: number, bytes: Uint8Array): string | null {
  const [from, to] = [spans.from[field] as number, spans.to[field] as number];
  if (from < 0) return null;
  if (spans.spelling[field] === spelling.escaped) return unescaped(bytes, from, to);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(from, to));
  if (spans.spelling[field] === spelling.dateAndTime) return text.replace("\t", " ");
  return spans.spelling[field] === spelling.doubled ? text.replaceAll('""', '"') : text;
}

/** Whether bytes stand at a position, before `end`. */
export function standsAt(literal: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean {
  if (at + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

/** The text that bytes with backslash escapes spell: `\"`, `\n`, `\t`, and the bytes `\x22` and characters `\u00e9`. */
function unescaped(bytes: Uint8Array, from: number, to: number): string {
  const text = new TextDecoder().decode(bytes.subarray(from, to));
  const hex = /(?:\\x[0-9a-fA-F]{2})+/gu;
  const decoded = text.replace(hex, (run) => {
    const codes = run.slice(2).split("\\x");
    return new TextDecoder().decode(Uint8Array.from(codes, (code) => Number.parseInt(code, 16)));
  });
  return decoded.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_, code: string | undefined, single: string) =>
    code === undefined ? (controls[single] ?? single) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const controls: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
