import { type Command, Option } from "commander";
import { analyze, decide } from "../../index.ts";
import type { CliContext } from "../cli-context.ts";
import { emitDecision, type Format, formats } from "../emit.ts";
import { addPolicyOptions, inputsOf, type OutputOptions, outputsOf, policyOf, type PolicyOptions } from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { readSummaries } from "../read-summaries.ts";

/** `assay decide SUMMARIES…`: from summaries to a decision. */
export function addDecide(program: Command, context: CliContext, exit: (code: number) => void): void {
  addPolicyOptions(program.command("decide").description("decide from summaries").argument("<summaries...>"))
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (files: string[], options: PolicyOptions & OutputOptions & { readonly format: Format }) => {
      const policy = await policyOf(options);
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, options));
      const summary = await readSummaries(files, context);
      exit(
        await emitDecision(
          decide(analyze(summary, policy), policy),
          policy,
          options.format,
          options.output,
          context,
          summary,
        ),
      );
    });
}
