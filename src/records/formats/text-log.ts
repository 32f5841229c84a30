import { cannot, RecordsError } from "../../errors.ts";
import { BatchBuilder } from "../batch-builder.ts";
import type { RecordBatch } from "../batch.ts";
import { byteChunks, type ByteSource } from "../bytes.ts";
import { LineBuffer } from "../json/line-buffer.ts";
import { compileMapping, type FieldMapping } from "../mapping/fields.ts";
import { token } from "../row-tokens.ts";
import type { RowOptions } from "../rows.ts";
import { FieldSpans, type LineParser, spelling, valueOfSpan } from "./line-parser.ts";
import { lineParserOf } from "./text-formats.ts";

/** So many bytes are looked at before deciding which fields a log has. */
const headBytes = 1 << 18;
/** The longest line that is read. */
const longestLine = 16 * 1024 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a text log of one request a line into record batches: a known format by name, or one described by a format
 * string of nginx or Apache httpd.
 *
 * A value `-` is missing. Lines that can't be taken apart are rejected and counted with their number; lines that a tool
 * writes beside requests (notices, comments) are left out and counted as such.
 *
 * @param source - the bytes.
 * @param mapping - from which fields of the log the fields of a record come.
 * @param name - name of the source in messages.
 * @param format - a name such as `combined`, or a format string such as `$remote_addr [$time_local] $request_time`.
 * @returns batches in the order of the lines.
 * @throws {RecordsError} when the format is not known, or the log does not have a mapped field.
 * @example
 * ```ts
 * const mapping = { fields: { arm: "remote_addr", success: "100 <= status < 500", latencyMs: "request_time*1000" } };
 * for await (const batch of readTextLog(response.body, mapping, "access.log", "combined")) summarizer.addBatch(batch);
 * ```
 */
export async function* readTextLog(
  source: ByteSource,
  mapping: FieldMapping,
  name: string,
  format: string,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  const log = new TextLog(mapping, name, format, options);
  for await (const chunk of byteChunks(source, name)) {
    log.add(chunk);
    yield* log.ready();
  }
  log.end();
  yield* log.ready();
}

/** A text log on its way into batches. */
class TextLog {
  readonly #mapping: FieldMapping;
  readonly #name: string;
  readonly #format: string;
  readonly #options: RowOptions;
  readonly #buffer = new LineBuffer();
  readonly #ready: RecordBatch[] = [];
  /** What came before the fields were known. */
  #head: Uint8Array[] | undefined = [];
  #headLength = 0;
  #parser: LineParser | undefined;
  #spans = new FieldSpans(0);
  /** Which field of the log each column of the row is. */
  #picks: Int32Array = new Int32Array(0);
  #builder: BatchBuilder | undefined;
  /** Whether all bytes of the lines at hand are ASCII. */
  #ascii = false;
  #line = 0;
  #begin = 0;
  #end = 0;

  constructor(mapping: FieldMapping, name: string, format: string, options: RowOptions = {}) {
    this.#mapping = mapping;
    this.#name = name;
    this.#format = format;
    this.#options = options;
    compileMapping(mapping);
  }

