import type { RejectedRow } from "../records/batch-builder.ts";
import type { FieldMapping } from "../records/fields.ts";
import { type Plan, type Summary, createSummarizer, encodeSummary } from "../index.ts";
import { type FileRange, readRange } from "./range.ts";

/** A range to be summarized, as a worker is told. */
export interface RangeTask {
  readonly range: FileRange;
  readonly mapping: FieldMapping;
  readonly plan: Plan;
  /** Whether rejected rows are wanted. */
  readonly rejected: boolean;
}

/** What a range came to; lines are counted from its own beginning. */
export interface RangeResult {
  readonly summary: string;
  readonly lines: number;
  readonly rows: number;
  readonly absent: readonly string[];
  readonly rejected: readonly RejectedRow[];
}

/** Summarizes the lines of a range. */
export async function summarizeRange({ range, mapping, plan, rejected }: RangeTask): Promise<RangeResult> {
  const summarizer = createSummarizer(plan);
  const rows: RejectedRow[] = [];
  const batches = readRange(range, mapping, rejected ? { reuse: true, onRejected: (row) => rows.push(row) } : { reuse: true });
  for (;;) {
    const next = await batches.next();
    if (next.done === true) {
      const summary = summarizer.summary();
      return { summary: encodeSummary(summary), ...next.value, rows: summary.quality.records.rows, rejected: rows };
    }
    summarizer.addBatch(next.value);
  }
}

/** A summary of a range, with the lines of its samples counted from the beginning of the file. */
export function shiftLines(summary: Summary, lines: number): Summary {
  const { records } = summary.quality;
  const samples = records.samples.map((sample) => ({ ...sample, line: sample.line + lines }));
  return { ...summary, quality: { ...summary.quality, records: { ...records, samples } } };
}
