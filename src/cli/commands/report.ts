import { type Command, Option } from "commander";
import { analyze, decide, type Decision, DecisionSchema } from "../../index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { emitDecision, type Format, formats } from "../emit.ts";
import {
  addPolicyOptions,
  inputsOf,
  type OutputOptions,
  outputsOf,
  policyOf,
  type PolicyOptions,
  textOf,
} from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { mergeSummaryTexts } from "../read-summaries.ts";

/** `assay report FILES…`: a report for people, from summaries or from a decision that was made before. */
export function addReport(program: Command, context: CliContext, exit: (code: number) => void): void {
  addPolicyOptions(
    program
      .command("report")
      .description("write a report from summaries, or from one decision (without charts over time)")
      .argument("<files...>", "summaries, or one decision as JSON"),
  )
    .addOption(new Option("--format <format>", "how to write the report").choices([...formats]).default("html"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (files: string[], options: PolicyOptions & OutputOptions & { readonly format: Format }) => {
      const policy = await policyOf(options);
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, options));
      const texts = await Promise.all(files.map((file) => textOf(file, "file")));
      const made = texts.map(decisionIn);
      const [decision] = made;
      if (decision !== undefined) {
        if (files.length > 1)
          throw new UsageError(
            "Cannot write the report: files must be one decision or any number of summaries, current value is " +
              `${JSON.stringify(files)}`,
          );
        requireArms(decision, policy.control, policy.treatments, files[0] as string);
        exit(await emitDecision(decision, policy, options.format, options.output, context));
        return;
      }
      const summary = mergeSummaryTexts(texts, files, context);
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

/** The decision that a text holds, or undefined when it is something else. */
function decisionIn(text: string): Decision | undefined {
  try {
    const json = JSON.parse(text) as unknown;
    if (typeof json !== "object" || json === null || !("decision" in json)) return undefined;
    const parsed = DecisionSchema.safeParse(json);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new UsageError(
      `Cannot read the decision: ${issue?.path.join(".") ?? "it"} is not valid ` +
        `(${issue?.message ?? "unknown"}). Write it again with --format json of this version`,
    );
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function requireArms(decision: Decision, control: string, treatments: readonly string[], file: string): void {
  const arms = [decision.control, ...decision.comparisons.map(({ treatment }) => treatment)];
  if (JSON.stringify(arms) === JSON.stringify([control, ...treatments])) return;
  throw new UsageError(
    `Cannot write the report: the policy must name the arms of ${JSON.stringify(file)}, ` +
      `${JSON.stringify(arms)}, current value is ${JSON.stringify([control, ...treatments])}. Give the policy ` +
      "that the decision was made with",
  );
}
