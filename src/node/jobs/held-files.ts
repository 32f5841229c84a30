import { type FileHandle, open } from "node:fs/promises";
import { unreadable } from "../read/unreadable.ts";
import type { LedgerEntry } from "./file-progress.ts";

/** Files that are kept open between two looks at most, so that a process does not run out of descriptors. */
const mostHeld = 256;

/**
 * Files that stay open between two looks: what is written to one is read, though it is renamed or deleted meanwhile.
 */
export class HeldFiles {
  readonly #handles = new Map<LedgerEntry, FileHandle>();

  has(entry: LedgerEntry): boolean {
    return this.#handles.has(entry);
  }

  get entries(): readonly LedgerEntry[] {
    return [...this.#handles.keys()];
  }

  get(entry: LedgerEntry): FileHandle | undefined {
    return this.#handles.get(entry);
  }

  /** Keeps a file open; the one that was kept longest is closed when there are too many. */
  async hold(entry: LedgerEntry, handle: FileHandle): Promise<void> {
    const before = this.#handles.get(entry);
    if (before !== undefined && before !== handle) await before.close();
    this.#handles.delete(entry);
    this.#handles.set(entry, handle);
    const [oldest] = this.#handles.keys();
    if (this.#handles.size > mostHeld && oldest !== undefined) await this.release(oldest);
  }

  /** Passes an open file on from one entry to another. */
  pass(from: LedgerEntry, to: LedgerEntry): void {
    const handle = this.#handles.get(from);
    this.#handles.delete(from);
    if (handle !== undefined) this.#handles.set(to, handle);
  }

  async release(entry: LedgerEntry): Promise<void> {
    const handle = this.#handles.get(entry);
    this.#handles.delete(entry);
    await handle?.close();
  }

  async close(): Promise<void> {
    for (const entry of this.entries) await this.release(entry);
  }

  /** Opens a file for the time of an action. @throws {RecordsError} when it can't be opened. */
  async with<Result>(path: string, action: (file: FileHandle) => Promise<Result>): Promise<Result> {
    const handle = await open(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
    try {
      return await action(handle);
    } finally {
      await handle.close();
    }
  }
}
