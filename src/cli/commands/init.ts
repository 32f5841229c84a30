import { stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { definePolicy, type FieldMapping, parseFields } from "../../index.ts";
import { writeAtomically } from "../../node/atomic-write.ts";
import { readFile } from "../../node/index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { orderArms } from "../guess/guess-arms.ts";
import { proposeMapping } from "../guess/propose-mapping.ts";
import { proposePolicy } from "../guess/propose-policy.ts";
import { logFiles, sampleFiles } from "../log-files.ts";
import { projectFileName } from "../project-file.ts";

interface InitOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly map?: readonly string[];
  readonly where?: readonly string[];
  readonly logFormat?: string;
  readonly control?: string;
  readonly output: string;
}

/** Asks a question on the terminal; an empty answer means the proposal. */
type Ask = (question: string, proposal: string) => Promise<string>;

const schema = "./node_modules/assay/dist/schemas/project.json";
/** Arms with a smaller share of the rows are left out of the policy. */
const leastShare = 0.005;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `assay init LOG…`: looks at logs and writes `assay.json`, from which `assay analyze` knows what to do. */
export function addInit(program: Command, context: CliContext, exit: (code: number) => void): void {
  program
    .command("init")
    .description("look at logs, propose how to read and judge them, and write assay.json")
    .argument("<logs...>", "files, patterns or folders")
    .option("--yes", "ask nothing")
    .option("--map <fields>", "FIELD=EXPRESSION, where you know better", collect)
    .option("--where <condition>", "read only rows that meet this; may be repeated", collect)
    .option("--log-format <format>", "the format, or the format string of nginx or Apache httpd")
    .option("--control <arm>", "the version in production")
    .option("--force", "write over an assay.json that is there")
    .option("--output <file>", "where to write", projectFileName)
    .action(async (logs: string[], options: InitOptions) => {
      const written = (await stat(options.output).catch(() => undefined)) !== undefined;
      if (written && options.force !== true)
        throw new UsageError(
          `Cannot write the project file: ${JSON.stringify(options.output)} must not exist yet. ` +
            "Add --force to write over it",
        );
      await init(await logFiles(logs), options, context);
      exit(0);
    });
}

async function init(files: readonly string[], options: InitOptions, context: CliContext): Promise<void> {
  const say = (text: string): void => context.stderr.write(`${text}\n`);
  const own = files.filter((file) => resolve(file) !== resolve(options.output));
  const samples = await sampleFiles(own, {}, options.logFormat);
  const proposal = proposeMapping(samples);
  const given = Object.assign({}, ...(options.map ?? []).map(parseFields)) as Record<string, string>;
  const asked = questions(options, context);
  const fields: Record<string, string> = { ...proposal.mapping.fields, ...given };
  say(`format: ${samples[0]?.format ?? ""}${proposal.tool === undefined ? "" : `, of ${proposal.tool}`}`);
  if (fields["arm"] === undefined && asked !== undefined)
    fields["arm"] = await asked(
      `Which column names the version? (${proposal.columns.slice(0, 20).join(", ")})`,
      proposal.columns[0] ?? "",
    );
  if (fields["arm"] === undefined) throw noArm(proposal.columns, own);
  const where = options.where ?? proposal.mapping.where;
  const logFormat = options.logFormat ?? proposal.mapping.logFormat;
  const mapping: FieldMapping = {
    ...proposal.mapping,
    fields,
    ...(where === undefined ? {} : { where }),
    ...(logFormat === undefined ? {} : { logFormat }),
  };
  const counts = await countArms(own, mapping);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const large = [...counts].filter(([, count]) => count >= leastShare * total).map(([arm]) => arm);
  if (large.length < 2) throw oneArm(fields["arm"], [...counts.keys()], own);
  const ordered = orderArms(large);
  const control = options.control ?? (await asked?.("Which version is in production?", ordered.arms[0] as string));
  const arms = control === undefined ? ordered.arms : [control, ...ordered.arms.filter((arm) => arm !== control)];
  if (!large.includes(arms[0] as string)) throw unknownArm(arms[0] as string, large);
  for (const [field, text] of proposal.why)
    if (given[field] === undefined) say(`${field}: ${fields[field] ?? ""} (${text})`);
  for (const field of Object.keys(fields).filter(
    (one) => !proposal.why.some(([known]) => known === one) || given[one] !== undefined,
  ))
    say(`${field}: ${fields[field] ?? ""} (${given[field] === undefined ? "as the tool writes it" : "as given"})`);
  for (const condition of mapping.where ?? []) say(`only rows with ${condition}`);
  say(
    `versions: ${arms.map((arm) => `${arm} (${counts.get(arm) ?? 0} requests)`).join(", ")}; ` +
      `${arms[0] as string} is the ` +
      `control: ${control === undefined ? ordered.why : "as given"}`,
  );
  const small = [...counts.keys()].filter((arm) => !large.includes(arm));
  if (small.length > 0) say(`left out, with few requests: ${small.slice(0, 5).join(", ")}`);
  const policy = proposePolicy(arms, mapping, unitOf(fields["unit"]));
  definePolicy(policy);
  say("policy: safe-rollout, as no harm by the new version must be shown before it ships");
  const folder = dirname(resolve(options.output));
  const document = { $schema: schema, files: own.map((file) => pathFrom(folder, file)), mapping, policy };
  await writeAtomically(options.output, `${JSON.stringify(document, null, 2)}\n`, "project file");
  say(`wrote ${options.output}. Next:`);
  context.stdout.write("assay analyze\n");
}

