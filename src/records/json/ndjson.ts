import { cannot, RecordsError } from "../../errors.ts";
import { type BatchBuilder, rowsPerBatch } from "../batch-builder.ts";
import type { RecordBatch } from "../batch.ts";
import { byteChunks, type ByteSource } from "../bytes.ts";
import { columnPath } from "../column-path.ts";
import { compileMapping, type FieldMapping } from "../mapping/fields.ts";
import { ObjectRows, type RowOptions } from "../rows.ts";
import { JsonLineScanner } from "./json-line-scanner.ts";
import type { LineAccelerator } from "./line-accelerator.ts";
import { LineBuffer } from "./line-buffer.ts";
import { parseJsonRow, repeatedKey } from "./parse-json-row.ts";

/** The longest line that is read, in bytes; a longer one is surely not a record. */
const longestLine = 16 * 1024 * 1024;

/** The longest document that holds many records; it is held in memory whole. */
const longestDocument = 512 * 1024 * 1024;

/** The most of a chunk that is taken at once. */
const blockSize = 1 << 20;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder();

/**
 * Reads newline-delimited JSON, one object a line, into record batches; memory does not grow with the input.
 *
 * @param source - the bytes, UTF-8.
 * @param mapping - from which keys the fields come; a key may be a dotted path into nested objects.
 * @param name - name of the source in messages.
 * @returns batches in the order of the lines; rows that can't be used are counted in their `quality`.
 * @throws {RecordsError} when the text is UTF-16, a mapped key never appears, or a line is over 16 MiB.
 * @example
 * ```ts
 * const mapping = { fields: { arm: "version", success: "ok", latencyMs: "latency_ms" } };
 * for await (const batch of readNdjson(response.body, mapping, "log")) {
 *   summarizer.addBatch(batch);
 * }
 * ```
 */
export async function* readNdjson(
  source: ByteSource,
  mapping: FieldMapping,
  name: string,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  const lines = new NdjsonLines(mapping, name, options);
  for await (const chunk of byteChunks(source, name)) yield* lines.add(chunk);
  yield* lines.finish();
  yield lines.end();
}

/** Lines of JSON on their way into batches: bytes are pushed in, batches come out. */
export class NdjsonLines {
  readonly #name: string;
  readonly #rows: ObjectRows;
  readonly #accelerator: LineAccelerator | undefined;
  readonly #buffer: LineBuffer;
  #scanner: JsonLineScanner | undefined;
  /** The keys that fields come from: columns, and where they are paths the first key of each. */
  readonly #keys: ReadonlySet<string>;
  /** Whether a line holds many records. */
  readonly #nested: boolean;
  #lineStart = 0;
  /** Lines read so far. */
  line = 0;

  constructor(mapping: FieldMapping, name: string, options: RowOptions = {}) {
    this.#name = name;
    this.#accelerator = options.accelerator;
    this.#accelerator?.reset();
    this.#buffer = new LineBuffer(this.#accelerator?.lines, this.#accelerator?.linesRoom);
    this.#rows = new ObjectRows(mapping, name, options);
    this.#nested = mapping.rows !== undefined;
    const { columns } = compileMapping(mapping);
    this.#keys = new Set(columns.flatMap((column) => [column, columnPath(column).parts[0] as string]));
  }

  /** Mapped keys that no line had so far. */
  get absent(): readonly string[] {
    return this.#rows.absent;
  }

  /** Bytes of a line that is not complete yet. */
  get pendingBytes(): number {
    return this.#buffer.end - this.#buffer.start;
  }

