import { stat } from "node:fs/promises";
import { RecordsError } from "../../errors.ts";
import type { OpenOptions } from "../read/open.ts";
import { beginsWith, compareText, fileHolds, textHead } from "./content-mark.ts";
import { type FileProgress, type LedgerEntry, nothingRead } from "./file-progress.ts";
import type { HeldFiles } from "./held-files.ts";

/** What is to be read of one source. */
export interface Assignment {
  readonly file: string;
  readonly entry: LedgerEntry;
}

interface Named {
  readonly file: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * Knows each source again whatever its name is now: renamed, copied and cut, or compressed. So each line is counted
 * once, or an error says why that can't be promised.
 */
export class FileLedger {
  readonly #entries: LedgerEntry[];
  readonly #following: boolean;
  readonly #options: OpenOptions;
  readonly #held: HeldFiles;
  /** Sizes of files that were not read at an earlier look, since they were copies or incomplete. */
  #waiting = new Map<string, number>();

  constructor(progress: readonly FileProgress[], following: boolean, options: OpenOptions, held: HeldFiles) {
    this.#entries = progress.map((one) => ({ progress: one }));
    this.#following = following;
    this.#options = options;
    this.#held = held;
  }

  /** How far each source has been read. */
  get progress(): readonly FileProgress[] {
    return this.#entries.map((entry) => entry.progress);
  }

  /**
   * What is to be read of these sources, in their order. Each must be read before the next is asked for: the next may
   * hold the same records.
   *
   * @throws {RecordsError} when two names stand for the same records, or when records may have been lost.
   */
  async *assign(files: readonly string[]): AsyncGenerator<Assignment> {
    const claimed = new Map<LedgerEntry, string>();
    const found = new Map<string, LedgerEntry>();
    const others = new Map<string, Named>();
    const inodes = new Map<string, string>();
    for (const file of files) {
      const named = await this.#named(file);
      if (named === undefined) continue;
      if (named === "no-file") {
        const entry = this.#entries.find(({ progress }) => progress.file === file) ?? this.#add(file);
        found.set(file, entry);
        claimed.set(entry, file);
        continue;
      }
      const inode = `${named.dev}:${named.ino}`;
      const twin = inodes.get(inode);
      if (twin !== undefined) throw sameRecords(twin, file);
      inodes.set(inode, file);
      const entry = await this.#entryOf(named);
      if (entry === undefined) others.set(file, named);
      else {
        found.set(file, entry);
        claimed.set(entry, file);
      }
    }
    const waiting = new Map<string, number>();
    await this.#requireNothingLost(new Set(files), claimed, [...others.keys()]);
    for (const file of files) {
      const named = others.get(file);
      const entry = named === undefined ? found.get(file) : await this.#continued(named, claimed, waiting);
      if (entry === undefined) continue;
      claimed.set(entry, file);
      if (entry.progress.file !== file) entry.progress = { ...entry.progress, file, renamed: true };
      yield { file, entry };
    }
    this.#waiting = waiting;
  }

  /** Begins a new source where one was cut: what was read of the old one has moved, or is gone. */
  replace(entry: LedgerEntry): LedgerEntry {
    entry.progress = { ...entry.progress, disk: null };
    return this.#add(entry.progress.file);
  }

  /** Where a name leads; "no-file" for what is not on a disk, `undefined` for a file that is away between two looks. */
  async #named(file: string): Promise<Named | "no-file" | undefined> {
    if (file === "-" || /^https?:\/\//u.test(file)) return "no-file";
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) return this.#following && this.#knows(file) ? undefined : "no-file";
    if (!found.isFile()) return "no-file";
    return { file, dev: found.dev, ino: found.ino, size: found.size, modifiedMs: found.mtimeMs };
  }

