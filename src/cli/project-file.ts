import { stat } from "node:fs/promises";
import { dirname, join, parse, relative, resolve } from "node:path";
import process from "node:process";
import { type FieldMapping, MappingSchema, parsePolicy, type Policy } from "../index.ts";
import { closestName } from "../records/closest-name.ts";
import { type CliContext, UsageError } from "./cli-context.ts";
import { type PolicyOptions, textOf } from "./options.ts";

/** Name of the file that `assay init` writes. */
export const projectFileName = "assay.json";

/** How the logs of a folder are read and judged: mapping and policy in one. */
export interface ProjectFile {
  /** The path it was read from. */
  readonly path: string;
  /** The files to read where a command names none, from the folder of this file. */
  readonly files: readonly string[];
  readonly mapping: FieldMapping;
  readonly policy: Policy;
}

const keys = ["$schema", "files", "mapping", "policy"] as const;

/** The nearest `assay.json`, in this folder or one above it; `undefined` when there is none. */
async function findProjectFile(folder: string = process.cwd()): Promise<ProjectFile | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, projectFileName);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return readProjectFile(path);
    if (at === parse(at).root) return undefined;
  }
}

/** The project that a command works in, when its options name no policy. */
export async function projectOf(
  options: PolicyOptions,
  context: Pick<CliContext, "stderr">,
): Promise<ProjectFile | undefined> {
  if (options.policy !== undefined || options.control !== undefined || options.treatment !== undefined)
    return undefined;
  const project = await findProjectFile();
  if (project !== undefined) context.stderr.write(`as ${relative(process.cwd(), project.path)} says\n`);
  return project;
}

/** Reads such a file. @throws {UsageError} that names the key that is wrong; {PolicyError} for the policy. */
async function readProjectFile(path: string): Promise<ProjectFile> {
  const content = asObject(await textOf(path, "project file"), path);
  const unknown = Object.keys(content).find((key) => !(keys as readonly string[]).includes(key));
  if (unknown !== undefined) {
    const closest = closestName(unknown, keys);
    const fix = closest === undefined ? "" : `. Did you mean ${closest}?`;
    throw invalid(path, `have the keys ${keys.join(", ")} only, current value is ${JSON.stringify(unknown)}${fix}`);
  }
  const files: unknown = content["files"] ?? [];
  if (!isListOfTexts(files)) throw invalid(path, "have a list of paths in files");
  const mapping = MappingSchema.safeParse(content["mapping"]);
  if (!mapping.success) {
    const [issue] = mapping.error.issues;
    throw invalid(path, `have a mapping: ${["mapping", ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? ""}`);
  }
  const folder = dirname(path);
  return {
    path,
    files: files.map((file) => (/^(?:-$|https?:)/u.test(file) ? file : resolveIn(folder, file))),
    mapping: mapping.data,
    policy: parsePolicy(content["policy"]),
  };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string" && one !== "");
}

function resolveIn(folder: string, file: string): string {
  return folder === process.cwd() ? file : join(folder, file);
}

function asObject(text: string, path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, `be JSON (${(cause as Error).message})`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw invalid(path, "be a JSON object");
  return content as Record<string, unknown>;
}

function invalid(path: string, requirement: string): UsageError {
  return new UsageError(`Cannot read the project file: ${JSON.stringify(path)} must ${requirement}`);
}
