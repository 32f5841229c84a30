import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { type AuditEntry, AuditEntrySchema, type AuditLog } from "../api/index.ts";
import { AssayError } from "../index.ts";
import { notWritable } from "../node/atomic-write.ts";
import { lockFile } from "./lock-file.ts";

/**
 * An audit log in a file of JSON lines, each written through to the disk before the action it announces. One enactment
 * at a time holds `PATH.lock`.
 *
 * @param path - the file; created with the first line
 * @param say - told when the lock of a process that is gone is taken over
 */
export function fileAuditLog(path: string, say: (message: string) => void = () => undefined): AuditLog {
  return {
    read: async () => wholeLines(path).map((line, index) => entryIn(line, index, path)),
    append: async (entry) => append(path, `${JSON.stringify(entry)}\n`),
    lock: async () => lockFile(`${path}.lock`, say),
  };
}

/**
 * The lines of the file. A last line that a crash cut off was never acted upon; it is removed, so that the next one
 * starts on a line of its own.
 */
function wholeLines(path: string): string[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(10) + 1;
  const rest = bytes.subarray(whole).toString("utf8");
  const lines = bytes
    .subarray(0, whole)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  if (rest === "") return lines;
  if (isWhole(rest) || isWhole(rest.slice(0, -1)))
    throw corrupt(lines.length, path, "followed by a line break, and is not");
  truncateSync(path, whole);
  return lines;
}

function isWhole(line: string): boolean {
  return AuditEntrySchema.safeParse(parsed(line)).success;
}

function entryIn(line: string, index: number, path: string): AuditEntry {
  const entry = AuditEntrySchema.safeParse(parsed(line));
  if (entry.success) return entry.data;
  throw corrupt(index, path, "an entry of assay enact, and isn't");
}

/**
 * Writes a line, whole, through to the disk.
 *
 * @throws {RecordsError} code `not-writable`; a part of the line may be left, which the next reading removes.
 */
function append(path: string, line: string): void {
  try {
    appendWhole(path, line);
  } catch (cause) {
    throw notWritable(path, "audit log", cause);
  }
}

function appendWhole(path: string, line: string): void {
  const file = openSync(path, "a", 0o600);
  try {
    const bytes = Buffer.from(line);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function corrupt(index: number, path: string, what: string): AssayError {
  return new AssayError(`Cannot read the audit log: line ${index + 1} of ${JSON.stringify(path)} must be ${what}`, {
    code: "audit-corrupt",
    field: `line ${index + 1}`,
    fix: "Restore the file; it says what was done already",
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
