import type { Command } from "commander";
import { policyFromExperiment, summarizeResults } from "../../api/index.ts";
import { encodeSummary, planFor } from "../../index.ts";
import { addApiOptions, type ApiOptions, clientOf } from "../api-options.ts";
import type { CliContext } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { inputsOf, type OutputOptions, outputsOf, policyOf } from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { pullWithState } from "../pull-state.ts";

type PullOptions = ApiOptions & OutputOptions & { readonly state?: string; readonly policy?: string };

/** `assay pull ID`: from an experiment's results to a summary. */
export function addPull(program: Command, context: CliContext, exit: (code: number) => void): void {
  addApiOptions(
    program
      .command("pull")
      .description("turn an experiment's results, read from the gateway, into a summary")
      .argument("<experiment>", "its identifier"),
  )
    .option("--state <file>", "keep the hours read here, and read only new ones the next time")
    .option("--policy <file>", "policy as JSON; without it: the experiment's own configuration")
    .option("--output <file>", "write the summary there instead of to the standard output")
    .action(async (id: string, options: PullOptions) => {
      await requireSeparateOutputs(outputsOf(options), await inputsOf([], options));
      const client = await clientOf(options, context);
      const { pulled, newHours } = await pullWithState(client, id, options.state);
      const policy =
        options.policy === undefined
          ? policyFromExperiment({ ...pulled.experiment, allocation_history: pulled.allocationHistory })
          : await policyOf({ policy: options.policy });
      const { summary, notes } = summarizeResults(pulled, planFor(policy));
      if (options.quiet !== true) {
        context.stderr.write(
          `pulled ${newHours} new of ${pulled.hours.length} closed hours of ${id}, as of ` +
            `${pulled.asOf ?? "an unknown time"}\n`,
        );
        for (const { message } of notes) context.stderr.write(`note: ${message}\n`);
      }
      await emit(`${encodeSummary(summary)}\n`, options.output, context);
      exit(0);
    });
}
