import { readFile as readText } from "node:fs/promises";
import { type Command, Option } from "commander";
import {
  definePolicy,
  type FieldMapping,
  mappingPresets,
  ownFields,
  parseFields,
  parsePolicy,
  planFor,
  type Policy,
  policyPresets,
} from "../index.ts";
import { type DecompressionBounds, expandFiles } from "../node/index.ts";
import { fieldsOf } from "../summary/statistic.ts";
import { UsageError } from "./cli-context.ts";
import { numberOption } from "./number-option.ts";

/** Options that say what counts as good. */
export interface PolicyOptions {
  readonly policy?: string;
  readonly control?: string;
  readonly treatment?: readonly string[];
}

/** Options that say how a file is read. */
export interface ReadOptions {
  readonly preset?: keyof typeof mappingPresets;
  readonly map?: readonly string[];
  readonly where?: readonly string[];
  readonly rows?: string;
  readonly columns?: string;
  /** False where the conditions of the preset are left out. */
  readonly presetWhere?: boolean;
  readonly logFormat?: string;
  readonly maxRejected: string;
  readonly jobs?: string;
  readonly engine?: "auto" | "js" | "duckdb";
  readonly state?: string;
  readonly quarantine?: string;
  readonly quiet?: boolean;
  readonly maxExpansion?: string;
  readonly maxText?: string;
  readonly maxWindow?: string;
}

/** Options that say where the result goes. */
export interface OutputOptions {
  readonly output?: string;
}

/** The files that a command writes, by the option that names them. */
export function outputsOf(options: {
  readonly output?: string;
  readonly state?: string;
  readonly quarantine?: string;
  readonly checkpoint?: string;
  readonly decisionFile?: string;
}): Readonly<Record<string, string | undefined>> {
  return {
    "--output": options.output,
    "--state": options.state,
    "--quarantine": options.quarantine,
    "--checkpoint": options.checkpoint,
    "--decision-file": options.decisionFile,
  };
}

