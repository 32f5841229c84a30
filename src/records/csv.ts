import Papa from "papaparse";
import { RecordsError, cannot } from "../errors.ts";
import type { RecordBatch } from "./batch.ts";
import { BatchBuilder } from "./batch-builder.ts";
import { type ByteSource, textChunks } from "./bytes.ts";
import { type CompiledMapping, type FieldMapping, compileMapping } from "./fields.ts";
import { JmeterSubSamples } from "./jmeter-sub-samples.ts";
import type { RowOptions } from "./rows.ts";

/** The longest row that is read, in characters; a longer one comes from a quote that is never closed. */
const longestRow = 16 * 1024 * 1024;

/** What Papa Parse's push parser returns: the rows, and where in the text the first unfinished row begins. */
interface ParsedRows {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly code: string; readonly row: number }[];
  readonly meta: { readonly cursor: number };
}

type PushParser = new (options: { delimiter: string }) => { parse(text: string, base: number, keepLastRow: boolean): ParsedRows };

/**
 * Reads comma-, tab-, semicolon- or pipe-separated text with a header row into record batches, in constant memory.
 *
 * @param source - the bytes, UTF-8; quoting as in RFC 4180.
 * @param mapping - from which columns the fields come.
 * @param name - name of the source in messages.
 * @returns batches in the order of the rows; rows that can't be used are counted in their `quality`.
 * @throws RecordsError when the text is not UTF-8, a mapped column is not in the header, or a row is over 16 Mi characters.
 */
export async function* readCsv(source: ByteSource, mapping: FieldMapping, name: string, options: RowOptions = {}): AsyncGenerator<RecordBatch> {
  const rows = new CsvRows(mapping, name, options);
  let rest = "";
  for await (const chunk of textChunks(source, name)) {
    rest = rows.add(rest + chunk, false);
    if (rest.length > longestRow) {
      throw new RecordsError(cannot("read the records", `line ${rows.line + 1} of ${name}`, `at most ${longestRow} characters`, rest.slice(0, 80)), {
        code: "line-too-long", field: name, value: rest.length, fix: "Look for a quote that is not closed",
      });
    }
    yield* rows.ready();
  }
  rows.add(rest, true);
  yield* rows.ready();
  const last = rows.end();
  if (last !== undefined) yield last;
}

class CsvRows {
  readonly #mapping: FieldMapping;
  readonly #name: string;
  readonly #options: RowOptions;
  #subSamples: JmeterSubSamples | undefined;
  #row: readonly string[] = [];
  #parser: InstanceType<PushParser> | undefined;
  #header: readonly string[] = [];
  #picks: readonly number[] = [];
  #builder: BatchBuilder | undefined;
  readonly #ready: RecordBatch[] = [];
  /** Lines read so far. */
  line = 0;

  constructor(mapping: FieldMapping, name: string, options: RowOptions) {
    this.#mapping = mapping;
    this.#name = name;
    this.#options = options;
    compileMapping(mapping);
  }

  /** Takes the complete rows of a text, and gives back the rest. */
  add(text: string, last: boolean): string {
    if (this.#parser === undefined && !last && !/[\r\n]/u.test(text)) return text;
    this.#parser ??= createParser(text);
    const { data, errors, meta } = this.#parser.parse(text, 0, !last);
    const unterminated = new Set(errors.filter(({ code }) => code === "MissingQuotes").map(({ row }) => row));
    const quoted = text.includes('"');
    for (const [index, row] of data.entries()) {
      const line = this.line + 1;
      this.line += quoted ? linesOf(row) : 1;
      if (row.length === 1 && row[0] === "") continue;
      if (this.#builder === undefined) this.#open(row);
      else if (unterminated.has(index)) this.#builder.reject("unterminated-quote", line, "row", row.join(","));
      else if (row.length !== this.#header.length) this.#builder.reject("column-count", line, `${row.length} of ${this.#header.length} columns`, row.join(","));
      else if (this.#subSamples?.leavesOut(row) === true) this.#builder.leaveOutSubSample();
      else this.#addRow(this.#builder, row, line);
      if (this.#builder?.full === true) this.#ready.push(this.#builder.take());
    }
    return last ? "" : text.slice(meta.cursor);
  }

  ready(): readonly RecordBatch[] {
    return this.#ready.splice(0);
  }

  end(): RecordBatch | undefined {
    return this.#builder?.take();
  }

  #open(header: readonly string[]): void {
    this.#header = header.map((column) => column.trim());
    const compiled: CompiledMapping = compileMapping(this.#mapping, this.#header);
    this.#picks = compiled.columns.map((column) => this.#header.indexOf(column));
    this.#builder = new BatchBuilder(compiled, this.#name, this.#options.onRejected);
    this.#builder.original = () => Object.fromEntries(this.#header.map((column, index) => [column, this.#row[index]]));
    if (this.#mapping.subSamples === "jmeter") this.#subSamples = new JmeterSubSamples(this.#header);
  }

  #addRow(builder: BatchBuilder, row: readonly string[], line: number): void {
    this.#row = row;
    for (let column = 0; column < this.#picks.length; column++) builder.row.setValue(column, row[this.#picks[column] as number]);
    builder.add(line);
  }
}

/** The separator is the candidate that the header holds most often. */
function createParser(text: string): InstanceType<PushParser> {
  const header = text.slice(0, /\r|\n/u.exec(text)?.index ?? text.length);
  const count = (delimiter: string): number => header.split(delimiter).length;
  const delimiter = [",", "\t", ";", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
  return new (Papa as unknown as { Parser: PushParser }).Parser({ delimiter });
}

function linesOf(row: readonly string[]): number {
  let lines = 1;
  for (const field of row) for (let at = field.indexOf("\n"); at >= 0; at = field.indexOf("\n", at + 1)) lines++;
  return lines;
}
