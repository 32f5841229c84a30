import type { ReadProgress } from "../node/index.ts";
import { printableLines } from "../report/words/escape.ts";
import type { Output } from "./cli-context.ts";

/** Progress of reading, for a person: a line that is redrawn on a terminal, one line a file elsewhere. */
export interface ProgressLine {
  update(progress: ReadProgress): void;
  /** Says what was read of the last file. */
  done(): void;
  /** Takes the line away. */
  clear(): void;
}

const barWidth = 24;
const redrawMs = 100;

export function progressLine(output: Output, quiet: boolean, now: () => number = Date.now): ProgressLine {
  let last: ReadProgress | undefined;
  let begun = now();
  let drawnAt = -Infinity;
  let drawn = false;
  const clear = (): void => {
    if (drawn) output.write("\r\x1b[K");
    drawn = false;
  };
  const done = (): void => {
    clear();
    if (last !== undefined && !quiet)
      output.write(`read ${last.rows.toLocaleString("en")} rows of ${printableLines(last.file)}\n`);
    last = undefined;
    begun = now();
  };
  return {
    update: (progress) => {
      if (last !== undefined && last.file !== progress.file) done();
      last = progress;
      const at = now();
      if (quiet || !output.isTTY || at - drawnAt < redrawMs) return;
      drawnAt = at;
      drawn = true;
      output.write(`\r\x1b[K${line(progress, (at - begun) / 1000)}`.slice(0, output.columns + 3));
    },
    done,
    clear,
  };
}

function line({ bytes, size, rows }: ReadProgress, seconds: number): string {
  const speed = seconds > 0 ? `, ${Math.round(rows / seconds).toLocaleString("en")} rows/s` : "";
  const counts = `${megabytes(bytes)}, ${rows.toLocaleString("en")} rows${speed}`;
  if (size === null || size === 0) return counts;
  const share = Math.min(1, bytes / size);
  const filled = Math.round(barWidth * share);
  const left = share > 0.01 ? `, ${Math.ceil((seconds * (1 - share)) / share)} s left` : "";
  return (
    `[${"#".repeat(filled)}${" ".repeat(barWidth - filled)}] ${Math.floor(100 * share)} % of ${megabytes(size)}, ` +
    `${counts.slice(counts.indexOf(", ") + 2)}${left}`
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
