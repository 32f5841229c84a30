import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
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
 * Prepares a quarantine file. It is opened at the first row or when it is settled, so that a job whose sources can't be
 * read leaves the file of an earlier run as it is.
 *
 * @param keep - bytes of an earlier run that stay; what follows them was written after its last checkpoint and will
 * come again.
 * @throws {RecordsError} from `add` and `settle` when it can't be written, or no longer has the bytes that should stay.
 */
export function openQuarantine(path: string, keep: number): Quarantine {
  let file: number | undefined;
  let written = keep;
  const attempt = <Result>(action: (file: number) => Result): Result => {
    try {
      return action((file ??= openFrom(path, keep)));
    } catch (cause) {
      if (cause instanceof RecordsError) throw cause;
      const { code = String(cause) } = cause as { code?: string };
      throw refuse(
        path,
        "a writable file",
        ` (${code})`,
        "Check the folder, its permissions and the free space",
        cause,
      );
    }
  };
  return {
    add: (rows) => {
      for (const { code, source, line, field, value, row } of rows) {
        const bytes = new TextEncoder().encode(
          `${JSON.stringify({ reason: code, source, line, field, value, row })}\n`,
        );
        // A disk that is almost full takes a part of a row; the next attempt for the rest says that it is full.
        for (let at = 0; at < bytes.length;) {
          const taken = attempt((opened) => writeSync(opened, bytes, at, bytes.length - at, written));
          if (taken === 0) throw refuse(path, "a file that takes more bytes", "", "Check the free space");
          at += taken;
          written += taken;
        }
      }
    },
    settle: () => {
      attempt((opened) => fsyncSync(opened));
      return written;
    },
    close: () => {
      if (file !== undefined) closeSync(file);
    },
  };
}

function openFrom(path: string, keep: number): number {
  const file = openSync(path, keep > 0 ? "r+" : "w");
  const { size } = fstatSync(file);
  if (size < keep) {
    closeSync(file);
    throw refuse(
      path,
      `the file that the job with this state has written ${keep} bytes to`,
      `, which has ${size} bytes`,
      "Restore it, or begin anew with another state file",
    );
  }
  ftruncateSync(file, keep);
  return file;
}

function refuse(path: string, requirement: string, detail: string, fix: string, cause?: unknown): RecordsError {
  const error = new RecordsError(
    `Cannot write the rejected rows: quarantine must be ${requirement}, current value is ` +
      `${JSON.stringify(path)}${detail}`,
    { code: "not-writable", field: "quarantine", value: path, fix },
  );
  return cause === undefined ? error : Object.assign(error, { cause });
}
