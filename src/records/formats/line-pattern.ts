import { type FieldSpans, type LineKind, type LineParser, spelling, standsAt } from "./line-parser.ts";

const [backslash, dash] = [92, 45];

/** A field, and the text that follows it. */
interface Step {
  readonly field: number;
  /** Empty where the field reaches to the end of the line. */
  readonly literal: Uint8Array;
  /** Between double quotes, where a backslash takes the next character along. */
  readonly quoted: boolean;
  /** Texts that mean that there is no value. */
  readonly missing: readonly Uint8Array[];
}

/** One piece of a pattern: a text that stands in each line, or the name of a field. */
export type PatternPiece = { readonly literal: string } | { readonly field: string };

/** What may follow the last piece of a pattern. */
export interface PatternEnd {
  /** Pieces that a line has all of or none. */
  readonly tail?: readonly PatternPiece[];
  /** Whether anything may follow. */
  readonly open?: boolean;
  /** Texts, beside `-`, that mean that a field has no value. */
  readonly missing?: Readonly<Record<string, string>>;
}

const encoder = new TextEncoder();

/** The pieces of a template such as `$remote_addr [$time_local]`. */
export function piecesOf(template: string): PatternPiece[] {
  return template
    .split(/(\$\{\w+\}|\$[A-Za-z_]\w*)/u)
    .map((part, index) => (index % 2 === 1 ? { field: part.replace(/[${}]/gu, "") } : { literal: part }))
    .filter((piece) => "field" in piece || piece.literal !== "");
}

/**
 * Lines with a fixed order of fields. A field ends where the text that follows it in the pattern first stands; between
 * double quotes a backslash takes the next character along. A field that is `-` has no value.
 */
export class LinePattern implements LineParser {
  readonly fields: readonly string[];
  readonly #begin: Uint8Array;
  readonly #steps: readonly Step[];
  readonly #tailBegin: Uint8Array;
  readonly #tail: readonly Step[];
  readonly #open: boolean;

  constructor(pieces: readonly PatternPiece[], { tail = [], open = false, missing = {} }: PatternEnd = {}) {
    this.fields = [...pieces, ...tail].flatMap((piece) => ("field" in piece ? [piece.field] : []));
    const numbered = (part: readonly PatternPiece[], first: number): readonly [Uint8Array, Step[]] => {
      const [head] = part;
      const begin = head !== undefined && "literal" in head ? head.literal : "";
      const steps: Step[] = [];
      part.forEach((piece, index) => {
        if (!("field" in piece)) return;
        const [before, after] = [part[index - 1], part[index + 1]];
        const literal = after !== undefined && "literal" in after ? after.literal : "";
        const quoted = before !== undefined && "literal" in before && before.literal.endsWith('"');
        const more = missing[piece.field];
        steps.push({
          field: first + steps.length,
          literal: encoder.encode(literal),
          quoted: quoted && literal.startsWith('"'),
          missing: more === undefined ? [] : [encoder.encode(more)],
        });
      });
      return [encoder.encode(begin), steps];
    };
    [this.#begin, this.#steps] = numbered(pieces, 0);
    [this.#tailBegin, this.#tail] = numbered(tail, this.#steps.length);
    this.#open = open;
  }

  parse(bytes: Uint8Array, from: number, to: number, spans: FieldSpans): LineKind {
    if (!standsAt(this.#begin, bytes, from, to)) return "malformed";
    let at = take(this.#steps, bytes, from + this.#begin.length, to, spans);
    if (at < 0) return "malformed";
    if (at < to && this.#tail.length > 0 && standsAt(this.#tailBegin, bytes, at, to)) {
      at = take(this.#tail, bytes, at + this.#tailBegin.length, to, spans);
    } else for (const { field } of this.#tail) spans.from[field] = -1;
    return at === to || (at >= 0 && this.#open) ? "row" : "malformed";
  }
}

/** Finds the fields from a position on; returns the position after them, -1 where they do not stand there. */
function take(steps: readonly Step[], bytes: Uint8Array, from: number, to: number, spans: FieldSpans): number {
  let at = from;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Step;
    const { literal, field } = step;
    let end = at;
    let spelled: number = spelling.plain;
    if (literal.length === 0) end = to;
    else if (step.quoted) {
      const first = literal[0] as number;
      for (; end < to; end++) {
        const byte = bytes[end] as number;
        if (byte === first && standsAt(literal, bytes, end, to)) break;
        if (byte === backslash) {
          spelled = spelling.escaped;
          end++;
        }
      }
      if (end >= to) return -1;
    } else {
      end = positionOf(literal, bytes, at, to);
      if (end < 0) return -1;
    }
    if (isMissing(step, bytes, at, end)) spans.from[field] = -1;
    else spans.set(field, at, end, spelled);
    at = end + literal.length;
  }
  return at;
}

/** Where a text first stands in bytes, before `to`; -1 where it does not. */
function positionOf(literal: Uint8Array, bytes: Uint8Array, from: number, to: number): number {
  const first = literal[0] as number;
  const last = to - literal.length;
  for (let at = from; at <= last; at++) {
    if (bytes[at] !== first) continue;
    if (literal.length === 1 || standsAt(literal, bytes, at, to)) return at;
  }
  return -1;
}

function isMissing({ missing }: Step, bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from === 1 && bytes[from] === dash) return true;
  if (missing.length === 0) return false;
  for (const text of missing) if (to - from === text.length && standsAt(text, bytes, from, to)) return true;
  return false;
}
