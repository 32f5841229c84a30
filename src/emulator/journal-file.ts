import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import type { Journal } from "./mutation.ts";

/**
 * Keeps lines in a file, each written through to the disk before `append` returns. A last line that a crash cut off is
 * removed when the file is read, so that the next one starts on a line of its own.
 *
 * @param path - the file; created with the first line
 */
export function fileJournal(path: string): Journal {
  return {
    read: () => {
      if (!existsSync(path)) return [];
      const bytes = readFileSync(path);
      const whole = bytes.lastIndexOf(10) + 1;
      if (whole < bytes.length) truncateSync(path, whole);
      return bytes
        .subarray(0, whole)
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== "");
    },
    append: (line) => {
      const file = openSync(path, "a");
      try {
        writeSync(file, `${line}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
  };
}
