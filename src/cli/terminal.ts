import process from "node:process";
import type { TextOptions } from "../report/index.ts";
import type { CliContext, Output } from "./cli-context.ts";

/**
 * How a report is set on this output: as wide as the terminal up to 120 columns, 80 elsewhere; in colours on a terminal
 * that wants them.
 */
export function textOptions(output: Output, context: CliContext): Required<TextOptions> {
  return {
    width: output.isTTY ? Math.min(120, output.columns) : 80,
    colours: wantsColours(output, context.env ?? process.env),
  };
}

/** Colours only on a terminal, and not where NO_COLOR is set (https://no-color.org) or the terminal is dumb. */
function wantsColours(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return output.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** A block of text that is drawn again and again at the same place. */
export interface LiveBlock {
  draw(text: string): void;
}

/**
 * Draws over what it drew before, line by line and in one write, so that nothing flickers: each line is overwritten and
 * only then cleared to its end. Where the output is not a terminal, every text is just written.
 */
export function liveBlock(output: Output): LiveBlock {
  let lines = 0;
  return {
    draw: (text) => {
      if (!output.isTTY) return output.write(text);
      const up = lines > 0 ? `\u001b[${lines}A\r` : "";
      output.write(`\u001b[?2026h${up}${text.replaceAll("\n", "\u001b[K\n")}\u001b[J\u001b[?2026l`);
      lines = text.split("\n").length - 1;
    },
  };
}
