// From a plan to a statement, and from its rows to a summary.
export { type DialectName, dialects } from "./dialects/all.ts";
export type { TextFunctions } from "./dialects/text-functions.ts";
export type { ColumnKind, SqlColumn, SqlDialect, SqlRow, SqlTable } from "./dialect.ts";
export type { Centres, StatisticLayout } from "./statement/aggregates.ts";
export type { SqlSource, TableSource, TimeWindow } from "./source.ts";
export { centresFrom, pilotStatement } from "./statement/pilot.ts";
export type { Facet, PartLayout } from "./statement/layout.ts";
export { type SummaryStatement, summaryStatement } from "./statement/statement.ts";
export type { Rejection } from "./statement/verdict.ts";
export { readRows } from "./result/read-rows.ts";
export type { ResultColumns } from "./result/result-row.ts";
export type { Query, SqlConnection } from "./query.ts";
export { type SummarizeOptions, summarizeTable } from "./summarize-table.ts";
export { summarizeShards } from "./summarize-shards.ts";
export { type Checkpoint, advanceCheckpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
