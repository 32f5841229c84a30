import type { RejectedRow } from "../../records/batch-builder.ts";
import type { RecordBatch } from "../../records/batch.ts";
import type { LineAccelerator } from "../../records/json/line-accelerator.ts";
import { NdjsonLines } from "../../records/json/ndjson.ts";
import type { FieldMapping } from "../../records/mapping/fields.ts";
import type { Plan } from "../../summary/plan.ts";
import { createSummarizer, type Summarizer } from "../../summary/summarizer.ts";
import type { Summary } from "../../summary/summary.ts";
import { type FileRange, linesIn } from "../read/range.ts";

/**
 * How many lines come before a part is not known where it is read: until it is, its lines are counted from its number
 * times this.
 */
const linesApart = 2 ** 32;

/** What all parts of a file share. */
export interface PartSource {
  readonly file: string;
  /** Without optional fields: which of them the file has must be settled for all parts alike. */
  readonly mapping: FieldMapping;
  readonly plan: Plan;
  /** Whether rejected rows are wanted. */
  readonly rejected: boolean;
}

/** The counts and rejected rows of one part; its summary is gathered later. */
export interface PartRead {
  readonly lines: number;
  readonly rows: number;
  readonly rejected: readonly RejectedRow[];
}

/** The results of the parts that were read since the last call. */
export interface Gathered {
  readonly summary: Summary;
  /** Mapped keys that no line had so far; `null` when no part was read. */
  readonly absent: readonly string[] | null;
}

/** A reader of parts of a file, in this thread or in another. */
export interface LocalPartReader {
  /** Parts that may be requested before the first answer, so that the reader never waits. */
  readonly ahead: number;
  read(part: number, range: FileRange): Promise<PartRead>;
  gather(): Promise<Gathered>;
}

/**
 * Reads parts of a file one after the other into one summary: what is learnt of units and texts in one part holds in
 * the next.
 */
export class PartReader implements LocalPartReader {
  readonly ahead: number = 1;
  readonly #plan: Plan;
  readonly #lines: NdjsonLines;
  readonly #blocks: readonly Uint8Array[] | undefined;
  readonly #rejected: RejectedRow[] = [];
  #summarizer: Summarizer;
  #begun = false;

  /** @param accelerator - no one else's until the last part is read. */
  constructor({ file, mapping, plan, rejected }: PartSource, accelerator: LineAccelerator | undefined) {
    this.#plan = plan;
    this.#blocks = accelerator?.blocks;
    this.#lines = new NdjsonLines(mapping, file, {
      reuse: true,
      accelerator,
      onRejected: rejected ? (row) => this.#rejected.push(row) : undefined,
    });
    this.#summarizer = createSummarizer(plan);
  }

  /**
   * Reads the lines that begin in a range. @throws {RecordsError} when they can't be read; nothing more may be asked of
   * this reader then.
   */
  async read(part: number, range: FileRange): Promise<PartRead> {
    const lines = this.#lines;
    const before = part * linesApart;
    lines.line = before;
    this.#begun = true;
    let rows = 0;
    const take = (batches: Iterable<RecordBatch>): void => {
      for (const batch of batches) {
        this.#summarizer.addBatch(batch);
        rows += batch.quality.rows;
      }
    };
    for await (const { bytes } of linesIn(range, this.#blocks, false)) take(lines.add(bytes));
    take(lines.finish());
    take([lines.rest()]);
    return { lines: lines.line - before, rows, rejected: this.#rejected.splice(0) };
  }

  gather(): Promise<Gathered> {
    const summary = this.#summarizer.summary();
    this.#summarizer = createSummarizer(this.#plan);
    return Promise.resolve({ summary, absent: this.#begun ? this.#lines.absent : null });
  }
}

/**
 * From lines as parts count them to lines of the file.
 *
 * @param first - number of the first part; @param starts - how many lines come before it and each that follows.
 */
export function lineOfFile(line: number, first: number, starts: readonly number[]): number {
  return (starts[Math.floor(line / linesApart) - first] as number) + (line % linesApart);
}

/** A summary whose samples name lines of the file. */
export function withLines(summary: Summary, lineOf: (line: number) => number): Summary {
  const { records } = summary.quality;
  const samples = records.samples.map((sample) => ({ ...sample, line: lineOf(sample.line) }));
  return { ...summary, quality: { ...summary.quality, records: { ...records, samples } } };
}
