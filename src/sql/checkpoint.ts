import { cannot, DatabaseError } from "../errors.ts";
import { checksumHolds, checksumOf } from "../summary/checksum.ts";
import { decodeSummary, withoutSources } from "../summary/decode.ts";
import { encodeSummary } from "../summary/encode.ts";
import { mergeSummaries } from "../summary/merge.ts";
import type { Plan } from "../summary/plan.ts";
import type { Summary } from "../summary/summary.ts";
import { type SqlDialect, tableName } from "./dialect.ts";
import type { SqlConnection } from "./query.ts";
import type { TableSource } from "./source.ts";
import { summarizeShards } from "./summarize-shards.ts";
import type { SummarizeOptions } from "./summarize-table.ts";

/** What is known of a table up to an instant. */
export interface Checkpoint {
  /** What was read: table, mapping and servers as one text. */
  readonly source: string;
  /** Records before this instant are in the summary; milliseconds since 1970-01-01 UTC. */
  readonly until: number;
  readonly summary: Summary;
}

/**
 * Reads the periods that closed since the last time, and no others.
 *
 * @param checkpoint - what the last run gave; `null` the first time.
 * @param until - now, or earlier by the time that rows may take to arrive; only periods that end before it are read.
 * Milliseconds since 1970-01-01 UTC.
 * @returns the checkpoint to keep. Running again with the same `until` reads nothing and gives the same, and a run that
 * fails leaves the old one valid. Rows that arrive for a period after it was read are not seen; rows without a
 * timestamp are counted in the first run only.
 * @throws {DatabaseError} when the checkpoint is of another table, mapping or set of servers; SummaryError when it is
 * of another policy.
 * @example
 * ```ts
 * const until = Date.now() - 15 * 60_000;
checkpoint = await advanceCheckpoint(checkpoint, shards, planFor(policy), source, dialects.clickhouse, until);
 * ```
 */
export async function advanceCheckpoint(
  checkpoint: Checkpoint | null,
  shards: readonly SqlConnection[],
  plan: Plan,
  source: TableSource,
  dialect: SqlDialect,
  until: number,
  options: Pick<SummarizeOptions, "emptyShards"> = {},
): Promise<Checkpoint> {
  const identity = JSON.stringify({
    dialect: dialect.name,
    table: tableName(source.table),
    mapping: source.mapping,
    shards: shards.map(({ shard }) => shard ?? null),
  });
  if (checkpoint !== null && checkpoint.source !== identity) {
    throw new DatabaseError(
      cannot("continue from the checkpoint", "source", `the one it was made from, ${checkpoint.source}`, identity),
      {
        engine: dialect.name,
        code: "different-source",
        field: "source",
        value: identity,
        fix: "Name another checkpoint file, or begin again without one",
      },
    );
  }
  const closed = Math.floor(until / plan.periodMs) * plan.periodMs;
  if (checkpoint !== null && closed <= checkpoint.until) {
    mergeSummaries([{ ...checkpoint.summary, plan }, checkpoint.summary]);
    return checkpoint;
  }
  const window = { from: checkpoint?.until ?? null, to: closed };
  const found = await summarizeShards(
    shards,
    plan,
    { ...source, scan: "window", window, untimed: checkpoint === null },
    dialect,
    { ...options, mayBeEmpty: true },
  );
  return {
    source: identity,
    until: closed,
    summary: checkpoint === null ? found : mergeSummaries([checkpoint.summary, found]),
  };
}

/** Version of the text: 2 added the checksum. */
const checkpointVersion = 2;

/** A checkpoint as JSON text, with a checksum by which {@link decodeCheckpoint} notices damage. */
export function encodeCheckpoint({ source, until, summary }: Checkpoint): string {
  const document = {
    kind: "assay-sql-checkpoint",
    specVersion: checkpointVersion,
    source,
    until,
    summary: JSON.parse(encodeSummary(summary)) as object,
  };
  return JSON.stringify({ ...document, checksum: checksumOf(document) });
}

/** The text of a checkpoint, before its fields are looked at. */
interface CheckpointJson {
  readonly kind?: unknown;
  readonly specVersion?: unknown;
  readonly source?: unknown;
  readonly until?: unknown;
  readonly summary?: unknown;
  readonly checksum?: unknown;
}

/**
 * Reads a checkpoint; those of version 1, which had no checksum, too.
 *
 * @throws {DatabaseError} `checkpoint-damaged` when the text is not what {@link encodeCheckpoint} gave
 * @throws {SummaryError} when the summary in it is damaged
 */
export function decodeCheckpoint(text: string): Checkpoint {
  let json: CheckpointJson | null;
  try {
    json = JSON.parse(text) as CheckpointJson | null;
  } catch {
    json = null;
  }
  const refuse = (field: string, requirement: string, value: unknown): DatabaseError =>
    new DatabaseError(cannot("read the checkpoint", field, requirement, value), {
      engine: "any",
      code: "checkpoint-damaged",
      field,
      value,
      fix: "Begin again without it",
    });
  if (json?.kind !== "assay-sql-checkpoint") throw refuse("kind", '"assay-sql-checkpoint"', json?.kind);
  if (json.specVersion !== 1 && json.specVersion !== checkpointVersion)
    throw refuse("specVersion", `1 or ${checkpointVersion}`, json.specVersion);
  const unchecked = json.specVersion === 1 && json.checksum === undefined;
  if (!unchecked && !checksumHolds(json)) throw refuse("checksum", "that of the rest of the file", json.checksum);
  if (typeof json.until !== "number" || typeof json.source !== "string")
    throw refuse("until", "an instant, beside a source", json.until);
  return {
    source: json.source,
    until: json.until,
    summary: withoutSources(decodeSummary(JSON.stringify(json.summary))),
  };
}