/** The files that a command reads: its arguments, with patterns resolved, and those that options name. */
export async function inputsOf(
  patterns: readonly string[],
  options: { readonly policy?: string; readonly duckdb?: string; readonly tokenFile?: string },
): Promise<readonly string[]> {
  const named = [options.policy, options.duckdb, options.tokenFile].filter((path) => path !== undefined);
  return [...(await expandFiles(patterns)), ...named];
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function addPolicyOptions(command: Command): Command {
  return command
    .option("--policy <file>", "policy as JSON; without it: the safe-rollout preset for --control and --treatment")
    .option("--control <arm>", "arm in production")
    .option("--treatment <arm>", "arm that wants to replace it; may be repeated", collect);
}

/** Adds the options of reading records; `own` says which of those that only some commands have. */
export function addReadOptions(
  command: Command,
  own: { readonly quiet: boolean; readonly state: boolean } = { quiet: true, state: true },
): Command {
  if (own.state)
    command.option(
      "--state <file>",
      "write how far the reading has come there, and go on from there when it was interrupted or files were added",
    );
  if (own.quiet) command.option("--quiet", "no progress");
  return command
    .addOption(new Option("--preset <name>", "mapping of a known kind of log").choices(Object.keys(mappingPresets)))
    .option("--map <fields>", "FIELD=EXPRESSION, comma-separated, e.g. arm=model,latencyMs=latency_s*1000", collect)
    .option("--rows <path>", "where the records are inside a JSON document or line, e.g. results.results")
    .option("--columns <names>", "the columns of a CSV file without a header, e.g. time,arm,status,ms")
    .option("--where <condition>", "read only rows that meet this, e.g. task=prime_full; may be repeated", collect)
    .option("--no-preset-where", "leave out the conditions of the preset")
    .option("--log-format <format>", "format of the log by name, or the format string of nginx or Apache httpd")
    .option("--max-rejected <share>", "largest share of rows that may be unreadable", "0.001")
    .option(
      "--jobs <number>",
      "worker threads for large files of NDJSON; auto: as many as there are processors from 1 GiB on",
      "auto",
    )
    .addOption(
      new Option(
        "--engine <name>",
        "what reads the files; auto: DuckDB for Parquet where it is installed, else the own readers",
      )
        .choices(["auto", "js", "duckdb"])
        .default("auto"),
    )
    .option("--max-expansion <ratio>", "largest ratio of text to compressed bytes, beyond 64 MiB of text", "250")
    .option("--max-text <GiB>", "largest size of the text of one compressed file", "1024")
    .option("--max-window <MiB>", "largest window of zstd data, which is held in memory", "8")
    .option("--quarantine <file>", "write every rejected row there with its reason, as NDJSON");
}

/** The policy that the options name. */
export async function policyOf(options: PolicyOptions): Promise<Policy> {
  if (options.policy !== undefined) {
    if (options.control !== undefined || options.treatment !== undefined)
      throw new UsageError(
        "Cannot read the options: --policy names the arms already; leave out --control and --treatment",
      );
    return parsePolicy(parseJson(await textOf(options.policy, "policy"), options.policy));
  }
  if (options.control === undefined || options.treatment === undefined)
    throw new UsageError("Cannot read the options: give either --policy FILE, or --control ARM and --treatment ARM");
  return definePolicy(policyPresets["safe-rollout"]({ control: options.control, treatments: options.treatment }));
}

/** The mapping that the options and the policy's own fields amount to. */
export function mappingOf(options: ReadOptions, policy: Policy, base: FieldMapping = { fields: {} }): FieldMapping {
  const own = ownFields(planFor(policy));
  const unit = policy.unit === null ? {} : { unit: JSON.stringify(policy.unit) };
  const preset: FieldMapping = options.preset === undefined ? base : mappingPresets[options.preset];
  const needed = new Set(Object.keys(own.fields));
  const presetFields = Object.fromEntries(
    Object.entries(preset.fields).filter(([field]) => needed.has(field) || field === "requestId"),
  );
  const given = Object.assign({}, ...(options.map ?? []).map(parseFields)) as Record<string, string>;
  const optional = [...(own.optional ?? []), ...(preset.optional ?? []).filter((field) => !mustHave(field, policy))];
  const fields = { ...own.fields, ...unit, ...presetFields, ...given };
  const logFormat = options.logFormat ?? preset.logFormat;
  return {
    fields,
    where: [...(options.presetWhere === false ? [] : (preset.where ?? [])), ...(options.where ?? [])],
    optional: optional.filter((field) => given[field] === undefined),
    subSamples: preset.subSamples,
    ...(options.rows === undefined ? {} : { rows: options.rows }),
    ...(options.columns === undefined ? {} : { columns: options.columns.split(",").map((name) => name.trim()) }),
    ...(logFormat === undefined ? {} : { logFormat }),
    ...(preset.zeroIsMissing === undefined ? {} : { zeroIsMissing: preset.zeroIsMissing }),
    ...(policy.unit === null && fields["unit"] !== undefined ? { missingUnit: "keep" as const } : {}),
  };
}

/** The largest share of rejected rows. */
export function maxRejectedOf(options: ReadOptions): number {
  return numberOption(
    "--max-rejected",
    options.maxRejected,
    "a share between 0 and 1",
    (share) => share >= 0 && share <= 1,
  );
}

/** How far compressed files may expand. */
export function boundsOf(options: ReadOptions): Partial<DecompressionBounds> {
  const positive = (option: string, text: string): number =>
    numberOption(option, text, "a positive number", (value) => value > 0);
  return {
    maxExpansion: positive("--max-expansion", options.maxExpansion ?? "250"),
    maxTextBytes: 2 ** 30 * positive("--max-text", options.maxText ?? "1024"),
    maxWindowBytes: 2 ** 20 * positive("--max-window", options.maxWindow ?? "8"),
  };
}

/** A file's text, or a usage error. */
export async function textOf(path: string, what: string): Promise<string> {
  try {
    return await readText(path, "utf8");
  } catch (cause) {
    throw new UsageError(
      `Cannot read the ${what}: ${JSON.stringify(path)} must be a readable file ` +
        `(${(cause as { code?: string }).code ?? String(cause)})`,
    );
  }
}

/** A file's JSON, or a usage error that says where it breaks. */
function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`Cannot read the policy: ${JSON.stringify(path)} must be JSON (${(cause as Error).message})`);
  }
}

function mustHave(field: string, policy: Policy): boolean {
  const plan = planFor(policy);
  return (
    (field === "unit" && plan.units) ||
    (field === "timestamp" && (plan.start !== null || plan.end !== null || plan.epochStarts.length > 0)) ||
    plan.statistics.some((statistic) => fieldsOf(statistic).includes(field))
  );
}
