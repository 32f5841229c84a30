import { DatabaseError } from "../../errors.ts";
import { type SqlDialect, tableText } from "../dialect.ts";
import { ansi, instantText, kindByName, namedColumns } from "./ansi.ts";
import { backslashedQuotes, doubledQuotes } from "./quote.ts";
import { postgresText } from "./text-functions.ts";

/** A literal that means the same whatever `standard_conforming_strings` is. */
function quotedText(value: string): string {
  return value.includes("\\")
    ? ` E${backslashedQuotes(value, "'", "postgres")}`
    : doubledQuotes(value, "'", "postgres");
}

/** PostgreSQL from 12 on. It has no base-2 logarithm of doubles and no compensated sum. */
export const postgres: SqlDialect = {
  ...ansi,
  name: "postgres",
  tested: true,
  text: quotedText,
  number: (value) => `'${String(value)}'::float8`,
  infinity: "'Infinity'::float8",
  isNaN: (x) => `${x} = 'NaN'::float8`,
  double: (column, kind) => (kind === "boolean" ? `${column}::int::float8` : `${column}::float8`),
  string: (column) => `${column}::text`,
  epochMs: (column) => `floor(round(date_part('epoch', ${column}) * '1000000'::float8) / '1000'::float8)`,
  instant: (milliseconds, type) =>
    `'${instantText(milliseconds)}${/with time zone|timestamptz/iu.test(type) ? "+00" : ""}'::${type}`,
  log2Times: (x, factor) => `ln(${x}) * '${factor / Math.LN2}'::float8`,
  integer: (x) => `(${x})::int`,
  unitBucket: (unit) => `(('x' || substr(md5(convert_to(${unit}, 'UTF8')), 1, 2))::bit(8)::int % 64)::text`,
  aggregate: (expression) => `coalesce(${expression}, 0)::float8`,
  texts: postgresText,
  fence: " OFFSET 0",
  describe: (table) => {
    if (typeof table === "object" && "sql" in table) {
      throw new DatabaseError(`Cannot list the columns: table must be a name, current value is an expression`, {
        engine: "postgres",
        code: "columns-unknown",
        field: "table",
        value: table.sql,
        fix: "Give the columns yourself, or create a view",
      });
    }
    return (
      `SELECT attname AS "name", format_type(atttypid, atttypmod) AS "type" FROM pg_catalog.pg_attribute WHERE ` +
      `attrelid = ${quotedText(tableText(postgres, table))}::regclass AND attnum > 0 AND NOT attisdropped ORDER ` +
      "BY attnum"
    );
  },
  columns: (rows) => namedColumns(rows),
  kindOf: (type) => kindByName(type),
};
