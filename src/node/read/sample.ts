import { csvRowAt } from "../../records/csv/csv-row-at.ts";
import { syntaxOf } from "../../records/csv/csv-table.ts";
import { type DocumentFormatName, documentFormats, documentRows } from "../../records/formats/documents.ts";
import { FieldSpans, valueOfSpan } from "../../records/formats/line-parser.ts";
import { spanRows } from "../../records/formats/otlp-spans.ts";
import { lineParserOf } from "../../records/formats/text-formats.ts";
import { elementLines } from "../../records/json/json-array.ts";
import { type Format, formatOf } from "./format.ts";
import { type OpenFile, openFile, type OpenOptions } from "./open.ts";

/** The first rows of a file, as they lie in it. */
export interface FileSample {
  readonly file: string;
  readonly format: Format;
  /** The columns, or the keys and dotted paths of keys, in the order of their first appearance. */
  readonly columns: readonly string[];
  /** Rows by key; texts where the format has nothing else. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Rows that are looked at. */
const rowsLookedAt = 1000;
/** Levels of nested objects whose keys are columns. */
const deepest = 6;

/**
 * Looks at the first rows of a file.
 *
 * @param logFormat - the format, where it is known.
 * @throws {RecordsError} when the file can't be read, or holds no records.
 */
export async function sampleFile(file: string, options: OpenOptions = {}, logFormat?: string): Promise<FileSample> {
  const source = await openFile(file, options);
  try {
    const format = formatOf(source.head, file, logFormat);
    const rows: Record<string, unknown>[] = [];
    for await (const row of rowsOf(format, source, file, logFormat)) {
      if (typeof row !== "object" || row === null || Array.isArray(row)) continue;
      rows.push(row as Record<string, unknown>);
      if (rows.length === rowsLookedAt) break;
    }
    const columns = new Set<string>();
    for (const row of rows) addColumns(columns, row);
    return { file, format, columns: [...columns], rows };
  } finally {
    source.close();
  }
}

function rowsOf(
  format: Format,
  source: OpenFile,
  file: string,
  logFormat: string | undefined,
): AsyncIterable<unknown> | Iterable<unknown> {
  if (format === "parquet" || format === "arrow" || format === "jmeter-xml") return [];
  if (format === "csv") return csvRows(textOf(source.head));
  if (format === "otlp-spans") return spanRows(source.bytes, file);
  if (format === "json" || format === "ndjson") return jsonRows(source.bytes, file);
  if (Object.hasOwn(documentFormats, format)) return documentRows(source.bytes, file, format as DocumentFormatName);
  return textRows(format === "format-string" ? (logFormat as string) : format, textOf(source.head));
}

async function* jsonRows(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of elementLines(bytes, file)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) yield parsed(line);
  }
  yield parsed(rest);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function* csvRows(text: string): Generator<Record<string, string>> {
  const syntax = syntaxOf(text.split("\n", 1)[0] as string);
  let header: readonly string[] | undefined;
  for (let at = 0; at < text.length;) {
    const row = csvRowAt(text, at, syntax, true);
    if (row === undefined) return;
    at = row.end;
    if (header === undefined) header = row.fields.map((field) => field.trim());
    else if (row.fields.length === header.length)
      yield Object.fromEntries(header.map((column, index) => [column, row.fields[index] as string]));
  }
}

function* textRows(format: string, text: string): Generator<Record<string, unknown>> {
  const lines = text.split(/\r?\n/u);
  if (lines.length > 1) lines.pop();
  const parser = lineParserOf(format, lines);
  const spans = new FieldSpans(parser.fields.length);
  for (const line of lines) {
    const bytes = new TextEncoder().encode(line);
    if (parser.parse(bytes, 0, bytes.length, spans) !== "row") continue;
    yield Object.fromEntries(parser.fields.map((field, index) => [field, valueOfSpan(spans, index, bytes)]));
  }
}

function textOf(head: Uint8Array): string {
  return new TextDecoder().decode(head).replace(/^\uFEFF/u, "");
}

function addColumns(columns: Set<string>, row: Record<string, unknown>, prefix = "", level = 0): void {
  for (const [key, value] of Object.entries(row)) {
    columns.add(`${prefix}${key}`);
    if (typeof value === "object" && value !== null && !Array.isArray(value) && level < deepest)
      addColumns(columns, value as Record<string, unknown>, `${prefix}${key}.`, level + 1);
  }
}
