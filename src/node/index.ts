export { readArrow } from "./arrow.ts";
export { expandFiles } from "./expand-files.ts";
export { type OpenFile, type OpenOptions, openFile } from "./open.ts";
export { readParquet } from "./parquet.ts";
export { type ReadFileOptions, type ReadProgress, readFile } from "./read-file.ts";
export {
  type FilesJob,
  InterruptedError,
  type SummarizeFilesOptions,
  openFilesJob,
  summarizeFiles,
} from "./summarize-files.ts";
export { type DatabaseConnection, type DatabaseOptions } from "./database/connection.ts";
export { openClickHouse } from "./database/clickhouse.ts";
export { duckdbReader, openDuckDb } from "./database/duckdb.ts";
export { openPostgres } from "./database/postgres.ts";