/** How many requests each version has. */
async function countArms(files: readonly string[], mapping: FieldMapping): Promise<Map<string, number>> {
  const counting = { ...mapping, fields: { arm: mapping.fields["arm"] as string } };
  const counts = new Map<string, number>();
  for (const file of files)
    for await (const batch of readFile(file, counting))
      for (let row = 0; row < batch.length; row++) {
        const name = batch.arm.values[batch.arm.codes[row] as number] as string;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
  return counts;
}

/** Asks on a terminal, up to three questions; `undefined` where nothing may be asked. */
function questions(options: InitOptions, context: CliContext): Ask | undefined {
  if (options.yes === true || !context.stderr.isTTY || process.stdin.isTTY !== true) return undefined;
  return async (question, proposal) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await terminal.question(`${question} [${proposal}] `);
      return answer.trim() === "" ? proposal : answer.trim();
    } finally {
      terminal.close();
    }
  };
}

function unitOf(expression: string | undefined): string | null {
  if (expression === undefined) return null;
  return expression.replace(/^"(.*)"$/u, "$1");
}

function pathFrom(folder: string, file: string): string {
  return file.includes("://") ? file : relative(folder, resolve(file)).replaceAll("\\", "/");
}

function noArm(columns: readonly string[], files: readonly string[]): UsageError {
  const first = JSON.stringify(files[0]);
  return new UsageError(
    `Cannot propose a mapping: the log must have a column that names the version, current value has ` +
      `${columns.slice(0, 30).join(", ")}. Give the column: assay init ${first} --map arm=COLUMN; or, when each ` +
      `version has files of its own: assay compare ${first} --with NEW`,
  );
}

function oneArm(expression: string, found: readonly string[], files: readonly string[]): UsageError {
  return new UsageError(
    `Cannot propose a policy: ${expression} must have two versions or more, current value is ` +
      `${found.slice(0, 5).join(", ") || "none"}. ` +
      `Give another column: assay init ${JSON.stringify(files[0])} --map arm=COLUMN`,
  );
}

function unknownArm(arm: string, arms: readonly string[]): UsageError {
  return new UsageError(
    `Cannot propose a policy: --control must be one of ${arms.join(", ")}, current value is ${JSON.stringify(arm)}`,
  );
}