  /** Takes bytes; gives the batches that became full. */
  *add(chunk: Uint8Array): Generator<RecordBatch> {
    for (let from = 0; from < chunk.length; from += blockSize) {
      const buffer = this.#buffer;
      buffer.append(chunk.subarray(from, from + blockSize));
      yield* this.#takeLines(buffer.completeEnd());
      const longest = this.#nested ? longestDocument : longestLine;
      if (buffer.end - buffer.start > longest) {
        const begin = lenient.decode(buffer.bytes.subarray(buffer.start, buffer.start + 80));
        throw new RecordsError(
          cannot("read the records", `line ${this.line + 1} of ${this.#name}`, `at most ${longest} bytes`, begin),
          {
            code: "line-too-long",
            field: this.#name,
            value: buffer.end - buffer.start,
            fix: "Check that the file is newline-delimited JSON",
          },
        );
      }
    }
  }

  /** Takes the last line, which may lack its line feed. */
  *finish(): Generator<RecordBatch> {
    if (this.#buffer.end > this.#buffer.start) yield* this.add(Uint8Array.of(10));
  }

  /** The rows since the last batch. */
  rest(): RecordBatch {
    return this.#rows.take();
  }

  /** The rows since the last batch. @throws {RecordsError} when a mapped key was in no line. */
  end(): RecordBatch {
    return this.#rows.end();
  }

  *#takeLines(end: number): Generator<RecordBatch> {
    this.#open();
    while (this.#buffer.start < end) {
      this.#takeUntilFull(end);
      while (this.#rows.full) yield this.#rows.take();
    }
  }

  #takeUntilFull(end: number): void {
    const buffer = this.#buffer;
    const rows = this.#rows;
    while (buffer.start < end && !rows.full) {
      this.#takeDirect(end);
      if (buffer.start === end || rows.full) return;
      this.#lineStart = buffer.start;
      const next = this.#scanner?.take(buffer.start) ?? -1;
      this.line++;
      if (next >= 0) {
        buffer.start = next;
        rows.addTokens(this.line);
      } else {
        buffer.start = buffer.bytes.indexOf(10, this.#lineStart) + 1;
        this.#parseLine();
        if (this.#scanner === undefined) this.#open();
      }
    }
  }

  /** Takes lines that are as the one before, and plain, straight into the columns. */
  #takeDirect(end: number): void {
    const { direct, builder } = this.#rows;
    const scanner = this.#scanner;
    if (direct === undefined || builder === undefined || scanner === undefined) return;
    const buffer = this.#buffer;
    const accelerator = scanner.complete ? this.#accelerator : undefined;
    if (accelerator !== undefined) {
      const taken = accelerator.takeDirect(buffer.bytes, buffer.start, end, direct, builder.length, rowsPerBatch);
      if (taken > 0) this.#taken(builder, taken, accelerator.position);
    }
    const taken = scanner.takeDirect(buffer.start, end, direct, builder.length, rowsPerBatch);
    if (taken > 0) this.#taken(builder, taken, scanner.position);
  }

  #taken(builder: BatchBuilder, lines: number, position: number): void {
    this.#buffer.start = position;
    this.line += lines;
    builder.addWritten(lines);
  }

  /** Points the tokens at the buffer, which may have moved; makes the scanner once the columns are known. */
  #open(): void {
    const { builder, columns } = this.#rows;
    if (builder === undefined) return;
    builder.row.setBytes(this.#buffer.bytes, this.#buffer.view);
    if (this.#scanner !== undefined || this.#nested) return;
    this.#scanner = new JsonLineScanner(columns, builder.row, this.#accelerator);
    builder.original = () => lenient.decode(this.#lineBytes());
  }

  #lineBytes(): Uint8Array {
    return this.#buffer.bytes.subarray(this.#lineStart, this.#buffer.start - 1);
  }

  #parseLine(): void {
    const bytes = this.#lineBytes();
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      this.#rows.reject("not-utf8", this.line, lenient.decode(bytes));
      return;
    }
    if (text.trim() === "") return;
    let value: unknown;
    try {
      value = parseJsonRow(text);
    } catch {
      this.#rows.reject("malformed-json", this.line, text);
      return;
    }
    if (repeatedKey(text, this.#keys) !== undefined) {
      this.#rows.reject("repeated-key", this.line, text);
      return;
    }
    this.#rows.add(value, this.line, text);
  }
}