  #knows(file: string): boolean {
    return this.#entries.some(({ progress }) => progress.file === file && progress.disk !== null);
  }

  /**
   * The entry of a file that lies where it lay, and still begins with what was read of it. The place alone proves
   * nothing: the system gives the inode of a deleted file to a new one.
   */
  async #entryOf(named: Named): Promise<LedgerEntry | undefined> {
    const { file, dev, ino } = named;
    const entry = this.#entries.find(
      ({ progress: { disk, mark, file: name } }) =>
        (disk !== null && disk.dev === dev && disk.ino === ino) ||
        (disk === null && mark?.tail.bytes === 0 && name === file),
    );
    if (entry === undefined) return undefined;
    if (await this.#isSame(named, entry)) return entry;
    const { mark, rows } = entry.progress;
    if (rows === 0 && mark?.bytes === 0) this.#entries.splice(this.#entries.indexOf(entry), 1);
    // The name and place are used for other content now: what was read has moved, or is gone.
    else entry.progress = { ...entry.progress, disk: null };
    return undefined;
  }

  /** Whether the file at the place of an entry is the file that was read, by its content. */
  async #isSame({ file, size, modifiedMs }: Named, entry: LedgerEntry): Promise<boolean> {
    const { mark, compressed, disk } = entry.progress;
    // The content of a compressed file is compared when it has changed, together with that of all other sources.
    if (mark === null || compressed) return disk?.size === size && disk.modifiedMs === modifiedMs;
    // Every text begins with an empty one. While the file is kept open, no other can get its inode.
    if (mark.bytes === 0) return size === 0 || this.#held.has(entry);
    return this.#held.with(file, (f) => fileHolds(f, size, mark));
  }

  /**
   * The entry that a file continues under another name or compressed, or a new one; `undefined` when it has to wait.
   */
  async #continued(
    { file, size }: Named,
    claimed: ReadonlyMap<LedgerEntry, string>,
    waiting: Map<string, number>,
  ): Promise<LedgerEntry | undefined> {
    const wait = (error: RecordsError): undefined => {
      // A copy that is not cut yet, or not compressed to its end, is so for a moment.
      if (!this.#following || this.#waiting.get(file) === size) throw error;
      waiting.set(file, size);
    };
    const marked = this.#entries.filter(({ progress: { mark, rows } }) => mark !== null && mark.bytes > 0 && rows > 0);
    try {
      const head = marked.length === 0 && !this.#following ? new Uint8Array(0) : await textHead(file, this.#options);
      let shorter: LedgerEntry | undefined;
      for (const entry of marked) {
        const mark = entry.progress.mark as NonNullable<FileProgress["mark"]>;
        if (!beginsWith(head, mark)) continue;
        const comparison = await compareText(file, mark, this.#options);
        if (comparison === "shorter" && mark.bytes > mark.head.bytes) shorter = entry;
        if (comparison !== "holds") continue;
        const owner = claimed.get(entry);
        return owner === undefined ? entry : wait(sameRecords(owner, file));
      }
      if (shorter !== undefined) return wait(sameRecords(claimed.get(shorter) ?? shorter.progress.file, file));
      if (this.#following) await this.#requireWhole(file);
    } catch (error) {
      if (!(error instanceof RecordsError) || !/^file-(z|zstd)_/u.test(error.code)) throw error;
      return wait(error);
    }
    return this.#add(file);
  }

  /** Reads a compressed file to its end, so that one that is still being written is not counted in part. */
  async #requireWhole(file: string): Promise<void> {
    const nothing = { bytes: 0, head: { bytes: 0, sha256: "" }, tail: { bytes: 0, sha256: "" } };
    await compareText(file, nothing, this.#options);
  }

  #add(file: string): LedgerEntry {
    const entry = { progress: nothingRead(file) };
    this.#entries.push(entry);
    return entry;
  }

  /** @throws {RecordsError} when lines may have been written to a file after it was read last, and are gone. */
  async #requireNothingLost(
    names: ReadonlySet<string>,
    claimed: ReadonlyMap<LedgerEntry, string>,
    others: readonly string[],
  ): Promise<void> {
    for (const entry of this.#entries) {
      const { progress } = entry;
      if (claimed.has(entry) || this.#held.has(entry)) continue;
      if (progress.rows === 0 && (progress.mark?.bytes ?? 0) === 0) continue;
      // A rotated log may be deleted; without following, only a name that now stands for something else is a fault.
      if (this.#following ? progress.renamed || progress.compressed : !names.has(progress.file)) continue;
      if (await this.#livesOn(entry, others)) continue;
      throw new RecordsError(
        "Cannot go on with the job: the file must be the one that was read before, or longer, current value is " +
          `${JSON.stringify(progress.file)}, of which ${progress.rows} rows were read and which was replaced ` +
          "or cut; what was written to it after that may be lost",
        {
          code: "file-changed",
          field: "file",
          value: progress.file,
          fix: "Name the rotated file too, or begin anew with another state file",
        },
      );
    }
  }

  /** Whether what was read of an entry is found in one of these files; one that can't be read yet may hold it. */
  async #livesOn({ progress: { mark } }: LedgerEntry, files: readonly string[]): Promise<boolean> {
    for (const file of files)
      try {
        if (mark === null || !beginsWith(await textHead(file, this.#options), mark)) continue;
        if ((await compareText(file, mark, this.#options)) === "holds") return true;
      } catch (error) {
        if (!(error instanceof RecordsError)) throw error;
        if (this.#following) return true;
      }
    return false;
  }
}

function sameRecords(first: string, second: string): RecordsError {
  return new RecordsError(
    `Cannot read the records: each file must hold records of its own, current value is ${JSON.stringify(second)}, ` +
      `which holds those of ${JSON.stringify(first)}`,
    { code: "same-records", field: "file", value: second, fix: `Leave out ${JSON.stringify(second)}` },
  );
}
