import type { SqlDialect } from "../dialect.ts";
import { clickhouse } from "./clickhouse.ts";
import { duckdb } from "./duckdb.ts";
import { postgres } from "./postgres.ts";
import { bigquery, snowflake, spark, trino } from "./warehouses.ts";

/** Name of a dialect. */
export type DialectName = "duckdb" | "clickhouse" | "postgres" | "spark" | "bigquery" | "snowflake" | "trino";

/** The dialects, by name. */
export const dialects: Readonly<Record<DialectName, SqlDialect>> = {
  duckdb,
  clickhouse,
  postgres,
  spark,
  bigquery,
  snowflake,
  trino,
};
