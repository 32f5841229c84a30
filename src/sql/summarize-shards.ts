import { DatabaseError } from "../errors.ts";
import { mergeSummaries } from "../summary/merge.ts";
import type { Plan } from "../summary/plan.ts";
import type { Summary } from "../summary/summary.ts";
import type { SqlDialect } from "./dialect.ts";
import type { SqlConnection } from "./query.ts";
import type { TableSource } from "./source.ts";
import { explainNoRows } from "./statement/no-rows.ts";
import { type SummarizeOptions, summarizeTable } from "./summarize-table.ts";

/**
 * What summary do the records of a table make that is spread over several servers?
 *
 * Every shard is asked for its own part, at the same time, and the parts are merged here: so a shard that is missing is
 * known by name, where a distributed table may answer with half the rows. All parts or none.
 *
 * @param shards - one connection each, with different names; each holds rows that no other holds.
 * @throws {DatabaseError} that names every shard that failed, and what each said.
 * @example
 * ```ts
 * const shards = [{ shard: "eu", query: eu }, { shard: "us", query: us }];
 * const summary = await summarizeShards(shards, planFor(policy), source, dialects.clickhouse);
 * ```
 */
export async function summarizeShards(
  shards: readonly SqlConnection[],
  plan: Plan,
  source: TableSource,
  dialect: SqlDialect,
  options: SummarizeOptions = {},
): Promise<Summary> {
  const names = shards.map(({ shard }, index) => shard ?? `shard ${index + 1}`);
  if (shards.length === 0 || new Set(names).size < shards.length) {
    throw new DatabaseError(
      "Cannot summarize the shards: shards must be at least one, with different names, current value is " +
        `${JSON.stringify(names)}`,
      {
        engine: dialect.name,
        code: "invalid-shards",
        field: "shards",
        value: names,
        fix: "Name each server once: rows of a server that is read twice count twice",
      },
    );
  }
  const outcomes = await Promise.allSettled(
    shards.map((connection, index) =>
      summarizeTable(
        { ...connection, shard: names.length === 1 ? connection.shard : names[index] },
        plan,
        source,
        dialect,
        { mayBeEmpty: true },
      ),
    ),
  );
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === "rejected" ? [{ shard: names[index] as string, error: outcome.reason as Error }] : [],
  );
  const [first] = failures;
  if (first === undefined) {
    const parts = outcomes.map((outcome) => (outcome as PromiseFulfilledResult<Summary>).value);
    if (options.emptyShards !== true) refuseEmptyShards(parts, names, dialect.name);
    const merged = parts.length === 1 ? (parts[0] as Summary) : mergeSummaries(parts);
    if (merged.quality.records.rows === 0 && options.mayBeEmpty !== true)
      throw await explainNoRows(shards[0] as SqlConnection, plan, source, dialect);
    return merged;
  }
  if (failures.length === 1 || !(first.error instanceof DatabaseError)) throw first.error;
  const said = failures.map(({ error }) => error.message).join("; ");
  throw new DatabaseError(
    `Cannot summarize the shards: ${failures.map(({ shard }) => shard).join(", ")} of ${names.length} shards ` +
      `must answer, current outcome: ${said}`,
    {
      engine: dialect.name,
      shard: failures.map(({ shard }) => shard).join(", "),
      code: first.error.code,
      field: "shards",
      value: failures.map(({ shard }) => shard),
    },
  );
}

/** A shard that has none of the rows while others have some has lost them, or is not the server that was meant. */
function refuseEmptyShards(parts: readonly Summary[], names: readonly string[], engine: string): void {
  const empty = names.filter((_, index) => parts[index]?.quality.records.rows === 0);
  if (empty.length === 0 || empty.length === names.length) return;
  throw new DatabaseError(
    "Cannot summarize the shards: every shard must have some of the rows, current value is none on " +
      `${empty.join(", ")} of ${names.length}`,
    {
      engine,
      shard: empty.join(", "),
      code: "empty-shard",
      field: "shards",
      value: empty,
      fix: "Check that it holds its share; allow empty shards if it really has none",
    },
  );
}
