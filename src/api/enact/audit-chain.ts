import { checksumHolds, checksumOf } from "../../summary/checksum.ts";
import { EnactError } from "../http/errors.ts";
import type { AuditEntry, AuditLog } from "./audit.ts";
import { signatureHolds, signatureOf } from "./signature.ts";

/**
 * The lines of an audit log, each of which holds its own checksum and that of the line before: a line that was changed,
 * left out or put in is named. That the last lines were cut off can't be seen.
 */
export class AuditChain {
  readonly #log: AuditLog;
  readonly #signKey: string | undefined;
  readonly entries: readonly AuditEntry[];
  #last: string | null;

  constructor(log: AuditLog, signKey: string | undefined, entries: readonly AuditEntry[]) {
    this.#log = log;
    this.#signKey = signKey;
    this.entries = entries;
    const last = entries.at(-1);
    this.#last = last === undefined ? null : identityOf(last);
  }

  /** Reads a log. @throws {EnactError} `audit-tampered`, naming the line */
  static async read(log: AuditLog, signKey: string | undefined): Promise<AuditChain> {
    const entries = await log.read();
    for (const [index, entry] of entries.entries()) {
      const before = entries[index - 1];
      const old = entry.previous === undefined && entry.checksum === undefined;
      if (old && (before === undefined || before.checksum === undefined)) continue;
      if (!old && !checksumHolds(withoutSignature(entry))) throw tampered(index, "it was changed after it was written");
      if (entry.previous !== (before === undefined ? null : identityOf(before)))
        throw tampered(index, "it does not follow the line before: a line was changed, left out or put in");
    }
    return new AuditChain(log, signKey, entries);
  }

  /**
   * The lines about one decision, since it was last given up.
   *
   * @throws {EnactError} `audit-unsigned` when there is a key and a line was not signed with it: nobody without the key
   * can make an enactment look as if it had begun
   */
  async ofDecision(experimentId: string, decisionHash: string): Promise<readonly AuditEntry[]> {
    const all = this.entries.filter(
      (entry) => entry.experimentId === experimentId && entry.decisionHash === decisionHash,
    );
    const mine = all.slice(all.findLastIndex(({ event }) => event === "stopped") + 1);
    if (this.#signKey === undefined) return mine;
    for (const entry of mine)
      if (!(await signatureHolds(entry, this.#signKey)))
        throw new EnactError(
          `Cannot enact the decision: the line of the audit log of ${entry.at} (${entry.event}) must be signed with ` +
            "the key, and is not",
          { code: "audit-unsigned", field: "signature", fix: "Decide again, or find out who wrote the line" },
        );
    return mine;
  }

  /** How often the enactment of a decision was given up, with traffic running as before. */
  timesGivenUp(experimentId: string, decisionHash: string): number {
    return this.entries.filter(
      (entry) =>
        entry.event === "stopped" && entry.experimentId === experimentId && entry.decisionHash === decisionHash,
    ).length;
  }

  /** Writes a line, linked to the one before. */
  async append(entry: AuditEntry): Promise<void> {
    const linked = { ...entry, previous: this.#last };
    const checked: AuditEntry = { ...linked, checksum: checksumOf(linked) };
    const signed = this.#signKey === undefined ? {} : { signature: await signatureOf(checked, this.#signKey) };
    await this.#log.append({ ...checked, ...signed });
    this.#last = identityOf(checked);
  }
}

/** What the next line holds of this one. */
function identityOf(entry: AuditEntry): string {
  return entry.checksum ?? checksumOf(withoutSignature(entry));
}

function withoutSignature({ signature: _signature, ...rest }: AuditEntry): AuditEntry {
  return rest;
}

function tampered(index: number, what: string): EnactError {
  return new EnactError(`Cannot read the audit log: line ${index + 1} must be as it was written, and ${what}`, {
    code: "audit-tampered",
    field: `line ${index + 1}`,
    fix: "Restore the file; it says what was done already",
  });
}
