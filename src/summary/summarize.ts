import type { RecordBatch } from "../records/batch.ts";
import type { FieldMapping } from "../records/mapping/fields.ts";
import type { RequestRecord } from "../records/record.ts";
import { batchesFromRows } from "../records/rows.ts";
import type { Plan } from "./plan.ts";
import { fieldsOf } from "./statistic.ts";
import { createSummarizer } from "./summarizer.ts";
import type { Summary } from "./summary.ts";

/**
 * What do these records come down to?
 *
 * @param records - records in the library's own fields, or batches of them; read once, in order.
 * @param plan - what to keep, see `planFor`.
 * @returns a summary of a few kB per period, whatever the number of records. Rejected records are counted in its
 * quality; whether they are too many is for `requireAcceptable` to say.
 * @throws {RecordsError} when a field that the plan needs is in no record.
 * @example
 * ```ts
 * const summary = summarize([{ arm: "v1", success: true, latencyMs: 120 }], planFor(policy));
 * ```
 */
export function summarize(records: Iterable<RequestRecord | RecordBatch>, plan: Plan): Summary {
  const summarizer = createSummarizer(plan);
  for (const batch of toBatches(records, plan)) summarizer.addBatch(batch);
  return summarizer.summary();
}

/** The mapping under which a record's own field names are the ones a plan asks for. */
export function ownFields(plan: Plan): FieldMapping {
  const names = [
    "arm",
    "timestamp",
    ...(plan.units ? ["unit"] : []),
    ...(plan.dependence ? ["instance"] : []),
    ...new Set(["success", "latencyMs", ...plan.statistics.flatMap(fieldsOf)]),
  ];
  const needed = new Set(plan.statistics.flatMap(fieldsOf));
  return {
    fields: Object.fromEntries([
      ...names.map((name) => [name, quote(name)]),
      ...plan.segments.map((name) => [`segment.${name}`, quote(name)]),
    ]),
    optional: ["timestamp", "instance", "success", "latencyMs"].filter((name) => !needed.has(name)),
  };
}

/** A column's name as an expression. */
function quote(column: string): string {
  return `"${column.replace(/["\\]/gu, String.raw`\$&`)}"`;
}

function* toBatches(records: Iterable<RequestRecord | RecordBatch>, plan: Plan): Generator<RecordBatch> {
  let rows: RequestRecord[] = [];
  for (const record of records) {
    if (!isBatch(record)) {
      rows.push(record);
      if (rows.length < rowsAtOnce) continue;
    }
    if (rows.length > 0) yield* batchesFromRows(rows, ownFields(plan));
    rows = [];
    if (isBatch(record)) yield record;
  }
  if (rows.length > 0) yield* batchesFromRows(rows, ownFields(plan));
}

const rowsAtOnce = 65_536;

function isBatch(record: RequestRecord | RecordBatch): record is RecordBatch {
  return "quality" in record && "numbers" in record;
}
