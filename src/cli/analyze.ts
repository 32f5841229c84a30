import { type Command, Option } from "commander";
import { analyze, decide, planFor } from "../index.ts";
import { type Format, emitDecision, formats } from "./emit.ts";
import { type OutputOptions, type PolicyOptions, type ReadOptions, addPolicyOptions, addReadOptions, mappingOf, maxRejectedOf, policyOf } from "./options.ts";
import { summarizeFiles } from "./read-summary.ts";
import type { World } from "./world.ts";

type AnalyzeOptions = PolicyOptions & ReadOptions & OutputOptions & { readonly format: Format };

/** `assay analyze FILES…`: from files of records to a decision. */
export function addAnalyze(program: Command, world: World, exit: (code: number) => void): void {
  const command = program.command("analyze").description("decide from files of records (NDJSON or CSV, plain or gzip)").argument("<files...>");
  addReadOptions(addPolicyOptions(command))
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (files: string[], options: AnalyzeOptions) => {
      const policy = await policyOf(options);
      const summary = await summarizeFiles(files, planFor(policy), mappingOf(options, policy), maxRejectedOf(options), world, options.quiet ?? false);
      exit(await emitDecision(decide(analyze(summary, policy), policy), policy, options.format, options.output, world, summary));
    });
}
