import { type Command, Option } from "commander";
import type { Analysis } from "../../analysis/analysis.ts";
import { analyzeClaims } from "../../analysis/analyze.ts";
import { trajectoryWith } from "../../analysis/trajectory-with.ts";
import {
  createRandom,
  createSummarizer,
  decide,
  isNotComputable,
  planFor,
  type Policy,
  type RecordBatch,
  requireAcceptable,
  type Summarizer,
  type Summary,
} from "../../index.ts";
import { expandFiles, readFile } from "../../node/index.ts";
import { type ArmSplitter, armSplitter, type SplitBy } from "../../records/split-arms.ts";
import { noEffect } from "../../stats/effect.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { numberOption } from "../number-option.ts";
import {
  addPolicyOptions,
  addReadOptions,
  boundsOf,
  inputsOf,
  mappingOf,
  maxRejectedOf,
  type OutputOptions,
  outputsOf,
  policyOf,
  type PolicyOptions,
  type ReadOptions,
} from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";

interface AaOptions extends PolicyOptions, ReadOptions, OutputOptions {
  readonly by: SplitBy;
  readonly runs: string;
  readonly looks: string;
  readonly seed: string;
  readonly format: "text" | "json";
}

/** How often a policy was wrong where there was nothing to find. */
interface AaResult {
  readonly by: SplitBy;
  readonly records: number;
  readonly runs: number;
  readonly looks: number;
  /** Splits in which a metric's interval left out "no effect" at some look. */
  readonly effects: Readonly<Record<string, number>>;
  /** Splits that were rolled back at some look. */
  readonly rollbacks: number;
  /** The share of splits that may be wrong, by the policy's promise. */
  readonly alpha: number;
}

/** `assay aa FILES…`: how often the policy is wrong on one version's own traffic, split into two arms. */
export function addAa(program: Command, context: CliContext, exit: (code: number) => void): void {
  const command = program
    .command("aa")
    .description(
      "split the control's own traffic into two arms, many times, and say how often this policy finds a difference " +
        "where there is none",
    )
    .argument("<files...>", "as for analyze; only the control's records are used");
  addReadOptions(addPolicyOptions(command), { quiet: true, state: false })
    .addOption(
      new Option("--by <what>", "what gets its arm as one")
        .choices(["coin", "hour", "instance", "unit"])
        .default("coin"),
    )
    .option("--runs <number>", "splits to try", "40")
    .option("--looks <number>", "looks at each, evenly spaced in time", "20")
    .option("--seed <number>", "the same seed gives the same splits", "1")
    .addOption(new Option("--format <format>", "of the result").choices(["text", "json"]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (files: string[], options: AaOptions) => {
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, options));
      const policy = aaPolicy(await policyOf(options));
      const count = { runs: wholeOption("--runs", options.runs, 1), looks: wholeOption("--looks", options.looks, 2) };
      const summaries = await splitSummaries(files, policy, options, count.runs);
      const result = resultOf(summaries, policy, options.by, count.looks);
      const text = options.format === "json" ? `${JSON.stringify(result, null, 2)}\n` : aaText(result);
      await emit(text, options.output, context);
      exit(0);
    });
}

/** The policy for an experiment of two arms that begins and ends with the records. */
function aaPolicy(policy: Policy): Policy {
  return {
    ...policy,
    treatments: policy.treatments.slice(0, 1),
    start: null,
    end: null,
    allocation: null,
    monitoring: { kind: "anytime" },
  };
}

