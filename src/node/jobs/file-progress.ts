import { createHash } from "node:crypto";
import { z } from "zod";
import type { ContentMark } from "./content-mark.ts";

/** A file as the system knows it, whatever its name. */
export interface DiskIdentity {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** When its content was changed last, in milliseconds since 1970; absent in the state file of an older version. */
  readonly modifiedMs?: number | undefined;
}

/** How far one source has been read. */
export interface FileProgress {
  /** The name under which it was seen last. */
  readonly file: string;
  /** Where it lay when it was read last; `null` for what is no file, or when its content has moved elsewhere. */
  readonly disk: DiskIdentity | null;
  /** What was read of it; `null` for what is no file. */
  readonly mark: ContentMark | null;
  /** Whether the file is compressed. */
  readonly compressed: boolean;
  /** Whether it has had another name before: a rotated log, which may be deleted at any time. */
  readonly renamed: boolean;
  /** Bytes of text read line by line; `null` for a text that is only read whole. */
  readonly bytes: number | null;
  readonly batches: number;
  readonly lines: number;
  readonly rows: number;
  /** Mapped keys not seen so far; `null` before the first part. */
  readonly absent: readonly string[] | null;
  readonly complete: boolean;
}

/** A source that was read, or is to be read. */
export interface LedgerEntry {
  progress: FileProgress;
}

/** The mark of no bytes, which every text has. */
const noBytes = { bytes: 0, sha256: createHash("sha256").digest("hex") };

const count = z.int().min(0);
const edge = z.strictObject({ bytes: count, sha256: z.string() });
const identity = z.number().min(0);

/** The shape of a {@link FileProgress} in a state file. */
export const FileProgressSchema: z.ZodType<FileProgress> = z.strictObject({
  file: z.string(),
  disk: z.strictObject({ dev: identity, ino: identity, size: count, modifiedMs: z.number().optional() }).nullable(),
  mark: z.strictObject({ bytes: count, head: edge, tail: edge }).nullable(),
  compressed: z.boolean(),
  renamed: z.boolean(),
  bytes: count.nullable(),
  batches: count,
  lines: count,
  rows: count,
  absent: z.array(z.string()).nullable(),
  complete: z.boolean(),
});

/** The same in a state file of version 1, which knew a file by its name and its first bytes. */
export const OldFileProgressSchema: z.ZodType<FileProgress> = z
  .strictObject({
    file: z.string(),
    head: edge.nullable(),
    bytes: count.nullable(),
    batches: count,
    lines: count,
    rows: count,
    absent: z.array(z.string()).nullable(),
    complete: z.boolean(),
  })
  .transform(({ head, ...progress }) => ({
    ...nothingRead(progress.file),
    ...progress,
    mark: head === null ? null : { bytes: progress.bytes ?? head.bytes, head, tail: noBytes },
  }));

/** A source of which nothing has been read yet. */
export function nothingRead(file: string): FileProgress {
  return {
    file,
    disk: null,
    mark: null,
    compressed: false,
    renamed: false,
    bytes: null,
    batches: 0,
    lines: 0,
    rows: 0,
    absent: null,
    complete: false,
  };
}
