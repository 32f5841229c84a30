// From a plan to a statement, and from its rows to a summary.
export { type DialectName, dialects } from "./dialects/all.ts";
export type { ColumnKind, SqlColumn, SqlDialect, SqlRow, SqlTable } from "./dialect.ts";
export type { Centres } from "./statement/aggregates.ts";
export type { SqlSource, TableSource, TimeWindow } from "./source.ts";
export { centresFrom, pilotStatement } from "./statement/pilot.ts";
export type { PartLayout } from "./statement/layout.ts";
export { type SummaryStatement, summaryStatement } from "./statement/statement.ts";
export { readRows } from "./result/read-rows.ts";
export type { Query, SqlConnection } from "./query.ts";
export { type SummarizeOptions, summarizeTable } from "./summarize-table.ts";
export { summarizeShards } from "./summarize-shards.ts";
export { type Checkpoint, advanceCheckpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
