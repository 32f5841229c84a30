import { createHash } from "node:crypto";
import { open, readFile as readBytes } from "node:fs/promises";
import { z } from "zod";
import { cannot, RecordsError } from "../../errors.ts";
import { encodeSummary, type FieldMapping, type Plan, type Summary } from "../../index.ts";
import { decodeSummary, withoutSources } from "../../summary/decode.ts";
import { writeAtomically } from "../atomic-write.ts";

const headBytes = 4096;
const count = z.int().min(0);

/** How far one source has been read. */
export interface FileProgress {
  readonly file: string;
  /** Hash of the first bytes, and of how many; `null` for what is no file. */
  readonly head: { readonly bytes: number; readonly sha256: string } | null;
  /** Bytes read of a file that can be read from anywhere; of others its size once it is complete. */
  readonly bytes: number | null;
  readonly batches: number;
  readonly lines: number;
  readonly rows: number;
  /** Mapped keys not seen so far; `null` before the first part. */
  readonly absent: readonly string[] | null;
  readonly complete: boolean;
}

const FileProgressSchema: z.ZodType<FileProgress> = z.strictObject({
  file: z.string(),
  head: z.strictObject({ bytes: count, sha256: z.string() }).nullable(),
  bytes: count.nullable(),
  batches: count,
  lines: count,
  rows: count,
  absent: z.array(z.string()).nullable(),
  complete: z.boolean(),
});

const StateSchema = z.strictObject({
  kind: z.literal("assay-state"),
  specVersion: z.literal(1),
  /** What the summary was made with: a state of other plans or mappings can't be gone on with. */
  job: z.string(),
  files: z.array(FileProgressSchema),
  quarantineBytes: count,
  summary: z.unknown(),
});

/** Where a job stands. */
export interface Checkpoint {
  readonly files: readonly FileProgress[];
  readonly quarantineBytes: number;
  readonly summary: Summary | null;
}

/**
 * Reads a state file; nothing is done yet when there is none. @throws {RecordsError} when it is damaged or of another
 * job.
 */
export async function loadCheckpoint(path: string, plan: Plan, mapping: FieldMapping): Promise<Checkpoint> {
  let text: string;
  try {
    text = await readBytes(path, "utf8");
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return { files: [], quarantineBytes: 0, summary: null };
    throw refuse(
      path,
      `readable (${(cause as { code?: string }).code ?? String(cause)})`,
      "Check its permissions",
      cause,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse(path, "a state file of assay", "Name another file, or delete it to begin anew");
  }
  const parsed = StateSchema.safeParse(json);
  if (!parsed.success) throw refuse(path, "a state file of assay", "Name another file, or delete it to begin anew");
  const { job, files, quarantineBytes, summary } = parsed.data;
  if (job !== jobOf(plan, mapping))
    throw refuse(path, "of the same policy and mapping", "Use the options of the first run, or another state file");
  return {
    files,
    quarantineBytes,
    summary: summary === null ? null : withoutSources(decodeSummary(JSON.stringify(summary))),
  };
}

/** Writes a state file, whole or not at all. */
export async function saveCheckpoint(
  path: string,
  plan: Plan,
  mapping: FieldMapping,
  { files, quarantineBytes, summary }: Checkpoint,
): Promise<void> {
  const state = { kind: "assay-state", specVersion: 1, job: jobOf(plan, mapping), files, quarantineBytes };
  const encoded = summary === null ? "null" : encodeSummary(summary);
  await writeAtomically(path, `${JSON.stringify(state).slice(0, -1)},"summary":${encoded}}\n`, "state");
}

/** The first bytes of a file, to know it again when it has grown. */
export async function fingerprint(path: string, atMost: number = headBytes): Promise<FileProgress["head"]> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(
      new Uint8Array(Math.min(headBytes, atMost)),
      0,
      Math.min(headBytes, atMost),
      0,
    );
    return { bytes: bytesRead, sha256: createHash("sha256").update(buffer.subarray(0, bytesRead)).digest("hex") };
  } finally {
    await file.close();
  }
}

/** Checks that a file still begins with what was read of it. @throws {RecordsError} when it was replaced or cut. */
export async function requireSameFile({ file, head, bytes }: FileProgress, size: number | null): Promise<void> {
  if (head === null) return;
  const now = await fingerprint(file, head.bytes);
  if (now?.sha256 === head.sha256 && (bytes === null || size === null || size >= bytes)) return;
  throw new RecordsError(cannot("go on with the job", "the file", "the one that was read before, or longer", file), {
    code: "file-changed",
    field: "file",
    value: file,
    fix: "Begin anew with another state file",
  });
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
