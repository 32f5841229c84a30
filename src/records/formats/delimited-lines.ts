import { cannot, RecordsError } from "../../errors.ts";
import { type FieldSpans, type LineKind, type LineParser, spelling } from "./line-parser.ts";

const [tab, hash, dash] = [9, 35, 45];

/** How lines of tab-separated fields are told apart. */
export interface DelimitedRules {
  /** Lines that begin otherwise are the tool's, but no requests. */
  readonly begin?: string;
  /** Whether lines that begin with `#` are comments. */
  readonly comments?: boolean;
}

/**
 * Lines of tab-separated fields without quotes. Where `date` is followed by `time`, there is a field `timestamp` of
 * both.
 */
export class DelimitedLines implements LineParser {
  readonly fields: readonly string[];
  readonly #columns: number;
  readonly #begin: Uint8Array;
  readonly #comments: boolean;
  /** The column of the date that is followed by the time of day; -1 where there is none. */
  readonly #date: number;

  constructor(columns: readonly string[], { begin = "", comments = false }: DelimitedRules = {}) {
    this.#columns = columns.length;
    this.#date = columns.findIndex((column, index) => column === "date" && columns[index + 1] === "time");
    this.fields = this.#date < 0 ? columns : [...columns, "timestamp"];
    this.#begin = new TextEncoder().encode(begin);
    this.#comments = comments;
  }

  parse(bytes: Uint8Array, from: number, to: number, spans: FieldSpans): LineKind {
    if (this.#comments && bytes[from] === hash) {
      this.#requireSameFields(new TextDecoder().decode(bytes.subarray(from, to)));
      return "other";
    }
    for (let i = 0; i < this.#begin.length; i++) if (bytes[from + i] !== this.#begin[i]) return "other";
    let column = 0;
    for (let at = from; at <= to; at++, column++) {
      const start = at;
      while (at < to && bytes[at] !== tab) at++;
      if (column >= this.#columns) return "malformed";
      if (at === start || (at - start === 1 && bytes[start] === dash)) spans.from[column] = -1;
      else spans.set(column, start, at);
    }
    if (column < this.#columns) return "malformed";
    const date = this.#date;
    if (date >= 0) {
      if ((spans.from[date] as number) < 0 || (spans.from[date + 1] as number) < 0) spans.from[column] = -1;
      else spans.set(column, spans.from[date] as number, spans.to[date + 1] as number, spelling.dateAndTime);
    }
    return "row";
  }

  /** @throws {RecordsError} when a line `#Fields:` names other fields than the first one. */
  #requireSameFields(line: string): void {
    if (!line.startsWith("#Fields:")) return;
    const columns = line.slice("#Fields:".length).trim().split(/\s+/u);
    const known = this.fields.slice(0, this.#columns);
    if (columns.join(" ") === known.join(" ")) return;
    const other = columns.find((column, index) => column !== known[index]) ?? columns.at(-1);
    throw new RecordsError(cannot("read the log", "a later line #Fields:", "the same as the first one", other), {
      code: "fields-changed",
      field: "#Fields",
      value: other,
      fix: "Split the file where its fields change",
    });
  }
}