  /** Takes bytes. @throws {RecordsError} when the log does not have a mapped field, or a line is too long. */
  add(chunk: Uint8Array): void {
    if (this.#head === undefined) {
      this.#addLines(chunk);
      return;
    }
    this.#head.push(chunk.slice());
    this.#headLength += chunk.length;
    if (this.#headLength >= headBytes) this.#open();
  }

  /** Takes the last line, which may lack its line feed. */
  end(): void {
    if (this.#head !== undefined) this.#open();
    if (this.#buffer.end > this.#buffer.start) this.#addLines(Uint8Array.of(10));
    if (this.#builder !== undefined) this.#ready.push(this.#builder.take());
  }

  /** The batches that are complete. */
  ready(): readonly RecordBatch[] {
    return this.#ready.splice(0);
  }

  #open(): void {
    const parts = this.#head ?? [];
    this.#head = undefined;
    const lines =
      parts.length === 0 ? [] : new TextDecoder().decode(joined(parts).subarray(0, headBytes)).split(/\r?\n/u);
    const parser = lineParserOf(this.#format, lines);
    this.#parser = parser;
    this.#spans = new FieldSpans(parser.fields.length);
    if (parts.length === 0) return;
    const compiled = compileMapping(this.#mapping, parser.fields);
    this.#picks = Int32Array.from(compiled.columns, (column) => parser.fields.indexOf(column));
    const builder = new BatchBuilder(compiled, this.#name, this.#options.onRejected, this.#options.reuse === true);
    builder.original = () => this.#text();
    this.#builder = builder;
    for (const part of parts) this.#addLines(part);
  }

  #addLines(chunk: Uint8Array): void {
    const buffer = this.#buffer;
    buffer.append(chunk);
    const builder = this.#builder as BatchBuilder;
    const end = buffer.completeEnd();
    builder.row.setBytes(buffer.bytes, buffer.view);
    this.#ascii = isAscii(buffer.bytes, buffer.view, buffer.start, end);
    while (buffer.start < end) {
      const feed = buffer.bytes.indexOf(10, buffer.start);
      this.#addLine(builder, buffer.start, feed > buffer.start && buffer.bytes[feed - 1] === 13 ? feed - 1 : feed);
      buffer.start = feed + 1;
    }
    if (buffer.end - buffer.start > longestLine) throw tooLong(this.#name, this.#line + 1);
  }

  #addLine(builder: BatchBuilder, from: number, to: number): void {
    this.#line++;
    if (from === to) return;
    this.#begin = from;
    this.#end = to;
    const { bytes } = this.#buffer;
    if (!this.#ascii && !isReadable(bytes, from, to)) {
      builder.reject("not-utf8", this.#line, "line", this.#text());
      return;
    }
    const kind = (this.#parser as LineParser).parse(bytes, from, to, this.#spans);
    if (kind === "row") this.#addRow(builder);
    else if (kind === "other") builder.leaveOutOther();
    else builder.reject("malformed-line", this.#line, "line", this.#text());
    if (builder.full) this.#ready.push(builder.take());
  }

  #addRow(builder: BatchBuilder): void {
    const { row } = builder;
    const spans = this.#spans;
    const picks = this.#picks;
    for (let column = 0; column < picks.length; column++) {
      const field = picks[column] as number;
      const from = spans.from[field] as number;
      if (from < 0) row.kind[column] = token.null;
      else if (spans.spelling[field] === spelling.plain) {
        row.kind[column] = token.bytes;
        row.from[column] = from;
        row.to[column] = spans.to[field] as number;
      } else row.setValue(column, valueOfSpan(spans, field, this.#buffer.bytes));
    }
    builder.add(this.#line);
  }

  #text(): string {
    return new TextDecoder().decode(this.#buffer.bytes.subarray(this.#begin, this.#end));
  }
}

/** Whether bytes are ASCII, four at a time. */
function isAscii(bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
  let all = 0;
  let at = from;
  for (; at + 4 <= to; at += 4) all |= view.getInt32(at, true);
  for (; at < to; at++) all |= bytes[at] as number;
  return (all & 0x8080_8080) === 0;
}

/** Whether bytes are UTF-8. */
function isReadable(bytes: Uint8Array, from: number, to: number): boolean {
  try {
    decoder.decode(bytes.subarray(from, to));
    return true;
  } catch {
    return false;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function tooLong(name: string, line: number): RecordsError {
  return new RecordsError(cannot("read the log", `line ${line} of ${name}`, `at most ${longestLine} bytes`, "more"), {
    code: "line-too-long",
    field: name,
    value: line,
    fix: "Check that the file is a text log",
  });
}
