import { RecordsError } from "../../errors.ts";
import type { FieldMapping, Plan, Summarizer } from "../../index.ts";
import type { LineAccelerator } from "../../records/json/line-accelerator.ts";
import type { Quarantine } from "../read/quarantine.ts";
import type { FileRange } from "../read/range.ts";
import type { ReadProgress } from "../read/read-file.ts";
import type { FileProgress } from "./file-progress.ts";
import { lineOfFile, type LocalPartReader, type PartRead, PartReader, withLines } from "./part-reader.ts";
import { startWorkers, type WorkerPool } from "./worker-pool.ts";

/** Bytes of a part, which one thread takes at once. */
export const partBytes: { readonly least: number; readonly most: number } = { least: 1 << 20, most: 1 << 23 };

/** Rejected rows that are held at most before they are written. */
const mostRejected = 10_000;

/** What a parallel reader needs of the job that it reads for. */
export interface ParallelJob {
  readonly plan: Plan;
  readonly summarizer: Summarizer;
  readonly quarantine: Quarantine | undefined;
  /** Threads that read, this one included. */
  readonly threads: number;
  accelerate(): LineAccelerator | undefined;
  /** Whether reading should pause, so that the state can be written or the job ended. */
  shouldPause(): boolean;
  readonly onProgress: ((progress: ReadProgress) => void) | undefined;
  /** Notes how far the file is read. */
  passed(progress: FileProgress): Promise<void>;
  /** Reads a range in this thread alone. */
  readHere(range: FileRange, mapping: FieldMapping, before: FileProgress): Promise<FileProgress>;
}

/** Reads parts of a file in several threads at once; the parts count in their order, as if read one after the other. */
export class ParallelReader {
  readonly #job: ParallelJob;
  #pool: WorkerPool | undefined;

  constructor(job: ParallelJob) {
    this.#job = job;
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }

  async read(range: FileRange, mapping: FieldMapping, before: FileProgress): Promise<FileProgress> {
    const { plan, quarantine, threads } = this.#job;
    const source = { file: range.file, mapping, plan, rejected: quarantine !== undefined };
    this.#pool ??= startWorkers(threads - 1);
    const readers = [new PartReader(source, this.#job.accelerate()), ...this.#pool.open(source)];
    const parts = splitRange(range, threads);
    let now = before;
    for (let first = 0; first < parts.length;) {
      try {
        const reads = await this.#readRound(readers, parts, first, now);
        now = await this.#gather(readers, parts, first, reads, now);
        first += reads.length;
      } catch (cause) {
        if (!(cause instanceof RecordsError)) throw cause;
        // Read in this thread from the last known place, which gives the same error as one thread would.
        return this.#job.readHere({ ...range, from: now.bytes as number }, mapping, now);
      }
      await this.#job.passed(now);
    }
    return now;
  }

  /**
   * Reads parts from the first on, at least one, until it is time to gather their results; no part before the last is
   * left out.
   */
  async #readRound(
    readers: readonly LocalPartReader[],
    parts: readonly FileRange[],
    first: number,
    { file, rows }: FileProgress,
  ): Promise<PartRead[]> {
    const job = this.#job;
    const size = (parts.at(-1) as FileRange).to;
    const reads: PartRead[] = [];
    let next = first;
    let bytes = (parts[first] as FileRange).from;
    let rejected = 0;
    let ended = false;
    const work = async (reader: LocalPartReader): Promise<void> => {
      while (next < parts.length && !ended) {
        const part = next++;
        const range = parts[part] as FileRange;
        const read = await reader.read(part, range);
        reads[part - first] = read;
        rows += read.rows;
        bytes += range.to - range.from;
        rejected += read.rejected.length;
        job.onProgress?.({ file, bytes, size, rows });
        ended ||= job.shouldPause() || rejected > mostRejected;
      }
    };
    const results = await Promise.allSettled(
      readers.flatMap((reader) =>
        Array.from({ length: reader.ahead }, () => work(reader).finally(() => (ended ||= next < parts.length))),
      ),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return reads;
  }

  /** Adds the results of parts, with their lines counted from the beginning of the file. */
  async #gather(
    readers: readonly LocalPartReader[],
    parts: readonly FileRange[],
    first: number,
    reads: readonly PartRead[],
    before: FileProgress,
  ): Promise<FileProgress> {
    const starts: number[] = [];
    let { lines, rows, absent } = before;
    for (const read of reads) {
      starts.push(lines);
      lines += read.lines;
      rows += read.rows;
    }
    const lineOf = (line: number): number => lineOfFile(line, first, starts);
    for (const gathered of await Promise.all(readers.map((reader) => reader.gather()))) {
      this.#job.summarizer.absorb(withLines(gathered.summary, lineOf));
      if (gathered.absent !== null) absent = missingKeys(absent, gathered.absent);
    }
    const rejected = reads.flatMap((read) => read.rejected.map((row) => ({ ...row, line: lineOf(row.line) })));
    this.#job.quarantine?.add(rejected);
    return { ...before, bytes: (parts[first + reads.length - 1] as FileRange).to, lines, rows, absent };
  }
}

/** Keys that neither the earlier part of a file nor the later one has. */
export function missingKeys(before: readonly string[] | null, now: readonly string[]): readonly string[] {
  return before === null ? now : before.filter((column) => now.includes(column));
}

function splitRange({ from, to, ...rest }: FileRange, threads: number): FileRange[] {
  const length = Math.max(partBytes.least, Math.min(partBytes.most, Math.ceil((to - from) / (4 * threads))));
  const ranges: FileRange[] = [];
  for (let start = from; start < to; start += length)
    ranges.push({ ...rest, from: start, to: Math.min(to, start + length) });
  return ranges;
}
