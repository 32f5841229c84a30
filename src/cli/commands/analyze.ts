import { type Command, Option } from "commander";
import { analyze, decide, planFor } from "../../index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { addDatabaseOptions, type DatabaseCliOptions, namesDatabase, summarizeDatabase } from "../database.ts";
import { emitDecision, type Format, formats } from "../emit.ts";
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
import { projectOf } from "../project-file.ts";
import { summarizeFiles } from "../read-summary.ts";

type AnalyzeOptions = PolicyOptions & ReadOptions & DatabaseCliOptions & OutputOptions & { readonly format: Format };

/** `assay analyze FILES…`, or `assay analyze --postgres URL --table T`: from records to a decision. */
export function addAnalyze(program: Command, context: CliContext, exit: (code: number) => void): void {
  const command = program
    .command("analyze")
    .description(
      "decide from files of records (NDJSON, JSON, CSV, JMeter, OTLP traces, Parquet or Arrow), or from a " +
        "table in a database",
    )
    .argument("[files...]", "files, patterns such as 'logs/*.ndjson', https addresses, or - for the standard input");
  addDatabaseOptions(addReadOptions(addPolicyOptions(command)))
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (named: string[], options: AnalyzeOptions) => {
      const database = namesDatabase(options);
      const project = database ? undefined : await projectOf(options, context);
      const files = named.length === 0 && project !== undefined ? project.files : named;
      const policy = project?.policy ?? (await policyOf(options));
      if (database === files.length > 0)
        throw new UsageError(
          database
            ? "Cannot read the options: give either files or a database"
            : "Cannot read the options: give files of records, or a database by --duckdb, --clickhouse or " +
                "--postgres; " +
                "or run: assay init LOG",
        );
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, options));
      const summarize = database ? summarizeDatabase : summarizeFiles;
      const mapping = mappingOf(options, policy, project?.mapping);
      const summary = await summarize(files, planFor(policy), mapping, options, context);
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
