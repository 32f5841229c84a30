import { type ColumnKind, type SqlDialect, tableText } from "../dialect.ts";
import { ansi, doubleText, instantText, namedColumns } from "./ansi.ts";
import { backslashedQuotes } from "./quote.ts";
import { clickhouseText } from "./text-functions.ts";

/** A type without the wrappers that do not change its values. */
function bare(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/u.exec(type)?.[1];
  return inner === undefined ? type : bare(inner);
}

function kindOf(type: string): ColumnKind {
  const name = bare(type);
  if (name === "Bool") return "boolean";
  if (/^U?Int\d+$/u.test(name)) return "integer";
  if (/^(Float\d+|Decimal\d*(\(.*)?)$/u.test(name)) return "float";
  if (/^DateTime/u.test(name)) return "timestamp";
  if (name === "String" || name === "UUID" || name.startsWith("Enum")) return "text";
  return "other";
}

/** ClickHouse from 18.16 on: no feature newer than that is used, so the same statement runs on 26.x. */
export const clickhouse: SqlDialect = {
  ...ansi,
  name: "clickhouse",
  tested: true,
  identifier: (name) => backslashedQuotes(name, "`", "clickhouse"),
  text: (value) => backslashedQuotes(value, "'", "clickhouse"),
  infinity: "inf",
  isNaN: (x) => `isNaN(${x})`,
  double: (column) => `toFloat64(${column})`,
  string: (column, kind, type) => {
    if (kind === "boolean") return `CASE WHEN ${column} THEN 'true' ELSE 'false' END`;
    return /^(?:Nullable\(String\)|String)$/u.test(type) ? column : `toString(${column})`;
  },
  epochMs: (column, type) =>
    /^DateTime64\(3\b/u.test(bare(type))
      ? `toFloat64(toUnixTimestamp64Milli(${column}))`
      : /^DateTime64/u.test(bare(type))
        ? `floor(toFloat64(toUnixTimestamp64Micro(${column})) / 1000)`
        : `toFloat64(toUnixTimestamp(${column})) * 1000`,
  instant: (milliseconds, type) => {
    if (/^DateTime64/u.test(bare(type))) return `toDateTime64('${instantText(milliseconds)}', 3, 'UTC')`;
    return `toDateTime('${instantText(Math.ceil(milliseconds / 1000) * 1000).slice(0, 19)}', 'UTC')`;
  },
  log2Times: (x, factor) => `log2(${x}) * ${doubleText(factor)}`,
  integer: (x) => `toInt32(${x})`,
  unitBucket: (unit) => `toString(reinterpretAsUInt8(substring(MD5(${unit}), 1, 1)) % 64)`,
  concat: (parts) => `concat(${parts.join(", ")})`,
  aggregate: (expression) => `toFloat64(ifNull(${expression}, 0))`,
  sum: (x) => `sumKahan(${x})`,
  texts: clickhouseText,
  windows: false,
  describe: (table) => `DESCRIBE TABLE ${tableText(clickhouse, table)}`,
  columns: (rows) => namedColumns(rows),
  kindOf,
};
