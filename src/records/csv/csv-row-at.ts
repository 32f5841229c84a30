import type { CsvSyntax } from "./csv-table.ts";

/** Rows end with a line feed; a carriage return before it is part of the line break, in any row. */
const newline = "\n";

/** One row of a separated text. */
export interface CsvRow {
  readonly fields: readonly string[];
  /** The position after the row and its line break. */
  readonly end: number;
  /** How many lines the row stretches over. */
  readonly lines: number;
  /** Whether each quote that opens a field is closed, right before the field's end. */
  readonly closed: boolean;
}

/**
 * The row that begins at a position of a text.
 *
 * A field is quoted when it begins with a quote, as RFC 4180 has it; two quotes in it are one, and blanks between the
 * closing quote and the end of the field are left out. Quotes inside other fields are characters like any other.
 *
 * @param last - whether the text ends with its last row, whose line break may lack.
 * @returns `undefined` when the end of the row has not come.
 */
export function csvRowAt(text: string, start: number, syntax: CsvSyntax, last: boolean): CsvRow | undefined {
  const { delimiter } = syntax;
  const feed = text.indexOf(newline, start);
  if (feed < 0 && !last) return undefined;
  const lineEnd = feed < 0 ? text.length : feed;
  const line = withoutReturn(text.slice(start, lineEnd));
  if (!line.includes('"'))
    return { fields: line.split(delimiter), end: feed < 0 ? lineEnd : feed + newline.length, lines: 1, closed: true };
  return quotedRowAt(text, start, syntax, last);
}

function quotedRowAt(text: string, start: number, { delimiter }: CsvSyntax, last: boolean): CsvRow | undefined {
  const fields: string[] = [];
  let closed = true;
  let at = start;
  for (;;) {
    if (text[at] === '"') {
      const field = quotedFieldAt(text, at, delimiter);
      if (field === undefined) {
        if (!last) return undefined;
        return {
          fields: [...fields, text.slice(at + 1)],
          end: text.length,
          lines: linesIn(text, start, text.length),
          closed: false,
        };
      }
      closed &&= field.closed;
      fields.push(field.value);
      at = field.end;
    } else {
      const feed = text.indexOf(newline, at);
      const stop = text.indexOf(delimiter, at);
      const end = Math.min(feed < 0 ? text.length : feed, stop < 0 ? text.length : stop);
      const field = text.slice(at, end);
      fields.push(end === stop ? field : withoutReturn(field));
      at = end;
    }
    if (at >= text.length) return last ? { fields, end: at, lines: linesIn(text, start, at), closed } : undefined;
    if (text.startsWith(newline, at))
      return { fields, end: at + newline.length, lines: linesIn(text, start, at), closed };
    at += delimiter.length;
  }
}

/** The quoted field that begins at a position; `undefined` when its closing quote has not come. */
function quotedFieldAt(
  text: string,
  start: number,
  delimiter: string,
): { readonly value: string; readonly end: number; readonly closed: boolean } | undefined {
  let closed = true;
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    if (text[quote + 1] === '"') {
      quote++;
      continue;
    }
    let end = quote + 1;
    while (text[end] === " " && delimiter !== " ") end++;
    if (end >= text.length || text.startsWith(delimiter, end) || lineBreakAt(text, end) !== undefined)
      return { value: text.slice(start + 1, quote).replaceAll('""', '"'), end: lineBreakAt(text, end) ?? end, closed };
    closed = false;
  }
  return undefined;
}

/** The position of the line feed of the line break at a position, with or without a carriage return. */
function lineBreakAt(text: string, at: number): number | undefined {
  if (text.startsWith(newline, at)) return at;
  return text.startsWith("\r\n", at) ? at + 1 : undefined;
}

function withoutReturn(field: string): string {
  return field.endsWith("\r") ? field.slice(0, -1) : field;
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 1;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
