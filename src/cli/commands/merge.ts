import type { Command } from "commander";
import { decodeSummary, encodeSummary, mergeSummaries } from "../../index.ts";
import type { CliContext } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { inputsOf, type OutputOptions, outputsOf, textOf } from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";

/** `assay merge SUMMARIES…`: several summaries into one. */
export function addMerge(program: Command, context: CliContext, exit: (code: number) => void): void {
  program
    .command("merge")
    .description("merge summaries of the same plan")
    .argument("<summaries...>")
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (files: string[], options: OutputOptions) => {
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, {}));
      const texts = await Promise.all(files.map((file) => textOf(file, "summary")));
      await emit(`${encodeSummary(mergeSummaries(texts.map(decodeSummary)))}\n`, options.output, context);
      exit(0);
    });
}
