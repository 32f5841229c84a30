import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { RecordsError } from "../../errors.ts";
import type { RejectedRow } from "../../records/batch-builder.ts";

/** The file that rejected rows are written to, one JSON object a line. */
export interface Quarantine {
  add(rows: readonly RejectedRow[]): void;
  /** Bytes written so far; all of them are on disk. */
  settle(): number;
  close(): void;
}

/**
 * Opens a quarantine file.
 *
 * @param keep - bytes of an earlier run that stay; what follows them was written after its last checkpoint and will
 * come again.
 * @throws {RecordsError} when it can't be written.
 */
export function openQuarantine(path: string, keep: number): Quarantine {
  const attempt = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (cause) {
      const { code = String(cause) } = cause as { code?: string };
      const error = new RecordsError(
        "Cannot write the rejected rows: quarantine must be a writable file, current value is " +
          `${JSON.stringify(path)} (${code})`,
        {
          code: "not-writable",
          field: "quarantine",
          value: path,
          fix: "Check the folder, its permissions and the free space",
        },
      );
      throw Object.assign(error, { cause });
    }
  };
  const file = attempt(() => openSync(path, keep > 0 ? "r+" : "w"));
  attempt(() => ftruncateSync(file, keep));
  let written = keep;
  return {
    add: (rows) => {
      for (const { code, source, line, field, value, row } of rows) {
        const bytes = new TextEncoder().encode(
          `${JSON.stringify({ reason: code, source, line, field, value, row })}\n`,
        );
        written += attempt(() => writeSync(file, bytes, 0, bytes.length, written));
      }
    },
    settle: () => {
      attempt(() => fsyncSync(file));
      return written;
    },
    close: () => closeSync(file),
  };
}
