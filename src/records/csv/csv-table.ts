import { cannot, RecordsError } from "../../errors.ts";
import { BatchBuilder } from "../batch-builder.ts";
import type { RecordBatch } from "../batch.ts";
import { JmeterSubSamples } from "../formats/jmeter-sub-samples.ts";
import { type CompiledMapping, compileMapping, type FieldMapping } from "../mapping/fields.ts";
import type { RowOptions } from "../rows.ts";

/** The longest row that is read, in characters or bytes; a longer one comes from a quote that is never closed. */
export const longestRow: number = 16 * 1024 * 1024;

/** The longest header that is read. */
const longestHeader = 1024 * 1024;

/** How the rows of a text are told apart. */
export interface CsvSyntax {
  readonly delimiter: string;
  readonly newline: "\n" | "\r\n";
}

/** The syntax of a text by its first line: the separator is the candidate that the line holds most often. */
export function syntaxOf(firstLine: string): CsvSyntax {
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  const delimiter = [",", "\t", ";", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
  return { delimiter, newline: firstLine.endsWith("\r") ? "\r\n" : "\n" };
}

/** The rows of a separated text on their way into batches, however they were told apart. */
export class CsvTable {
  readonly name: string;
  readonly #mapping: FieldMapping;
  readonly #options: RowOptions;
  readonly #ready: RecordBatch[] = [];
  #builder: BatchBuilder | undefined;
  #arm: string | undefined;
  /** Known once there was a line. */
  syntax: CsvSyntax | undefined;
  header: readonly string[] = [];
  /** Which column of the row each token is. */
  picks: readonly number[] = [];
  subSamples: JmeterSubSamples | undefined;
  /** The columns, where no header names them: given, or told by a `#Fields:` line. */
  columns: readonly string[] | undefined;
  #commented = false;
  /** Lines read so far. */
  line = 0;
  /** The fields of the row being added. */
  fields: () => readonly string[] = () => [];

  constructor(mapping: FieldMapping, name: string, options: RowOptions) {
    this.#mapping = mapping;
    this.name = name;
    this.#options = options;
    if (mapping.rows !== undefined) throw rowsOutsideJson(name, mapping.rows);
    this.columns = mapping.columns;
    compileMapping(mapping);
  }

  /** Where rows go; `undefined` before the header. */
  get builder(): BatchBuilder | undefined {
    return this.#builder;
  }

  /**
   * Whether a line that begins with `#` is a comment. A line `#Fields: a b c`, as W3C logs have it, names the
   * columns. A first line with all mapped columns in it is a header, whatever it begins with.
   */
  isComment(line: string): boolean {
    if (this.#builder !== undefined) return this.#commented;
    const fields = /^#\s*fields\s*:\s*(.*)$/iu.exec(line.trim())?.[1];
    if (fields === undefined && !this.#commented && this.columns === undefined) {
      const header = line.trim().split(syntaxOf(line).delimiter);
      const mapped = compileMapping(this.#mapping).columns;
      if (mapped.every((column) => header.some((name) => name.trim() === column))) return false;
    }
    this.#commented = true;
    if (fields !== undefined) this.columns = fields.split(/[\s,;|]+/u);
    return true;
  }

  /** The syntax of the first line; where the columns are known, the one that divides it into as many. */
  syntaxFor(line: string): CsvSyntax {
    const syntax = syntaxOf(line);
    const { columns } = this;
    if (columns === undefined) return syntax;
    const fits = (delimiter: string): boolean => line.trimEnd().split(delimiter).length === columns.length;
    return { ...syntax, delimiter: [syntax.delimiter, ",", "\t", ";", "|", " "].find(fits) ?? syntax.delimiter };
  }

  /**
   * Takes the first line that is no comment.
   *
   * @returns whether it is a header; it is a row where the columns are known, unless it repeats their names.
   */
  begin(fields: readonly string[]): boolean {
    const { columns } = this;
    this.open(columns ?? fields);
    return columns === undefined || columns.every((column, index) => column === fields[index]?.trim());
  }

  /** Takes the header. @throws {RecordsError} when a mapped column is not in it. */
  open(header: readonly string[]): BatchBuilder {
    this.header = header.map((column) => column.trim());
    const compiled: CompiledMapping = compileMapping(this.#mapping, this.header);
    const twice = compiled.columns.find((column) => this.header.indexOf(column) !== this.header.lastIndexOf(column));
    if (twice !== undefined) throw this.#columnTwice(twice);
    this.picks = compiled.columns.map((column) => this.header.indexOf(column));
    this.#arm = compiled.arm.expression.kind === "column" ? compiled.arm.expression.column : undefined;
    const builder = new BatchBuilder(compiled, this.name, this.#options.onRejected);
    builder.original = () => {
      const fields = this.fields();
      return Object.fromEntries(this.header.map((column, index) => [column, fields[index]]));
    };
    if (this.#mapping.subSamples === "jmeter") this.subSamples = new JmeterSubSamples(this.header);
    this.#builder = builder;
    return builder;
  }

  /** Counts a row that has not as many columns as the header; its arm is what stands where the arm's column is. */
  rejectColumns(builder: BatchBuilder, fields: readonly string[]): void {
    builder.reject(
      "column-count",
      this.line,
      `${fields.length} of ${this.header.length} columns`,
      fields.join(","),
      this.armOf(fields),
    );
  }

  /** Counts a row with a quote that is not closed. */
  rejectQuote(builder: BatchBuilder, row: string): void {
    const fields = row.split((this.syntax as CsvSyntax).delimiter);
    builder.reject("unterminated-quote", this.line, "row", row, this.armOf(fields)?.replaceAll('"', ""));
  }

  /** The arm of a row, where it is a column as it is. */
  armOf(fields: readonly string[]): string | undefined {
    return fields[this.#armColumn];
  }

  /** Where the arm stands in a row; -1 when it is not a column as it is. */
  get #armColumn(): number {
    return this.#arm === undefined ? -1 : this.header.indexOf(this.#arm);
  }

  #columnTwice(column: string): RecordsError {
    return new RecordsError(
      cannot("read the records", `the header of ${this.name}`, "without a mapped column that comes twice", column),
      {
        code: "column-twice",
        field: column,
        value: this.header.flatMap((name, index) => (name === column ? [index + 1] : [])),
        fix: "Rename one of the two columns",
      },
    );
  }

  /** To be called after each row. */
  passed(builder: BatchBuilder): void {
    if (builder.full) this.#ready.push(builder.take());
  }

  /** The batches that became full. */
  ready(): readonly RecordBatch[] {
    return this.#ready.splice(0);
  }

  end(): RecordBatch | undefined {
    return this.#builder?.take();
  }

  /** @throws {RecordsError} when the row that is not complete yet is too long already. */
  requireShort(length: number, begin: () => string): void {
    if (length <= (this.#builder === undefined ? longestHeader : longestRow)) return;
    throw new RecordsError(
      cannot("read the records", `line ${this.line + 1} of ${this.name}`, `at most ${longestRow} characters`, begin()),
      {
        code: "line-too-long",
        field: this.name,
        value: length,
        fix: "Look for a quote that is not closed",
      },
    );
  }
}

/** Records inside documents are for JSON. */
export function rowsOutsideJson(name: string, rows: string): RecordsError {
  return new RecordsError(cannot("read the records", `rows for ${name}`, "left out where a source is no JSON", rows), {
    code: "rows-outside-json",
    field: "rows",
    value: rows,
    fix: "Leave rows out",
  });
}
