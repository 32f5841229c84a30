import { type Command, Option } from "commander";
import {
  decideExperiment,
  type DecisionDocument,
  decodeDecisionDocument,
  enact,
  type Enactment,
  type ExperimentsClient,
  signDecisionDocument,
} from "../../api/index.ts";
import { addApiOptions, type ApiOptions, clientOf } from "../api-options.ts";
import { fileAuditLog } from "../audit-file.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { numberOption } from "../number-option.ts";
import { policyOf, textOf } from "../options.ts";
import { pullWithState } from "../pull-state.ts";
import { signKeyHelp, signKeyOf } from "../sign-key.ts";

type EnactCommandOptions = ApiOptions & {
  readonly decision?: string;
  readonly policy?: string;
  readonly state?: string;
  readonly apply?: boolean;
  readonly ramp: string;
  readonly audit: string;
  readonly signKeyEnv?: string;
  readonly maxAge: string;
  readonly format: "text" | "json";
};

/** `assay enact ID`: make the gateway do what was decided. */
export function addEnact(program: Command, context: CliContext, exit: (code: number) => void): void {
  addApiOptions(
    program
      .command("enact")
      .description("make the gateway do what was decided: roll back, or ship")
      .argument("<experiment>", "its identifier"),
  )
    .option(
      "--decision <file>",
      "decision to act upon, from assay watch --decision-file; without it: pull and decide now",
    )
    .option("--policy <file>", "policy as JSON, when deciding now; without it: the experiment's own configuration")
    .option("--state <file>", "hours read before, as for assay pull")
    .option("--apply", "change the experiment; without it, only say what would be done")
    .option("--ramp <percentages>", "treatment shares to go through when shipping", "100")
    .option("--max-age <minutes>", "oldest data that may be acted upon", "120")
    .option("--sign-key-env <name>", signKeyHelp)
    .option("--audit <file>", "log of what was done, written before it is done", "assay-audit.jsonl")
    .addOption(new Option("--format <format>", "how to print what was done").choices(["text", "json"]).default("text"))
    .action(async (id: string, options: EnactCommandOptions) => {
      const client = await clientOf(options, context);
      const signKey = signKeyOf(options.signKeyEnv, context);
      const document = await documentOf(client, id, options, context, signKey);
      if (document.specVersion === 1)
        context.stderr.write(
          "assay: the decision is of version 1, which has no checksum: damage to it can't be noticed. " +
            "Decide again to get one\n",
        );
      const enactment = await enact(client, document, {
        apply: options.apply ?? false,
        ramp: options.ramp.split(",").map((share) => numberOption("--ramp", share, "made of numbers")),
        maxAgeMs: numberOption("--max-age", options.maxAge) * 60_000,
        audit: fileAuditLog(options.audit, (message) => void context.stderr.write(`assay: ${message}\n`)),
        signKey,
        ...(context.now === undefined ? {} : { now: context.now }),
      });
      const answer = { specVersion: 1, experimentId: id, verdict: document.verdict, ...enactment };
      context.stdout.write(
        options.format === "json" ? `${JSON.stringify(answer, null, 2)}\n` : `${sentenceOf(id, document, enactment)}\n`,
      );
      exit(0);
    });
}

async function documentOf(
  client: ExperimentsClient,
  id: string,
  options: EnactCommandOptions,
  context: CliContext,
  signKey: string | undefined,
): Promise<DecisionDocument> {
  if (options.decision === undefined) {
    const policy = options.policy === undefined ? undefined : await policyOf({ policy: options.policy });
    const { document } = decideExperiment((await pullWithState(client, id, options.state)).pulled, {
      policy,
      now: context.now?.() ?? Date.now(),
    });
    return signKey === undefined ? document : signDecisionDocument(document, signKey);
  }
  const document = decodeDecisionDocument(await textOf(options.decision, "decision"));
  if (document.experimentId !== id)
    throw new UsageError(
      `Cannot enact the decision: it must be about ${id}, current value is ${JSON.stringify(document.experimentId)}`,
    );
  return document;
}

/** What was done in one sentence, for a person. */
export function sentenceOf(
  id: string,
  document: DecisionDocument,
  { outcome, from, to, steps, decisionHash }: Enactment,
): string {
  const about = `${document.verdict} (decision ${decisionHash.slice(0, 12)}, data as of ${document.asOf})`;
  const change = `treatment ${from.treatment} % -> ${to.treatment} %, control ${from.control} % -> ${to.control} %`;
  switch (outcome) {
    case "nothing-to-do":
      return `${id}: ${about}: nothing to change`;
    case "dry-run":
      return `${id}: ${about}: would ${steps.join(", ")}: ${change}\nnothing was changed; add --apply to do it`;
    case "already-enacted":
      return `${id}: ${about}: done before: ${change}`;
    case "enacted":
      return (
        `${id}: ${about}: done, each step verified ` +
        `(${steps.length === 0 ? "no step was left" : steps.join(", ")}): ${change}`
      );
  }
}
