import { z } from "zod";
import type { Verdict } from "./decision-document.ts";
import type { EnactStep } from "./enact-step.ts";
import type { Split } from "./split.ts";

/** One line of the audit log. Holds no secret. */
export interface AuditEntry {
  readonly kind: "assay-enactment";
  /** ISO 8601 instant, by this machine's clock. */
  readonly at: string;
  readonly experimentId: string;
  /** SHA-256 of the decision document acted upon. */
  readonly decisionHash: string;
  readonly verdict: Verdict;
  /** `started` and `acting` are written before acting, the others after; `stopped`: given up, traffic resumed. */
  readonly event: "started" | "acting" | "done" | "finished" | "stopped";
  readonly step?: EnactStep | undefined;
  readonly from?: Split | undefined;
  readonly to?: Split | undefined;
  /** What the server showed after the step. */
  readonly observed?: { readonly status: string; readonly allocation: Split } | undefined;
  /** Checksum of the line before, `null` in the first; lines from before there were checksums have none. */
  readonly previous?: string | null | undefined;
  /** Checksum of this line. */
  readonly checksum?: string | undefined;
  /** HMAC-SHA256 of this line, where enactments are signed. */
  readonly signature?: string | undefined;
}

/**
 * Where enactments are recorded. `append` must have written for good when it resolves: a crash is resumed from here.
 */
export interface AuditLog {
  read(): Promise<readonly AuditEntry[]>;
  append(entry: AuditEntry): Promise<void>;
  /**
   * Keeps other enactments out until the returned function is called; rejects with the reason when one is running.
   * Optional, for logs that no two processes share.
   */
  lock?(): Promise<() => Promise<void>>;
}

const split = z.object({ control: z.number(), treatment: z.number() });

/** Reads one line of an audit log. */
export const AuditEntrySchema: z.ZodType<AuditEntry> = z.looseObject({
  kind: z.literal("assay-enactment"),
  at: z.string(),
  experimentId: z.string(),
  decisionHash: z.string(),
  verdict: z.enum(["ship", "rollback", "keep-running", "inconclusive", "invalid"]),
  event: z.enum(["started", "acting", "done", "finished", "stopped"]),
  step: z.enum(["pause", "update", "resume"]).optional(),
  from: split.optional(),
  to: split.optional(),
  observed: z.object({ status: z.string(), allocation: split }).optional(),
  previous: z.string().nullable().optional(),
  checksum: z.string().optional(),
  signature: z.string().optional(),
});

/** An audit log in memory; one enactment at a time, the others wait. */
export function memoryAuditLog(): AuditLog {
  const entries: AuditEntry[] = [];
  let last: Promise<void> = Promise.resolve();
  return {
    read: async () => [...entries],
    append: async (entry) => {
      entries.push(entry);
    },
    lock: async () => {
      const before = last;
      let release = (): void => undefined;
      last = new Promise((resolve) => (release = resolve));
      await before;
      return async () => release();
    },
  };
}
