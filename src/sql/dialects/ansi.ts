import type { ColumnKind, SqlColumn, SqlDialect, SqlRow, SqlTable } from "../dialect.ts";
import { requirePlainTable } from "../dialect.ts";
import { doubledQuotes } from "./quote.ts";
import { ansiText } from "./text-functions.ts";

/** A finite double that reads back as itself: the exponent keeps engines from taking it for a decimal. */
export function doubleText(value: number): string {
  const text = String(value);
  return text.includes("e") ? text : `${text}e0`;
}

/** ISO 8601 without the letters, as SQL timestamps are written, in UTC. */
export function instantText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").replace("Z", "");
}

/**
 * A type of timestamps, whole: its name becomes part of the statement, so nothing but the words that databases use may
 * stand in it.
 */
const timestampType = /^(timestamp(_?(s|ms|us|ns|ltz|ntz|tz))?|datetime)(\(\d+\))?( with(out)?( local)? time zone)?$/u;

/** The kind of a type by its name. */
export function kindByName(type: string): ColumnKind {
  const name = type.toLowerCase();
  if (/^(bool|boolean)$/u.test(name)) return "boolean";
  if (/^(u?(tiny|small|big|huge)?int(eger)?\d*|u?hugeint|byteint|serial|bigserial|long|short|byte)(\(|$)/u.test(name))
    return "integer";
  if (/^(float\d*|real|double( precision)?|numeric|decimal|number|bignumeric|bigdecimal)(\(|$)/u.test(name))
    return "float";
  if (timestampType.test(name)) return "timestamp";
  if (/^(text|varchar|char|character|string|nvarchar|bpchar|name|uuid|enum|character varying)(\(|$)/u.test(name))
    return "text";
  return "other";
}

/** The columns of `information_schema`, which most warehouses have. */
export function informationSchema(quoteText: (text: string) => string, catalog: (parts: readonly string[]) => string) {
  return (table: SqlTable): string => {
    if (typeof table === "object" && "sql" in table) return `SELECT * FROM ${table.sql} WHERE 1 = 0`;
    const parts = requirePlainTable(table, "ansi");
    const schema = parts.length > 1 ? ` AND table_schema = ${quoteText(parts[parts.length - 2] as string)}` : "";
    return (
      `SELECT column_name AS "name", data_type AS "type" FROM ${catalog(parts)}information_schema.columns WHERE ` +
      `table_name = ${quoteText(parts[parts.length - 1] as string)}${schema}`
    );
  };
}

/** Columns from rows with a name and a type, whatever the engine calls the two. */
export function namedColumns(rows: readonly SqlRow[], name = "name", type = "type"): SqlColumn[] {
  return rows.map((row) => ({ name: String(row[name]), type: String(row[type]) }));
}

/** Standard SQL, which the dialects are variations of. */
export const ansi: SqlDialect = {
  name: "ansi",
  tested: false,
  identifier: (name) => doubledQuotes(name, '"', "ansi"),
  text: (value) => doubledQuotes(value, "'", "ansi"),
  number: doubleText,
  infinity: "CAST('Infinity' AS double precision)",
  isNaN: (x) => `${x} = CAST('NaN' AS double precision)`,
  double: (column, kind) =>
    kind === "boolean"
      ? `CASE WHEN ${column} THEN 1e0 WHEN NOT ${column} THEN 0e0 END`
      : `CAST(${column} AS double precision)`,
  string: (column) => `CAST(${column} AS varchar)`,
  epochMs: (column) => `CAST(floor(extract(epoch FROM ${column}) * 1000) AS double precision)`,
  instant: (milliseconds) => `TIMESTAMP '${instantText(milliseconds)}'`,
  isTrue: (column) => column,
  log2Times: (x, factor) => `ln(${x}) * ${doubleText(factor / Math.LN2)}`,
  integer: (x) => `CAST(${x} AS integer)`,
  unitBucket: (text) => `md5(${text})`,
  concat: (parts) => parts.join(" || "),
  texts: ansiText,
  greatest: (a, b) => `greatest(${a}, ${b})`,
  aggregate: (expression) => `CAST(coalesce(${expression}, 0) AS double precision)`,
  sum: (x) => `sum(${x})`,
  fence: "",
  windows: true,
  describe: informationSchema(
    (text) => doubledQuotes(text, "'", "ansi"),
    () => "",
  ),
  columns: (rows) => namedColumns(rows),
  kindOf: kindByName,
};

/**
 * The bucket number from the first two hexadecimal digits of a hash: two digits, 16 times the first's last two bits
 * plus the second.
 */
export function bucketFromHex(hex: string, substring: string, position: string): string {
  const digit = (at: number): string => `(${position}(${substring}(${hex}, ${at}, 1), '0123456789abcdef') - 1)`;
  return `(${digit(1)} % 4) * 16 + ${digit(2)}`;
}