function wholeOption(name: string, text: string, least: number): number {
  const value = numberOption(name, text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(
    `Cannot read the options: ${name} must be a whole number from ${least}, current value is ${text}`,
  );
}

async function splitSummaries(
  patterns: readonly string[],
  policy: Policy,
  options: AaOptions,
  runs: number,
): Promise<Summary[]> {
  const plan = planFor(policy);
  const arms = [policy.control, policy.treatments[0] as string] as const;
  const seed = numberOption("--seed", options.seed);
  const splits = Array.from({ length: runs }, (_, run): { split: ArmSplitter; into: Summarizer } => ({
    split: armSplitter(options.by, policy.control, arms, createRandom(1_000_003 * seed + run)),
    into: createSummarizer(plan),
  }));
  const seen = new Set<string>();
  for (const file of await expandFiles(patterns)) {
    for await (const batch of readFile(file, mappingFor(options, policy), { bounds: boundsOf(options) })) {
      noteArms(seen, batch);
      for (const { split, into } of splits) into.addBatch(split(batch));
    }
  }
  const summaries = splits.map(({ into }) => into.summary());
  const first = summaries[0] as Summary;
  if (!seen.has(policy.control))
    throw new UsageError(
      `Cannot split the records: --control must be an arm that has records; the data hold ` +
        `${[...seen]
          .slice(0, 10)
          .map((arm) => JSON.stringify(arm))
          .join(", ")}, current value is ` +
        `${JSON.stringify(policy.control)}. Correct --control, or the mapping of arm`,
    );
  requireAcceptable(first.quality.records, maxRejectedOf(options), first.quality.byArm);
  return summaries;
}

/** What the policy's own mapping leaves out, splitting needs. */
function mappingFor(options: AaOptions, policy: Policy): ReturnType<typeof mappingOf> {
  const mapping = mappingOf(options, policy);
  const { by } = options;
  if (by === "coin" || by === "hour" || mapping.fields[by] !== undefined) return mapping;
  return { ...mapping, fields: { ...mapping.fields, [by]: by } };
}

function noteArms(seen: Set<string>, { arm, length }: RecordBatch): void {
  if (length > 0) for (const value of arm.values) seen.add(value);
}

/** The analysis without tables, segments and trends, which no claim depends on. */
function effectsOnly(summary: Summary, policy: Policy): Analysis {
  return analyzeClaims(summary, policy).analysis;
}

function resultOf(summaries: readonly Summary[], policy: Policy, by: SplitBy, looks: number): AaResult {
  const effects = Object.fromEntries(policy.metrics.map(({ name }) => [name, 0]));
  let rollbacks = 0;
  for (const summary of summaries) {
    const found = new Set<string>();
    let rolledBack = false;
    for (const { analysis } of trajectoryWith(summary, policy, effectsOnly, { maximumPoints: looks })) {
      if (isNotComputable(analysis)) continue;
      rolledBack ||= decide(analysis, policy).decision === "rollback";
      for (const { metric, effect } of analysis.comparisons[0]?.metrics ?? []) {
        if (isNotComputable(effect)) continue;
        const [low, high] = effect.interval;
        const none = noEffect(effect.kind);
        if ((low ?? -Infinity) > none || (high ?? Infinity) < none) found.add(metric);
      }
    }
    for (const metric of found) effects[metric] = (effects[metric] as number) + 1;
    if (rolledBack) rollbacks++;
  }
  const records = summaries[0]?.quality.records.accepted ?? 0;
  return { by, records, runs: summaries.length, looks, effects, rollbacks, alpha: policy.alpha };
}

const splitNames: Readonly<Record<SplitBy, string>> = {
  coin: "each request on its own",
  unit: "all requests of a unit together",
  instance: "all requests of an instance together",
  hour: "all requests of an hour together",
};

function aaText({ by, records, runs, looks, effects, rollbacks, alpha }: AaResult): string {
  const error = 3 * Math.sqrt((alpha * (1 - alpha)) / runs);
  const row = (name: string, count: number): string =>
    `  ${name.padEnd(32)} ${String(count).padStart(5)} of ${runs}${count / runs > alpha + error ? "   too often" : ""}`;
  return [
    `${records.toLocaleString("en")} requests of one version, split into two arms ${runs} times (${splitNames[by]}),`,
    `each looked at up to ${looks} times. There is nothing to find.`,
    "",
    "Wrong at some look:",
    ...Object.entries(effects).map(([metric, count]) => row(`difference in ${metric}`, count)),
    row("rolled back", rollbacks),
    "",
    `By this policy's promise at most ${100 * alpha} % of splits claim a difference in a metric; up to ` +
      `${Math.floor(runs * (alpha + error))} of ${runs} can be chance.`,
    "",
  ].join("\n");
}
