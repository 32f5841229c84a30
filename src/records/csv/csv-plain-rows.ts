import type { BatchBuilder } from "../batch-builder.ts";
import { Utf8Decoder } from "../bytes.ts";
import { LineBuffer } from "../json/line-buffer.ts";
import { token } from "../row-tokens.ts";
import type { CsvTable } from "./csv-table.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Rows without quotes, straight from their bytes. */
export class CsvPlainRows {
  readonly #table: CsvTable;
  readonly #buffer = new LineBuffer();
  #lineStart = 0;
  #lineEnd = 0;
  #delimiter = 0;
  #carriageReturn = false;
  /** Which token each column of the row is; -1 where it is not wanted. */
  #tokens: Int32Array = new Int32Array(0);
  #came = 0;

  constructor(table: CsvTable) {
    this.#table = table;
    table.fields = () => this.#fields();
  }

  /** Bytes that came but were not taken. */
  get rest(): Uint8Array {
    return this.#buffer.bytes.subarray(this.#buffer.start, this.#buffer.end);
  }

  /** How many bytes were taken. */
  get taken(): number {
    return this.#came - this.rest.length;
  }

  /**
   * Takes the rows of a block; false when it holds a quote or another end of a line than the first line has: what is in
   * {@link rest} then is not for this reader.
   *
   * @throws {RecordsError} when the bytes are not UTF-8, a mapped column is not in the header, or a row is too long.
   */
  add(block: Uint8Array): boolean {
    const buffer = this.#buffer;
    buffer.append(block);
    this.#came += block.length;
    if (block.includes(34)) return false;
    const end = buffer.completeEnd();
    const complete = buffer.bytes.subarray(buffer.start, end);
    if (!isAscii(complete)) new Utf8Decoder(this.#table.name, this.taken).decode(complete);
    this.#table.builder?.row.setBytes(buffer.bytes, buffer.view);
    while (buffer.start < end) {
      const feed = buffer.bytes.indexOf(10, buffer.start);
      if (!this.#takeLine(buffer.start, feed)) return false;
      buffer.start = feed + 1;
    }
    this.#table.requireShort(buffer.end - buffer.start, () => decoder.decode(this.rest.subarray(0, 80)));
    return true;
  }

  /** Takes the last row, which may lack its line feed. */
  end(): void {
    if (this.rest.length > 0) this.add(Uint8Array.of(...(this.#carriageReturn ? [13] : []), 10));
  }

  #takeLine(start: number, feed: number): boolean {
    const table = this.#table;
    const { bytes, view } = this.#buffer;
    if (bytes[start] === 35 && table.isComment(decoder.decode(bytes.subarray(start, feed)))) {
      table.line++;
      return true;
    }
    if (table.syntax === undefined) {
      table.syntax = table.syntaxFor(decoder.decode(bytes.subarray(start, feed)));
      this.#delimiter = table.syntax.delimiter.charCodeAt(0);
      this.#carriageReturn = table.syntax.newline === "\r\n";
    }
    if (this.#carriageReturn !== (feed > start && bytes[feed - 1] === 13)) return false;
    this.#lineStart = start;
    this.#lineEnd = this.#carriageReturn ? feed - 1 : feed;
    table.line++;
    const { builder } = table;
    if (this.#lineEnd === start) return true;
    if (builder !== undefined) this.#addRow(builder);
    else {
      const isHeader = table.begin(this.#fields());
      const begun = table.builder as BatchBuilder;
      begun.row.setBytes(bytes, view);
      this.#tokens = Int32Array.from(table.header, (_, column) => table.picks.indexOf(column));
      if (!isHeader) this.#addRow(begun);
    }
    return true;
  }

  #addRow(builder: BatchBuilder): void {
    const tokens = this.#tokens;
    const delimiter = this.#delimiter;
    const { bytes, kind, from, to } = builder.row;
    const end = this.#lineEnd;
    let column = 0;
    for (let at = this.#lineStart; at <= end; at++, column++) {
      const start = at;
      while (at < end && bytes[at] !== delimiter) at++;
      const wanted = column < tokens.length ? (tokens[column] as number) : -1;
      if (wanted < 0) continue;
      kind[wanted] = token.bytes;
      from[wanted] = start;
      to[wanted] = at;
    }
    if (column === tokens.length) builder.add(this.#table.line);
    else this.#table.rejectColumns(builder, this.#fields());
    this.#table.passed(builder);
  }

  #fields(): string[] {
    return decoder
      .decode(this.#buffer.bytes.subarray(this.#lineStart, this.#lineEnd))
      .split(this.#table.syntax?.delimiter as string);
  }
}

function isAscii(bytes: Uint8Array): boolean {
  let all = 0;
  for (let i = 0; i < bytes.length; i++) all |= bytes[i] as number;
  return all < 128;
}
