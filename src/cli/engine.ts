import { DatabaseError, type FieldMapping, mergeSummaries, type Plan, type Summary } from "../index.ts";
import { duckdbReader, openDuckDb } from "../node/index.ts";
import { isOfSource } from "../records/mapping/is-of-source.ts";
import { dialects, summarizeTable } from "../sql/index.ts";
import { UsageError } from "./cli-context.ts";
import type { ReadOptions } from "./options.ts";

/**
 * Lets DuckDB summarize files when the options ask for it, or, left the choice, when all are Parquet and DuckDB is
 * installed: of text, the own readers are the faster ones (bench/ingest.bench.ts).
 *
 * @returns `undefined` when the own readers are to be used.
 */
export async function summarizeByDuckDb(
  files: readonly string[],
  plan: Plan,
  mapping: FieldMapping,
  options: ReadOptions,
): Promise<Summary | undefined> {
  const { engine = "auto", state, quarantine } = options;
  if (engine === "js") return undefined;
  const ownOnly =
    state === undefined
      ? quarantine === undefined
        ? mapping.subSamples === undefined
          ? needsOwnReaders(mapping)
          : "--preset jmeter"
        : "--quarantine"
      : "--state";
  const readers = files.map(duckdbReader);
  if (
    engine === "auto" &&
    (ownOnly !== undefined || !files.every((file) => /\.parquet$/iu.test(file) && !file.includes("://")))
  )
    return undefined;
  if (ownOnly !== undefined)
    throw new UsageError(`Cannot read the options: ${ownOnly} needs --engine js, current value is duckdb`);
  const other = files[readers.indexOf(null)];
  if (other !== undefined)
    throw new UsageError(
      "Cannot read the options: --engine duckdb reads .parquet, .csv, .tsv, .ndjson, .jsonl and .json files, " +
        `current value is ${JSON.stringify(other)}`,
    );
  try {
    const connection = await openDuckDb(":memory:", { files });
    try {
      const summaries: Summary[] = [];
      for (const table of readers)
        if (table !== null)
          summaries.push(await summarizeTable(connection, plan, { table, mapping, scan: "table" }, dialects.duckdb));
      return mergeSummaries(summaries);
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (engine === "auto" && error instanceof DatabaseError && error.code === "client-missing") return undefined;
    throw error;
  }
}

/** What of a mapping only the own readers know. */
function needsOwnReaders({ fields, logFormat, zeroIsMissing }: FieldMapping): string | undefined {
  if (logFormat !== undefined) return "--log-format";
  if (zeroIsMissing !== undefined) return `zeroIsMissing of ${zeroIsMissing.join(", ")}`;
  const field = Object.keys(fields).find((name) => isOfSource(fields[name] as string));
  return field === undefined ? undefined : `${field}=${fields[field] as string}`;
}
