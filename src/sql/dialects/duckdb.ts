import { type SqlDialect, tableText } from "../dialect.ts";
import { ansi, doubleText, instantText, kindByName, namedColumns } from "./ansi.ts";
import { duckdbText } from "./text-functions.ts";

/** DuckDB 1.x: tables, and files through `read_parquet`, `read_csv`, `read_json`. */
export const duckdb: SqlDialect = {
  ...ansi,
  name: "duckdb",
  tested: true,
  infinity: "'Infinity'::DOUBLE",
  isNaN: (x) => `isnan(${x})`,
  double: (column, kind) => (kind === "boolean" ? `${column}::INTEGER::DOUBLE` : `${column}::DOUBLE`),
  string: (column, kind) => (kind === "text" ? `${column}::VARCHAR` : `CAST(${column} AS VARCHAR)`),
  epochMs: (column) => `epoch_ms(${column})::DOUBLE`,
  instant: (milliseconds, type) =>
    `'${instantText(milliseconds)}${/with time zone|timestamptz/iu.test(type) ? "+00" : ""}'::${type}`,
  log2Times: (x, factor) => `log2(${x}) * ${doubleText(factor)}`,
  integer: (x) => `(${x})::INTEGER`,
  unitBucket: (text) => `(('0x' || md5(${text})[1:2])::INTEGER % 64)::VARCHAR`,
  aggregate: (expression) => `coalesce(${expression}, 0)::DOUBLE`,
  sum: (x) => `fsum(${x})`,
  texts: duckdbText,
  describe: (table) =>
    `SELECT column_name AS "name", column_type AS "type" FROM (DESCRIBE SELECT * FROM ${tableText(duckdb, table)})`,
  columns: (rows) => namedColumns(rows),
  kindOf: (type) => kindByName(/^ENUM/u.test(type) ? "enum" : type),
};
