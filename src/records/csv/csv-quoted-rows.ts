import { cannot, RecordsError } from "../../errors.ts";
import type { BatchBuilder } from "../batch-builder.ts";
import { Utf8Decoder } from "../bytes.ts";
import { type CsvRow, csvRowAt } from "./csv-row-at.ts";
import { type CsvSyntax, type CsvTable, longestRow } from "./csv-table.ts";

/** So many lines, each with the columns of the header, after a quote that is not closed show that it is a stray one. */
const telltaleLines = 20;

/** Lines of a text seldom have so many separators that they pass for rows of a table with so many columns. */
const proseColumns = 4;

/**
 * Rows whose fields may be quoted, as text.
 *
 * A quote that is not closed costs its own line only: reading goes on with the next line. A row that stretches over
 * lines is taken for such damage when its quotes or its number of columns are wrong, or when its lines are rows by
 * themselves: all of them, or of a table with many columns most of them.
 */
export class CsvQuotedRows {
  readonly #table: CsvTable;
  readonly #decoder: Utf8Decoder;
  /** The beginning of a row whose end had not come when it was last looked for. */
  #rest = "";
  /** What came since. */
  #fresh = "";
  #row: readonly string[] = [];

  /** @param before - bytes of the source that came before. */
  constructor(table: CsvTable, before: number) {
    this.#table = table;
    this.#decoder = new Utf8Decoder(table.name, before);
  }

  /**
   * Takes bytes. @throws {RecordsError} when they are not UTF-8, a mapped column is not in the header, or a row is too
   * long.
   */
  add(bytes: Uint8Array): void {
    this.#fresh += this.#decoder.decode(bytes);
    // A row is parsed from its beginning each time: only once there is twice as much of it.
    if (this.#fresh.length < Math.min(this.#rest.length, longestRow - this.#rest.length)) return;
    this.#take(this.#rest + this.#fresh, false);
    this.#fresh = "";
    this.#table.requireShort(this.#rest.length, () => this.#rest.slice(0, 80));
  }

  /** Takes the last row, which may lack its line feed. */
  end(): void {
    this.#take(this.#rest + this.#fresh + this.#decoder.end(), true);
  }

  #take(text: string, last: boolean): void {
    const table = this.#table;
    if (table.syntax === undefined && !last && !text.includes("\n")) {
      this.#rest = text;
      return;
    }
    table.fields = () => this.#row;
    let at = 0;
    while (at < text.length) {
      if (text[at] === "#" || table.syntax === undefined) {
        const feed = text.indexOf("\n", at);
        if (feed < 0 && !last) break;
        const end = feed < 0 ? text.length : feed;
        const line = text.slice(at, end);
        if (line.startsWith("#") && table.isComment(line)) {
          table.line++;
          at = end + 1;
          continue;
        }
        table.syntax ??= table.syntaxFor(line);
      }
      const row = csvRowAt(text, at, table.syntax, last);
      if (row === undefined && !this.#isStray(text, at, table.syntax)) break;
      table.line++;
      if (row === undefined || this.#isDamaged(row, text.slice(at, row.end), table.syntax)) {
        const feed = text.indexOf("\n", at);
        const end = feed < 0 ? text.length : feed + 1;
        this.#rejectLine(text.slice(at, end).trimEnd());
        at = end;
        continue;
      }
      if (row.fields.length > 1 || row.fields[0] !== "") {
        const { builder } = table;
        if (builder !== undefined) this.#add(builder, row.fields);
        else if (!table.begin(row.fields)) this.#add(this.#table.builder as BatchBuilder, row.fields);
      }
      table.line += row.lines - 1;
      at = row.end;
    }
    this.#rest = last ? "" : text.slice(at);
  }

  /** Whether a row of several lines, or with a quote that is not closed, is rather rows and a stray quote. */
  #isDamaged(row: CsvRow, text: string, { delimiter }: CsvSyntax): boolean {
    if (!row.closed) return true;
    if (row.lines === 1 || this.#table.builder === undefined) return false;
    const columns = this.#table.header.length;
    if (row.fields.length !== columns) return true;
    const lines = text.replace(/\n$/u, "").split("\n");
    const whole = lines.filter((line) => line.split(delimiter).length === columns).length;
    return (
      columns > 1 && (whole === lines.length || (columns >= proseColumns && 2 * whole > lines.length && whole > 2))
    );
  }

  /** Whether a row that does not end is followed by lines that are rows by themselves. */
  #isStray(text: string, at: number, { delimiter }: CsvSyntax): boolean {
    const columns = this.#table.header.length;
    if (this.#table.builder === undefined || columns < 2) return false;
    let from = text.indexOf("\n", at) + 1;
    for (let line = 0; line < telltaleLines; line++) {
      const feed = from === 0 ? -1 : text.indexOf("\n", from);
      if (feed < 0 || text.slice(from, feed).split(delimiter).length !== columns) return false;
      from = feed + 1;
    }
    return true;
  }

  #rejectLine(line: string): void {
    const table = this.#table;
    if (table.builder === undefined) throw openHeader(table.name, table.line, line);
    table.rejectQuote(table.builder, line);
    table.passed(table.builder);
  }

  #add(builder: BatchBuilder, row: readonly string[]): void {
    const table = this.#table;
    if (row.length !== table.header.length) table.rejectColumns(builder, row);
    else if (table.subSamples?.leavesOut(row) === true) builder.leaveOutSubSample();
    else {
      this.#row = row;
      for (let column = 0; column < table.picks.length; column++)
        builder.row.setValue(column, row[table.picks[column] as number]);
      builder.add(table.line);
    }
    table.passed(builder);
  }
}

function openHeader(name: string, line: number, header: string): RecordsError {
  return new RecordsError(
    cannot("read the records", `the header, line ${line} of ${name},`, "without a quote that is not closed", header),
    { code: "header-quote", field: name, value: header.slice(0, 80), fix: "Close the quote, or leave it out" },
  );
}
