import type { ReadProgress } from "../node/index.ts";
import type { Output } from "./world.ts";

/** Progress of reading, for a person: a line that is redrawn on a terminal, one line a file elsewhere. */
export interface ProgressLine {
  update(progress: ReadProgress): void;
  done(file: string): void;
}

const barWidth = 24;

export function progressLine(output: Output, quiet: boolean): ProgressLine {
  let last: ReadProgress | undefined;
  let drawn = -1;
  return {
    update: (progress) => {
      last = progress;
      const filled = Math.round((barWidth * progress.bytes) / Math.max(1, progress.size));
      if (quiet || !output.isTTY || filled === drawn) return;
      drawn = filled;
      output.write(`\r[${"#".repeat(filled)}${" ".repeat(barWidth - filled)}] ${progress.rows.toLocaleString("en")} rows`);
    },
    done: (file) => {
      if (quiet) return;
      if (output.isTTY) output.write("\r\x1b[K");
      output.write(`read ${(last?.rows ?? 0).toLocaleString("en")} rows of ${file}\n`);
      last = undefined;
      drawn = -1;
    },
  };
}
