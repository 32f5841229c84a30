import { createHash } from "node:crypto";
import { readFile as readBytes } from "node:fs/promises";
import { z } from "zod";
import { cannot, RecordsError } from "../../errors.ts";
import { encodeSummary, type FieldMapping, type Plan, type Summary } from "../../index.ts";
import { decodeSummary, withoutSources } from "../../summary/decode.ts";
import { writeAtomically } from "../atomic-write.ts";
import { sealJson, unsealJson } from "../sealed-json.ts";
import { type FileProgress, FileProgressSchema, OldFileProgressSchema } from "./file-progress.ts";

const stateVersion = 2;
const fields = {
  kind: z.literal("assay-state"),
  /** What the summary was made with: a state of other plans or mappings can't be gone on with. */
  job: z.string(),
  quarantineBytes: z.int().min(0),
  summary: z.unknown(),
};
const StateSchema = z.discriminatedUnion("specVersion", [
  z.strictObject({ ...fields, specVersion: z.literal(stateVersion), files: z.array(FileProgressSchema) }),
  z.strictObject({ ...fields, specVersion: z.literal(1), files: z.array(OldFileProgressSchema) }),
]);

/** Where a job stands. */
export interface Checkpoint {
  readonly files: readonly FileProgress[];
  readonly quarantineBytes: number;
  readonly summary: Summary | null;
}

/** Where a job stands before it has read anything. */
export const emptyCheckpoint: Checkpoint = { files: [], quarantineBytes: 0, summary: null };

/**
 * Reads a state file; nothing is done yet when there is none.
 *
 * @param warn - told when the file is of an older version, which has no checksum.
 * @throws {RecordsError} when it is damaged, of a newer version, or of another job.
 */
export async function loadCheckpoint(
  path: string,
  plan: Plan,
  mapping: FieldMapping,
  warn: (text: string) => void = () => undefined,
): Promise<Checkpoint> {
  const sealed = await readBytes(path, "utf8").catch((cause: { code?: string }) => {
    if (cause.code === "ENOENT") return undefined;
    throw refuse(path, `readable (${cause.code ?? String(cause)})`, "Check its permissions", cause);
  });
  if (sealed === undefined) return emptyCheckpoint;
  const text = unsealJson(sealed);
  if (text === "damaged")
    throw refuse(path, "as it was written: its checksum does not hold", "Restore it, or begin anew with another file");
  const json = parsed(text ?? sealed, path);
  const version = (json as { specVersion?: unknown } | null)?.specVersion;
  if (typeof version === "number" && version > stateVersion)
    throw refuse(path, `of version ${stateVersion} or older`, "Update assay");
  if (text === undefined && version !== 1)
    throw refuse(path, "a whole state file of assay: its checksum is missing", "Restore it, or begin anew");
  const state = StateSchema.safeParse(json);
  if (!state.success) throw refuse(path, "a state file of assay", "Name another file, or delete it to begin anew");
  const { job, files, quarantineBytes, summary, specVersion } = state.data;
  if (job !== jobOf(plan, mapping))
    throw refuse(path, "of the same policy and mapping", "Use the options of the first run, or another state file");
  if (specVersion < stateVersion)
    warn(`the state file ${JSON.stringify(path)} is of version ${specVersion}, without a checksum; it is written anew`);
  const decoded = summary === null ? null : withoutSources(decodeSummary(JSON.stringify(summary)));
  return { files, quarantineBytes, summary: decoded };
}

/** Writes a state file, whole or not at all. */
export async function saveCheckpoint(
  path: string,
  plan: Plan,
  mapping: FieldMapping,
  { files, quarantineBytes, summary }: Checkpoint,
): Promise<void> {
  const state = { kind: "assay-state", specVersion: stateVersion, job: jobOf(plan, mapping), files, quarantineBytes };
  const encoded = summary === null ? "null" : encodeSummary(summary);
  const text = `${JSON.stringify(state).slice(0, -1)},"summary":${encoded}}`;
  await writeAtomically(path, `${sealJson(text)}\n`, "state");
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(path, "a state file of assay", "Name another file, or delete it to begin anew");
  }
}

function jobOf(plan: Plan, mapping: FieldMapping): string {
  return createHash("sha256")
    .update(JSON.stringify([plan, mapping]))
    .digest("hex");
}

function refuse(path: string, requirement: string, fix: string, cause?: unknown): RecordsError {
  return new RecordsError(
    cannot("go on with the job", "the state file", requirement, path),
    {
      code: "state-unusable",
      field: "state",
      value: path,
      fix,
    },
    { cause },
  );
}
