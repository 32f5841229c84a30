import Papa from "papaparse";
import type { BatchBuilder } from "../batch-builder.ts";
import { Utf8Decoder } from "../bytes.ts";
import { type CsvSyntax, type CsvTable, longestRow, syntaxOf } from "./csv-table.ts";

/** What Papa Parse's push parser returns: the rows, and where in the text the first unfinished row begins. */
interface ParsedRows {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly code: string; readonly row: number }[];
  readonly meta: { readonly cursor: number };
}

type PushParser = new (options: CsvSyntax) => { parse(text: string, base: number, keepLastRow: boolean): ParsedRows };

/** Rows whose fields may be quoted, as text. */
export class CsvQuotedRows {
  readonly #table: CsvTable;
  readonly #decoder: Utf8Decoder;
  #parser: InstanceType<PushParser> | undefined;
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
    table.syntax ??= syntaxOf(text.split("\n", 1)[0] as string);
    table.fields = () => this.#row;
    this.#parser ??= new (Papa as unknown as { Parser: PushParser }).Parser(table.syntax);
    const { data, errors, meta } = this.#parser.parse(text, 0, !last);
    const unterminated = new Set(errors.filter(({ code }) => code === "MissingQuotes").map(({ row }) => row));
    const quoted = text.includes('"');
    for (const [index, row] of data.entries()) {
      const lines = quoted ? linesOf(row) : 1;
      table.line++;
      if (row.length > 1 || row[0] !== "") {
        if (table.builder === undefined) table.open(row);
        else this.#add(table.builder, row, unterminated.has(index));
      }
      table.line += lines - 1;
    }
    this.#rest = last ? "" : text.slice(meta.cursor);
  }

  #add(builder: BatchBuilder, row: readonly string[], unterminated: boolean): void {
    const table = this.#table;
    if (unterminated) builder.reject("unterminated-quote", table.line, "row", row.join(","));
    else if (row.length !== table.header.length) table.rejectColumns(builder, row);
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

function linesOf(row: readonly string[]): number {
  let lines = 1;
  for (const field of row) for (let at = field.indexOf("\n"); at >= 0; at = field.indexOf("\n", at + 1)) lines++;
  return lines;
}
