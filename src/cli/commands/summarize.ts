import type { Command } from "commander";
import { encodeSummary, planFor } from "../../index.ts";
import type { CliContext } from "../cli-context.ts";
import { emit } from "../emit.ts";
import {
  addPolicyOptions,
  addReadOptions,
  inputsOf,
  mappingOf,
  type OutputOptions,
  outputsOf,
  policyOf,
  type PolicyOptions,
  type ReadOptions,
} from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { summarizeFiles } from "../read-summary.ts";

/** `assay summarize FILES…`: from files of records to a summary. */
export function addSummarize(program: Command, context: CliContext, exit: (code: number) => void): void {
  const command = program
    .command("summarize")
    .description("turn files of records into a summary that can be merged and decided on")
    .argument("<files...>", "as for analyze");
  addReadOptions(addPolicyOptions(command))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (files: string[], options: PolicyOptions & ReadOptions & OutputOptions) => {
      const policy = await policyOf(options);
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, options));
      const summary = await summarizeFiles(files, planFor(policy), mappingOf(options, policy), options, context);
      await emit(`${encodeSummary(summary)}\n`, options.output, context);
      exit(0);
    });
}
