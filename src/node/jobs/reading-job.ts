import { type FileHandle, open } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { RecordsError } from "../../errors.ts";
import {
  createSummarizer,
  type FieldMapping,
  type Plan,
  readNdjson,
  type RecordBatch,
  type Summarizer,
  type Summary,
} from "../../index.ts";
import type { RejectedRow } from "../../records/batch-builder.ts";
import type { LineAccelerator } from "../../records/json/line-accelerator.ts";
import { NdjsonLines } from "../../records/json/ndjson.ts";
import { compileMapping, unknownColumn } from "../../records/mapping/fields.ts";
import { settleSource } from "../../records/mapping/source-fields.ts";
import { formatOf } from "../read/format.ts";
import { keysOfHead, settleByHead } from "../read/head.ts";
import { type OpenFile, openFile } from "../read/open.ts";
import { openQuarantine, type Quarantine } from "../read/quarantine.ts";
import { type FileRange, linesIn } from "../read/range.ts";
import { readFile } from "../read/read-file.ts";
import { completeSize } from "../read/tail.ts";
import { unreadable } from "../read/unreadable.ts";
import { withoutStart } from "../read/without-start.ts";
import { lineAccelerator } from "../wasm/wasm-line-scanner.ts";
import { type Checkpoint, emptyCheckpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { fileHolds, markOfFile, MarkRecorder } from "./content-mark.ts";
import { FileLedger } from "./file-ledger.ts";
import type { FileProgress, LedgerEntry } from "./file-progress.ts";
import { HeldFiles } from "./held-files.ts";
import { InterruptedError } from "./interrupted-error.ts";
import { missingKeys, ParallelReader, partBytes } from "./parallel-reader.ts";
import type { SummarizeFilesOptions } from "./summarize-files-options.ts";

/** A job that files are read into; a file that has grown may be read again, and gives its new lines. */
export interface FilesJob {
  /** Reads one source; the same as {@link readAll} of it alone. */
  read(file: string): Promise<void>;
  /**
   * Reads what is new in these sources. With `following`, a file that was renamed, copied and cut, or compressed since
   * the last time is known again.
   */
  readAll(files: readonly string[]): Promise<void>;
  /** The summary of all that was read. */
  summary(): Summary;
  /** Writes the state file, if there is one. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins a job, or goes on with the one of the state file.
 *
 * @throws {RecordsError} when the state file can't be used.
 */
export async function openFilesJob(
  plan: Plan,
  mapping: FieldMapping,
  options: SummarizeFilesOptions = {},
): Promise<FilesJob> {
  const before =
    options.state === undefined
      ? emptyCheckpoint
      : await loadCheckpoint(options.state, plan, mapping, options.onWarning);
  return new ReadingJob(plan, mapping, options, before);
}

/** The state of a job: what was read of each source, and the summary of it all. */
class ReadingJob implements FilesJob {
  readonly #plan: Plan;
  readonly #mapping: FieldMapping;
  readonly #options: SummarizeFilesOptions;
  readonly #summarizer: Summarizer;
  readonly #quarantine: Quarantine | undefined;
  readonly #held = new HeldFiles();
  readonly #ledger: FileLedger;
  readonly #parallel: ParallelReader;
  #accelerator: LineAccelerator | undefined;
  /** The source that is being read, and its handle where its lines are read from any place. */
  #entry: LedgerEntry | undefined;
  #handle: FileHandle | undefined;
  /** Marks the text of the compressed file that is being read. */
  #recorder: MarkRecorder | undefined;
  #saved = Date.now();

  constructor(plan: Plan, mapping: FieldMapping, options: SummarizeFilesOptions, before: Checkpoint) {
    this.#plan = plan;
    this.#mapping = mapping;
    this.#options = options;
    this.#summarizer = createSummarizer(plan);
    if (before.summary !== null) this.#summarizer.absorb(before.summary);
    this.#quarantine =
      options.quarantine === undefined ? undefined : openQuarantine(options.quarantine, before.quarantineBytes);
    this.#ledger = new FileLedger(before.files, this.#following, options, this.#held);
    this.#parallel = new ParallelReader({
      plan,
      summarizer: this.#summarizer,
      quarantine: this.#quarantine,
      threads: this.#threads,
      accelerate: () => this.#accelerate(),
      shouldPause: () => this.#due() || options.signal?.aborted === true,
      onProgress: options.onProgress,
      passed: (progress) => this.#passed(progress),
      readHere: (range, columns, progress) => this.#readHere(range, columns, progress),
    });
  }

  summary(): Summary {
    return this.#summarizer.summary();
  }

  async read(file: string): Promise<void> {
    await this.readAll([file]);
  }

  async readAll(files: readonly string[]): Promise<void> {
    for (const entry of this.#held.entries) await this.#drain(entry);
    for await (const { file, entry } of this.#ledger.assign(files)) {
      this.#begin(entry);
      await this.#readSource(file, entry);
    }
  }

  async save(): Promise<void> {
    const { state } = this.#options;
    const quarantineBytes = this.#quarantine?.settle() ?? 0;
    if (state !== undefined)
      await saveCheckpoint(state, this.#plan, this.#mapping, {
        files: this.#ledger.progress,
        quarantineBytes,
        summary: this.summary(),
      });
    this.#saved = Date.now();
  }

  async close(): Promise<void> {
    this.#quarantine?.close();
    await this.#held.close();
    await this.#parallel.close();
  }

  #begin(entry: LedgerEntry): void {
    this.#entry = entry;
    this.#handle = undefined;
    this.#recorder = undefined;
  }

  /** Reads what was written to a file that is kept open, wherever its name leads now. */
  async #drain(entry: LedgerEntry): Promise<void> {
    const handle = this.#held.get(entry) as FileHandle;
    const { size, nlink } = await handle.stat();
    const { mark, file } = entry.progress;
    let now = entry;
    if (mark !== null && !(await fileHolds(handle, size, mark))) {
      // Cut and perhaps written again: what was read lives on in a copy, and this is new.
      now = this.#ledger.replace(entry);
      this.#held.pass(entry, now);
    }
    this.#begin(now);
    if (now !== entry || size > (mark?.bytes ?? 0)) await this.#readPlain(file, now, handle);
    // A deleted file was read to its end: nothing of it is missed.
    if (nlink === 0) now.progress = { ...now.progress, renamed: true };
  }

  async #readSource(file: string, entry: LedgerEntry): Promise<void> {
    if (entry.progress.disk === null && entry.progress.mark === null && !this.#regular(file))
      return this.#readOther(file, entry);
    const handle = await open(file).catch((cause: unknown) => Promise.reject(unreadable(file, cause)));
    let kept = false;
    try {
      const found = await handle.stat();
      if (!found.isFile()) {
        const source = await openFile(file, this.#options, handle);
        return await this.#readStream(entry.progress, source, source.bytes);
      }
      kept = await this.#readPlain(file, entry, handle);
    } finally {
      if (!kept) await handle.close();
    }
  }

  /** Whether a name may stand for a file on disk. */
  #regular(file: string): boolean {
    return file !== "-" && !/^https?:\/\//u.test(file);
  }

  /** Reads the standard input or an address. */
  async #readOther(file: string, entry: LedgerEntry): Promise<void> {
    if (entry.progress.complete) return;
    const source = await openFile(file, this.#options);
    await this.#readStream(entry.progress, source, source.bytes);
  }

  /** Reads what is new in a file on disk; says whether its handle is kept open. */
  async #readPlain(file: string, entry: LedgerEntry, handle: FileHandle): Promise<boolean> {
    const { dev, ino, size, mtimeMs: modifiedMs } = await handle.stat();
    const disk = { dev, ino, size, modifiedMs };
    const before: FileProgress = { ...entry.progress, file, disk };
    const unchanged = entry.progress.disk;
    const source = await openFile(file, this.#options, handle);
    const compressed = !source.plainFile;
    if (before.batches > 0 && !before.complete && before.compressed !== compressed) throw compressedSince(file);
    const { rows, logFormat } = this.#mapping;
    const byLines = source.head.length === 0 || formatOf(source.head, file, logFormat) === "ndjson";
    if (!compressed && rows === undefined && byLines) {
      source.close();
      this.#handle = handle;
      const end = await this.#readRanges(before, source.head, handle, size);
      entry.progress = { ...entry.progress, mark: await markOfFile(handle, end) };
      if (this.#following) await this.#held.hold(entry, handle);
      return this.#following;
    }
    if (before.complete || before.bytes !== null) {
      if (isDeepStrictEqual(unchanged, disk)) source.close();
      else await this.#readRest(entry, { ...before, compressed }, source);
      return false;
    }
    if (!compressed) {
      const mark = await markOfFile(handle, size);
      await this.#readStream({ ...before, compressed, mark }, source, source.bytes);
      return false;
    }
    const recorder = new MarkRecorder();
    this.#recorder = recorder;
    await this.#readStream({ ...before, compressed }, source, recorder.through(source.bytes));
    entry.progress = { ...entry.progress, mark: recorder.mark() };
    return false;
  }

  /** Reads the lines of a file beyond what was read before it was renamed, copied or compressed. */
  async #readRest(entry: LedgerEntry, before: FileProgress, source: OpenFile): Promise<void> {
    const { file } = before;
    const recorder = new MarkRecorder();
    const byLines = formatOf(source.head, file, this.#mapping.logFormat) === "ndjson";
    const rest = withoutStart(recorder.through(source.bytes), before.mark?.bytes ?? 0, (endsLine) => {
      if (!byLines || !endsLine) throw grown(file);
    });
    const rejected: RejectedRow[] = [];
    const onRejected = (row: RejectedRow): void => void rejected.push({ ...row, line: row.line + before.lines });
    let { rows } = before;
    for await (const batch of readNdjson(rest, settleSource(this.#mapping, file), file, { onRejected })) {
      this.#summarizer.addBatch(batch);
      rows += batch.quality.rows;
    }
    this.#quarantine?.add(rejected);
    const mark = recorder.mark();
    entry.progress = { ...before, rows, mark, bytes: before.bytes === null ? null : mark.bytes, complete: true };
  }

  async #readStream(before: FileProgress, source: OpenFile, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    let now = before;
    let batches = 0;
    const rejected: RejectedRow[] = [];
    const onRejected = this.#quarantine === undefined ? undefined : (row: RejectedRow): void => void rejected.push(row);
    for await (const batch of readFile(
      { ...source, bytes },
      this.#mapping,
      { ...this.#options, reuse: true, accelerator: this.#accelerate(), onRejected },
      before.file,
    )) {
      const seen = batches++ < before.batches;
      if (!seen) {
        this.#summarizer.addBatch(batch);
        this.#quarantine?.add(rejected);
        now = { ...now, batches, rows: now.rows + batch.quality.rows };
        await this.#passed(now);
      }
      rejected.length = 0;
    }
    await this.#passed({ ...now, complete: true });
  }

  /** Reads new lines of a file, in this thread or in several; returns the place up to which it is read. */
  async #readRanges(before: FileProgress, head: Uint8Array, handle: FileHandle, size: number): Promise<number> {
    const { file } = before;
    const to = this.#following ? await completeSize(handle, size) : size;
    const from = before.bytes ?? (before.complete ? (before.mark?.bytes ?? 0) : 0);
    if (before.complete && to > from && from > 0 && (await completeSize(handle, from)) !== from) throw grown(file);
    const mapping = settleByHead(settleSource(this.#mapping, file), head);
    let now: FileProgress = { ...before, bytes: from, complete: false };
    const { dev, ino } = await handle.stat();
    const range = { file, from, to, disk: { dev, ino } };
    if (to <= from) now = { ...now, absent: before.absent };
    else if (this.#threads === 1 || to - from < 2 * partBytes.least)
      now = await this.#readHere(range, mapping, now, handle);
    else now = await this.#parallel.read(range, mapping, now);
    const keys = keysOfHead(head);
    const [absent] = now.absent ?? [];
    if (absent !== undefined && keys.length > 0) throw unknownColumn(absent, compileMapping(mapping), keys);
    await this.#passed({ ...now, complete: true });
    // Not for a file that was complete before: a caller that ends the job at each report would never get past it.
    if (!before.complete || to > from) this.#options.onProgress?.({ file, bytes: to, size: to, rows: now.rows });
    return to;
  }

  /** Reads lines in this thread. It may stop between two of them. */
  async #readHere(
    range: FileRange,
    mapping: FieldMapping,
    before: FileProgress,
    handle?: FileHandle,
  ): Promise<FileProgress> {
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
    for await (const { bytes, position } of linesIn(range, accelerator?.blocks, true, handle)) {
      take(lines.add(bytes));
      onProgress?.({ file: range.file, bytes: position, size: range.to, rows: now.rows });
      if (!this.#due() && signal?.aborted !== true) continue;
      take([lines.rest()]);
      now = {
        ...now,
        bytes: position - lines.pendingBytes,
        lines: lines.line,
        absent: missingKeys(before.absent, lines.absent),
      };
      await this.#passed(now);
    }
    take(lines.finish());
    take([lines.rest()]);
    return { ...now, bytes: range.to, lines: lines.line, absent: missingKeys(before.absent, lines.absent) };
  }

  get #following(): boolean {
    return this.#options.following === true;
  }

  get #threads(): number {
    return this.#options.jobs ?? 1;
  }

  /** Whether it is time to write the state. */
  #due(): boolean {
    return this.#options.state !== undefined && Date.now() - this.#saved >= (this.#options.checkpointMs ?? 1000);
  }

  /** For one reader at a time. */
  #accelerate(): LineAccelerator | undefined {
    return (this.#accelerator ??= lineAccelerator());
  }

  /** Notes how far a file is read; writes the state when it is time, and at once when the job is to end. */
  async #passed(progress: FileProgress): Promise<void> {
    const entry = this.#entry as LedgerEntry;
    entry.progress = progress;
    const interrupted = this.#options.signal?.aborted === true;
    if (!interrupted && !this.#due()) return;
    if (this.#recorder !== undefined) entry.progress = { ...progress, mark: this.#recorder.mark() };
    if (this.#handle !== undefined && progress.bytes !== null)
      entry.progress = { ...progress, mark: await markOfFile(this.#handle, progress.bytes) };
    await this.save();
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

function grown(file: string): RecordsError {
  return new RecordsError(
    "Cannot go on with the job: the file must be as it was, or end with a whole line before new ones, current " +
      `value is ${JSON.stringify(file)}, which has grown otherwise`,
    { code: "file-changed", field: "file", value: file, fix: "Begin anew with another state file" },
  );
}

function compressedSince(file: string): RecordsError {
  return new RecordsError(
    "Cannot go on with the job: a file that was read in part must be compressed as it was then, current value is " +
      `${JSON.stringify(file)}, which was compressed or decompressed since`,
    { code: "file-changed", field: "file", value: file, fix: "Restore it, or begin anew with another state file" },
  );
}
