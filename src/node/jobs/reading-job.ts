import { RecordsError } from "../../errors.ts";
import {
  createSummarizer,
  type FieldMapping,
  type Plan,
  type RecordBatch,
  type Summarizer,
  type Summary,
} from "../../index.ts";
import type { RejectedRow } from "../../records/batch-builder.ts";
import type { LineAccelerator } from "../../records/json/line-accelerator.ts";
import { NdjsonLines } from "../../records/json/ndjson.ts";
import { compileMapping, unknownColumn } from "../../records/mapping/fields.ts";
import { formatOf } from "../read/format.ts";
import { keysOfHead, settleByHead } from "../read/head.ts";
import { type OpenFile, openFile } from "../read/open.ts";
import { openQuarantine, type Quarantine } from "../read/quarantine.ts";
import { type FileRange, linesIn } from "../read/range.ts";
import { readFile } from "../read/read-file.ts";
import { completeSize } from "../read/tail.ts";
import { lineAccelerator } from "../wasm/wasm-line-scanner.ts";
import { type FileProgress, fingerprint, loadCheckpoint, requireSameFile, saveCheckpoint } from "./checkpoint.ts";
import { type Hand, lineOfFile, type PartRead, PartReader, withLines } from "./part-reader.ts";
import type { SummarizeFilesOptions } from "./summarize-files-options.ts";
import { startWorkers, type WorkerPool } from "./worker-pool.ts";

/** Bytes of a part, which one thread takes at once. */
const partBytes = { least: 1 << 20, most: 1 << 23 } as const;

/** Rejected rows that are held at most before they are written. */
const mostRejected = 10_000;

/** The job was ended by its signal; what was read is in the state file, if there is one. */
export class InterruptedError extends RecordsError {
  override readonly name = "InterruptedError";
}

/** A job that files are read into one by one; a file that has grown may be read again, and gives its new lines. */
export interface FilesJob {
  read(file: string): Promise<void>;
  /** The summary of all that was read. */
  summary(): Summary;
  /** Writes the state file, if there is one. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/** Begins a job, or goes on with the one of the state file. */
export async function openFilesJob(
  plan: Plan,
  mapping: FieldMapping,
  options: SummarizeFilesOptions = {},
): Promise<FilesJob> {
  const before =
    options.state === undefined
      ? { files: [], quarantineBytes: 0, summary: null }
      : await loadCheckpoint(options.state, plan, mapping);
  const summarizer = createSummarizer(plan);
  if (before.summary !== null) summarizer.absorb(before.summary);
  const quarantine =
    options.quarantine === undefined ? undefined : openQuarantine(options.quarantine, before.quarantineBytes);
  return new ReadingJob(
    plan,
    mapping,
    options,
    summarizer,
    new Map(before.files.map((file) => [file.file, file])),
    quarantine,
  );
}

class ReadingJob implements FilesJob {
  readonly #plan: Plan;
  readonly #mapping: FieldMapping;
  readonly #options: SummarizeFilesOptions;
  readonly #summarizer: Summarizer;
  readonly #files: Map<string, FileProgress>;
  readonly #quarantine: Quarantine | undefined;
  #accelerator: LineAccelerator | undefined;
  #pool: WorkerPool | undefined;
  #saved = Date.now();

  constructor(
    plan: Plan,
    mapping: FieldMapping,
    options: SummarizeFilesOptions,
    summarizer: Summarizer,
    files: Map<string, FileProgress>,
    quarantine: Quarantine | undefined,
  ) {
    this.#plan = plan;
    this.#mapping = mapping;
    this.#options = options;
    this.#summarizer = summarizer;
    this.#files = files;
    this.#quarantine = quarantine;
  }

  summary(): Summary {
    return this.#summarizer.summary();
  }

