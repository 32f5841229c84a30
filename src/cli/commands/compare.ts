import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import { analyze, decide, definePolicy, type FieldMapping, parseFields, planFor, type Policy } from "../../index.ts";
import { nameOfFile } from "../../records/mapping/source-fields.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { emitDecision, type Format, formats } from "../emit.ts";
import { proposeMapping } from "../guess/propose-mapping.ts";
import { proposePolicy } from "../guess/propose-policy.ts";
import { logFiles, sampleFiles } from "../log-files.ts";
import {
  addReadOptions,
  boundsOf,
  inputsOf,
  mappingOf,
  type OutputOptions,
  outputsOf,
  policyOf,
  type ReadOptions,
} from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { summarizeFiles } from "../read-summary.ts";

type CompareOptions = ReadOptions &
  OutputOptions & { readonly format: Format; readonly with: readonly string[]; readonly policy?: string };

/** The files of one version. */
interface ArmFiles {
  readonly arm: string;
  readonly files: readonly string[];
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `assay compare OLD… --with NEW…`: each version has files of its own, the control comes first. */
export function addCompare(program: Command, context: CliContext, exit: (code: number) => void): void {
  const command = program
    .command("compare")
    .description("decide from the files of an old and a new version, when no column names the version")
    .argument("<old...>", "files, patterns or folders of the version in production; NAME=PATH gives it a name")
    .requiredOption(
      "--with <new>",
      "files of a version that wants to replace it, NAME=PATH too; may be repeated",
      collect,
    )
    .option("--policy <file>", "policy as JSON, with the names of the versions; without it: safe-rollout");
  addReadOptions(command)
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (old: string[], options: CompareOptions) => {
      const arms = await armsOf([old, ...options.with.map((one) => [one])]);
      const files = arms.flatMap((arm) => arm.files);
      await requireDifferent(arms);
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, options));
      const { policy, mapping } = await plannedBy(arms, options, context);
      const summary = await summarizeFiles(files, planFor(policy), mapping, options, context);
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

/** The policy and the mapping, taken from the files where the options do not give them. */
async function plannedBy(
  arms: readonly ArmFiles[],
  options: CompareOptions,
  context: CliContext,
): Promise<{ readonly policy: Policy; readonly mapping: FieldMapping }> {
  const armOfFile = Object.fromEntries(arms.flatMap(({ arm, files }) => files.map((file) => [file, arm])));
  const ofFile = { arm: "@file" };
  let base: FieldMapping = { fields: ofFile };
  if (options.preset === undefined) {
    const files = arms.flatMap((arm) => arm.files);
    const samples = await sampleFiles(files, { bounds: boundsOf(options) }, options.logFormat);
    const { mapping, tool, why } = proposeMapping(samples);
    if (options.quiet !== true)
      for (const line of [
        ...(tool === undefined ? [] : [`files of ${tool}`]),
        ...why.filter(([field]) => field !== "arm").map(([field, text]) => `${field}: ${text}`),
      ])
        context.stderr.write(`${line}\n`);
    base = { ...mapping, fields: { ...withoutUnit(mapping.fields), ...ofFile } };
  }
  const given = Object.assign({}, ...(options.map ?? []).map(parseFields)) as Record<string, string>;
  const names = arms.map(({ arm }) => arm);
  const policy =
    options.policy === undefined
      ? definePolicy(
          proposePolicy(
            names,
            options.preset === undefined
              ? { fields: { ...base.fields, ...given } }
              : mappingOf(options, definePolicy(proposePolicy(names, allFields, null))),
            null,
          ),
        )
      : await policyOf(options);
  const unknown = names.find((name) => name !== policy.control && !policy.treatments.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `Cannot compare: the policy must name the version ${JSON.stringify(unknown)}, current value is ` +
        `${[policy.control, ...policy.treatments].join(", ")}. Give the files its names, as in: ` +
        `assay compare ${policy.control}=OLD --with ${String(policy.treatments[0])}=NEW`,
    );
  const mapping = mappingOf({ ...options, map: [...(options.map ?? []), "arm=@file"] }, policy, base);
  return { policy, mapping: { ...mapping, armOfFile } };
}

const allFields: FieldMapping = { fields: { success: "success", latencyMs: "latencyMs" } };

function withoutUnit({ unit: _, ...fields }: Readonly<Record<string, string>>): Record<string, string> {
  return fields;
}

/** The files of each version, under names that differ. */
async function armsOf(sets: readonly (readonly string[])[]): Promise<ArmFiles[]> {
  const arms = await Promise.all(
    sets.map(async (patterns) => {
      const parts = patterns.map((pattern) => /^([\w.@:+-]+)=(.+)$/u.exec(pattern));
      const [name] = parts.flatMap((part) => (part === null ? [] : [part[1] as string]));
      const files = await logFiles(patterns.map((pattern, index) => parts[index]?.[2] ?? pattern));
      return { name, files };
    }),
  );
  const named = (nameOf: (file: string) => string): ArmFiles[] =>
    arms.map(({ name, files }) => ({ arm: name ?? nameOf(files[0] ?? ""), files }));
  const differ = (all: readonly ArmFiles[]): boolean => new Set(all.map(({ arm }) => arm)).size === all.length;
  const several = arms.some(({ files }) => files.length > 1);
  const byFile = named(nameOfFile);
  const byFolder = named((file) => basename(dirname(resolve(file))));
  if (several && differ(byFolder)) return byFolder;
  if (differ(byFile)) return byFile;
  if (differ(byFolder)) return byFolder;
  throw new UsageError(
    "Cannot compare: the versions must have different names, current value is " +
      `${JSON.stringify(byFile[0]?.arm)} for two of them. Name them: assay compare old=FILE --with new=FILE`,
  );
}

/** @throws {UsageError} when a file stands on two sides, under one name or two. */
async function requireDifferent(arms: readonly ArmFiles[]): Promise<void> {
  const seen = new Map<string, { readonly arm: string; readonly file: string }>();
  for (const { arm, files } of arms)
    for (const file of files) {
      const found = await stat(file).catch(() => undefined);
      const identity = found === undefined ? `path ${resolve(file)}` : `${found.dev} ${found.ino}`;
      const other = seen.get(identity);
      if (other !== undefined && other.arm !== arm)
        throw new UsageError(
          `Cannot compare: each version must have files of its own, current value is ${JSON.stringify(file)} on both ` +
            `sides${other.file === file ? "" : `, as ${JSON.stringify(other.file)} too`}`,
        );
      seen.set(identity, { arm, file });
    }
}
