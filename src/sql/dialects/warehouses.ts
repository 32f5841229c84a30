import { requirePlainTable, type SqlDialect, tableText } from "../dialect.ts";
import { ansi, bucketFromHex, doubleText, informationSchema, instantText, namedColumns } from "./ansi.ts";
import { backslashedQuotes, doubledQuotes } from "./quote.ts";
import { bigqueryText, snowflakeText, sparkText, trinoText } from "./text-functions.ts";

/*
 * Statements for engines that were not at hand: written from their manuals, checked for shape by golden files, never
 * run here.
 */

const backslashed = (value: string, database: string): string => backslashedQuotes(value, "'", database);

/** Apache Spark SQL 3.x, Databricks. Not run here. */
export const spark: SqlDialect = {
  ...ansi,
  name: "spark",
  texts: sparkText,
  identifier: (name) => doubledQuotes(name, "`", "spark"),
  text: (value) => backslashed(value, "spark"),
  number: (value) => `${doubleText(value)}D`.replace("e0D", "D"),
  infinity: "double('Infinity')",
  isNaN: (x) => `isnan(${x})`,
  double: (column, kind) => (kind === "boolean" ? `double(int(${column}))` : `double(${column})`),
  string: (column) => `string(${column})`,
  epochMs: (column) => `double(unix_millis(timestamp(${column})))`,
  instant: (milliseconds) => `TIMESTAMP '${instantText(milliseconds)}Z'`,
  log2Times: (x, factor) => `log2(${x}) * ${doubleText(factor).replace("e0", "")}D`,
  integer: (x) => `int(${x})`,
  unitBucket: (text) => `string(int(conv(substr(md5(encode(${text}, 'UTF-8')), 1, 2), 16, 10)) % 64)`,
  concat: (parts) => `concat(${parts.join(", ")})`,
  aggregate: (expression) => `double(coalesce(${expression}, 0))`,
  describe: (table) => `DESCRIBE TABLE ${tableText(spark, table)}`,
  columns: (rows) => namedColumns(rows, "col_name", "data_type"),
};

/** Google BigQuery. Not run here. */
export const bigquery: SqlDialect = {
  ...ansi,
  name: "bigquery",
  texts: bigqueryText,
  identifier: (name) => backslashedQuotes(name, "`", "bigquery"),
  text: (value) => backslashed(value, "bigquery"),
  infinity: "CAST('inf' AS FLOAT64)",
  isNaN: (x) => `IS_NAN(${x})`,
  double: (column, kind) =>
    kind === "boolean" ? `CAST(CAST(${column} AS INT64) AS FLOAT64)` : `CAST(${column} AS FLOAT64)`,
  string: (column) => `CAST(${column} AS STRING)`,
  epochMs: (column, type) =>
    `CAST(UNIX_MILLIS(${/^datetime/iu.test(type) ? `TIMESTAMP(${column}, 'UTC')` : column}) AS FLOAT64)`,
  instant: (milliseconds, type) =>
    /^datetime/iu.test(type)
      ? `DATETIME '${instantText(milliseconds)}'`
      : `TIMESTAMP '${instantText(milliseconds)}+00'`,
  log2Times: (x, factor) => `LOG(${x}, 2) * ${doubleText(factor)}`,
  integer: (x) => `CAST(${x} AS INT64)`,
  unitBucket: (text) => `CAST(MOD(TO_CODE_POINTS(MD5(${text}))[OFFSET(0)], 64) AS STRING)`,
  concat: (parts) => `CONCAT(${parts.join(", ")})`,
  aggregate: (expression) => `CAST(COALESCE(${expression}, 0) AS FLOAT64)`,
  describe: (table) => {
    if (typeof table === "object" && "sql" in table) return `SELECT * FROM ${table.sql} WHERE 1 = 0`;
    const parts = requirePlainTable(table, "bigquery");
    const schema = parts
      .slice(0, -1)
      .map((part) => `${bigquery.identifier(part)}.`)
      .join("");
    return (
      `SELECT column_name AS name, data_type AS type FROM ${schema}INFORMATION_SCHEMA.COLUMNS WHERE table_name = ` +
      `${bigquery.text(parts.at(-1) as string)}`
    );
  },
};

/** Snowflake. Not run here. */
export const snowflake: SqlDialect = {
  ...ansi,
  name: "snowflake",
  texts: snowflakeText,
  text: (value) => backslashed(value, "snowflake"),
  infinity: "'inf'::FLOAT",
  isNaN: (x) => `${x} = 'NaN'::FLOAT`,
  double: (column, kind) => (kind === "boolean" ? `${column}::INTEGER::FLOAT` : `${column}::FLOAT`),
  string: (column) => `${column}::VARCHAR`,
  epochMs: (column) => `date_part(epoch_millisecond, ${column})::FLOAT`,
  instant: (milliseconds, type) => `'${instantText(milliseconds)}${/tz$/iu.test(type) ? " +00:00" : ""}'::${type}`,
  integer: (x) => `(${x})::INTEGER`,
  unitBucket: (text) => `(${bucketFromHex(`md5(${text})`, "substr", "charindex")})::VARCHAR`,
  aggregate: (expression) => `coalesce(${expression}, 0)::FLOAT`,
  describe: (table) =>
    informationSchema(
      (text) => backslashed(text, "snowflake"),
      (parts) => (parts.length > 2 ? `${snowflake.identifier(parts[0] as string)}.` : ""),
    )(table),
};

/** Trino and Athena. Not run here. */
export const trino: SqlDialect = {
  ...ansi,
  name: "trino",
  texts: trinoText,
  number: (value) => `DOUBLE '${String(value)}'`,
  infinity: "infinity()",
  isNaN: (x) => `is_nan(${x})`,
  double: (column, kind) =>
    kind === "boolean" ? `CAST(CAST(${column} AS integer) AS double)` : `CAST(${column} AS double)`,
  string: (column) => `CAST(${column} AS varchar)`,
  epochMs: (column) => `floor(round(to_unixtime(${column}) * DOUBLE '1000000') / DOUBLE '1000')`,
  instant: (milliseconds, type) =>
    `TIMESTAMP '${instantText(milliseconds)}${/with time zone/iu.test(type) ? " UTC" : ""}'`,
  log2Times: (x, factor) => `log2(${x}) * DOUBLE '${factor}'`,
  unitBucket: (text) => `CAST(from_base(substr(to_hex(md5(to_utf8(${text}))), 1, 2), 16) % 64 AS varchar)`,
  aggregate: (expression) => `CAST(coalesce(${expression}, 0) AS double)`,
  describe: (table) =>
    informationSchema(
      (text) => trino.text(text),
      (parts) => (parts.length > 2 ? `${trino.identifier(parts[0] as string)}.` : ""),
    )(table),
};