  async read(file: string): Promise<void> {
    const source = await openFile(file, this.#options);
    const ranged = source.plainFile && (source.head.length === 0 || formatOf(source.head, file) === "ndjson");
    let progress = this.#files.get(file);
    if (progress === undefined) {
      const head = source.size !== null && source.plainFile ? await fingerprint(file) : null;
      progress = { file, head, bytes: ranged ? 0 : null, batches: 0, lines: 0, rows: 0, absent: null, complete: false };
    } else await requireSameFile(progress, source.size);
    if (ranged) {
      source.close();
      await this.#readRanges(progress, source);
    } else if (!progress.complete) await this.#readStream(progress, source);
    else {
      source.close();
      if (source.size !== null && progress.bytes !== null && source.size > progress.bytes) throw grown(file);
    }
  }

  async save(): Promise<void> {
    const { state } = this.#options;
    const quarantineBytes = this.#quarantine?.settle() ?? 0;
    if (state !== undefined)
      await saveCheckpoint(state, this.#plan, this.#mapping, {
        files: [...this.#files.values()],
        quarantineBytes,
        summary: this.summary(),
      });
    this.#saved = Date.now();
  }

  async close(): Promise<void> {
    this.#quarantine?.close();
    await this.#pool?.close();
  }

  async #readStream(progress: FileProgress, source: OpenFile): Promise<void> {
    let now = progress;
    let batches = 0;
    const rejected: RejectedRow[] = [];
    const onRejected = this.#quarantine === undefined ? undefined : (row: RejectedRow): void => void rejected.push(row);
    for await (const batch of readFile(
      source,
      this.#mapping,
      { ...this.#options, reuse: true, accelerator: this.#accelerate(), onRejected },
      progress.file,
    )) {
      const seen = batches++ < progress.batches;
      if (!seen) {
        this.#summarizer.addBatch(batch);
        this.#quarantine?.add(rejected);
        now = { ...now, batches, rows: now.rows + batch.quality.rows };
        await this.#passed(now);
      }
      rejected.length = 0;
    }
    await this.#passed({ ...now, bytes: source.size, complete: true });
  }

  /** Reads a file part by part, here or in workers; the parts count in their order. */
  async #readRanges(progress: FileProgress, source: OpenFile): Promise<void> {
    const { file } = progress;
    const size = this.#options.following === true ? await completeSize(file) : (source.size as number);
    const from = progress.bytes ?? 0;
    if (progress.complete && size > from && from > 0 && (await completeSize(file, from)) !== from) throw grown(file);
    const mapping = settleByHead(this.#mapping, source.head);
    let now: FileProgress = { ...progress, complete: false };
    if (this.#jobs() === 1 || size - from < 2 * partBytes.least)
      now = await this.#readHere({ file, from, to: size }, mapping, now);
    else now = await this.#readTogether({ file, from, to: size }, mapping, now);
    const keys = keysOfHead(source.head);
    const [absent] = now.absent ?? [];
    if (absent !== undefined && keys.length > 0) throw unknownColumn(absent, compileMapping(mapping), keys);
    await this.#passed({ ...now, complete: true });
    // Not for a file that was complete before: a caller that ends the job at each report would never get past it.
    if (!progress.complete || size > from) this.#options.onProgress?.({ file, bytes: size, size, rows: now.rows });
  }

  /** Reads lines in this thread. Between two of them is where it may stop. */
  async #readHere(range: FileRange, mapping: FieldMapping, before: FileProgress): Promise<FileProgress> {
    const { onProgress, signal } = this.#options;
    const rejected: RejectedRow[] = [];
    const accelerator = this.#accelerate();
    const lines = new NdjsonLines(mapping, range.file, {
      reuse: true,
      accelerator,
      onRejected: this.#quarantine === undefined ? undefined : (row) => rejected.push(row),
    });
    lines.line = before.lines;
    let now = before;
    const take = (batches: Iterable<RecordBatch>): void => {
      for (const batch of batches) {
        this.#summarizer.addBatch(batch);
        now = { ...now, rows: now.rows + batch.quality.rows };
      }
      this.#quarantine?.add(rejected.splice(0));
    };
    for await (const { bytes, position } of linesIn(range, accelerator?.blocks)) {
      take(lines.add(bytes));
      onProgress?.({ file: range.file, bytes: position, size: range.to, rows: now.rows });
      if (!this.#due() && signal?.aborted !== true) continue;
      take([lines.rest()]);
      now = {
        ...now,
        bytes: position - lines.pendingBytes,
        lines: lines.line,
        absent: stillAbsent(before.absent, lines.absent),
      };
      await this.#passed(now);
    }
    take(lines.finish());
    take([lines.rest()]);
    return { ...now, bytes: range.to, lines: lines.line, absent: stillAbsent(before.absent, lines.absent) };
  }

  /** Reads parts, here and in workers at once. */
  async #readTogether(range: FileRange, mapping: FieldMapping, before: FileProgress): Promise<FileProgress> {
    const source = { file: range.file, mapping, plan: this.#plan, rejected: this.#quarantine !== undefined };
    this.#pool ??= startWorkers(this.#jobs() - 1);
    const hands = [new PartReader(source, this.#accelerate()), ...this.#pool.open(source)];
    const parts = splitRange(range, this.#jobs());
    let now = before;
    for (let first = 0; first < parts.length;) {
      try {
        const reads = await this.#readRound(hands, parts, first, now);
        now = await this.#gather(hands, parts, first, reads, now);
        first += reads.length;
      } catch (cause) {
        if (!(cause instanceof RecordsError)) throw cause;
        // Read here from the last known place, it says the same as with one job.
        return this.#readHere({ ...range, from: now.bytes as number }, mapping, now);
      }
      await this.#passed(now);
    }
    return now;
  }

  /**
   * Reads parts from the first on, one at least, until it is time to gather what they came to; no part before the last
   * is left out.
   */
  async #readRound(
    hands: readonly Hand[],
    parts: readonly FileRange[],
    first: number,
    { file, rows }: FileProgress,
  ): Promise<PartRead[]> {
    const { onProgress, signal } = this.#options;
    const size = (parts.at(-1) as FileRange).to;
    const reads: PartRead[] = [];
    let next = first;
    let bytes = (parts[first] as FileRange).from;
    let rejected = 0;
    let ended = false;
    const work = async (hand: Hand): Promise<void> => {
      while (next < parts.length && !ended) {
        const part = next++;
        const range = parts[part] as FileRange;
        const read = await hand.read(part, range);
        reads[part - first] = read;
        rows += read.rows;
        bytes += range.to - range.from;
        rejected += read.rejected.length;
        onProgress?.({ file, bytes, size, rows });
        ended ||= this.#due() || signal?.aborted === true || rejected > mostRejected;
      }
    };
    const results = await Promise.allSettled(
      hands.flatMap((hand) =>
        Array.from({ length: hand.ahead }, () => work(hand).finally(() => (ended ||= next < parts.length))),
      ),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return reads;
  }

  /** Adds what parts came to, with their lines counted from the beginning of the file. */
  async #gather(
    hands: readonly Hand[],
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
    for (const gathered of await Promise.all(hands.map((hand) => hand.gather()))) {
      this.#summarizer.absorb(withLines(gathered.summary, lineOf));
      if (gathered.absent !== null) absent = stillAbsent(absent, gathered.absent);
    }
    this.#quarantine?.add(reads.flatMap(({ rejected }) => rejected.map((row) => ({ ...row, line: lineOf(row.line) }))));
    return { ...before, bytes: (parts[first + reads.length - 1] as FileRange).to, lines, rows, absent };
  }

  /** Whether it is time to write the state. */
  #due(): boolean {
    return this.#options.state !== undefined && Date.now() - this.#saved >= (this.#options.checkpointMs ?? 1000);
  }

  /** For one reader at a time. */
  #accelerate(): LineAccelerator | undefined {
    return (this.#accelerator ??= lineAccelerator());
  }

  #jobs(): number {
    return this.#options.jobs ?? 1;
  }

  /** Notes how far a file is read; writes the state when it is time, and at once when the job shall end. */
  async #passed(progress: FileProgress): Promise<void> {
    this.#files.set(progress.file, progress);
    const interrupted = this.#options.signal?.aborted === true;
    if (interrupted || this.#due()) await this.save();
    if (!interrupted) return;
    throw new InterruptedError("Cannot finish the job: it was interrupted", {
      code: "interrupted",
      fix:
        this.#options.state === undefined
          ? "Give --state FILE next time, so that it can go on where it stopped"
          : "Run the same command again to go on",
    });
  }
}

/** Keys that neither what came before nor what came now had. */
function stillAbsent(before: readonly string[] | null, now: readonly string[]): readonly string[] {
  return before === null ? now : before.filter((column) => now.includes(column));
}

function splitRange({ file, from, to }: FileRange, jobs: number): FileRange[] {
  const length = Math.max(partBytes.least, Math.min(partBytes.most, Math.ceil((to - from) / (4 * jobs))));
  const ranges: FileRange[] = [];
  for (let start = from; start < to; start += length)
    ranges.push({ file, from: start, to: Math.min(to, start + length) });
  return ranges;
}

function grown(file: string): RecordsError {
  return new RecordsError(
    "Cannot go on with the job: the file must be as it was, or end with a whole line before new ones, current " +
      `value is ${JSON.stringify(file)}, which has grown otherwise`,
    {
      code: "file-changed",
      field: "file",
      value: file,
      fix: "Begin anew with another state file",
    },
  );
}
