import type { Command } from "commander";
import { encodeSummary } from "../../index.ts";
import type { CliContext } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { inputsOf, type OutputOptions, outputsOf } from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { readSummaries } from "../read-summaries.ts";

/** `assay merge SUMMARIES…`: several summaries into one. */
export function addMerge(program: Command, context: CliContext, exit: (code: number) => void): void {
  program
    .command("merge")
    .description("merge summaries of the same plan")
    .argument("<summaries...>")
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (files: string[], options: OutputOptions) => {
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, {}));
      await emit(`${encodeSummary(await readSummaries(files, context))}\n`, options.output, context);
      exit(0);
    });
}
