import { type FieldSpans, type LineKind, type LineParser, spelling } from "./line-parser.ts";

const [comma, quote] = [44, 34];

/** Lines of comma-separated fields of a tool that writes no header; a field may stand between double quotes. */
export class CsvLines implements LineParser {
  readonly fields: readonly string[];

  constructor(fields: readonly string[]) {
    this.fields = fields;
  }

  parse(bytes: Uint8Array, from: number, to: number, spans: FieldSpans): LineKind {
    const columns = this.fields.length;
    let column = 0;
    for (let at = from; at <= to; at++, column++) {
      if (column >= columns) return "malformed";
      let start = at;
      let end: number;
      let spelled: number = spelling.plain;
      if (bytes[at] === quote) {
        start = ++at;
        while (at < to && (bytes[at] !== quote || bytes[at + 1] === quote)) {
          if (bytes[at] === quote) {
            spelled = spelling.doubled;
            at++;
          }
          at++;
        }
        if (at >= to) return "malformed";
        end = at++;
        if (at < to && bytes[at] !== comma) return "malformed";
      } else {
        while (at < to && bytes[at] !== comma) at++;
        end = at;
      }
      if (end === start) spans.from[column] = -1;
      else spans.set(column, start, end, spelled);
    }
    return column === columns ? "row" : "malformed";
  }
}
