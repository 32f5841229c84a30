import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import type { Journal } from "./mutation.ts";

/**
 * Keeps the emulator's state in a file of JSON lines. A last line that a crash cut off is removed, so that the next one starts on a line of its own.
 *
 * @param path the file; created with the first change
 */
export function fileJournal(path: string): Journal {
  return {
    read: () => {
      if (!existsSync(path)) return [];
      const bytes = readFileSync(path);
      const whole = bytes.lastIndexOf(10) + 1;
      if (whole < bytes.length) truncateSync(path, whole);
      return bytes.subarray(0, whole).toString("utf8").split("\n").filter((line) => line !== "");
    },
    append: (line) => appendFileSync(path, `${line}\n`),
  };
}
