import { AuditEntrySchema, type AuditLog } from "../api/index.ts";
import { fileJournal } from "../emulator/index.ts";
import { AssayError } from "../index.ts";

/** An audit log in a file of JSON lines, each written through to the disk before the action it announces. */
export function fileAuditLog(path: string): AuditLog {
  const journal = fileJournal(path);
  return {
    read: async () =>
      journal.read().map((line, i) => {
        const entry = AuditEntrySchema.safeParse(parsed(line));
        if (entry.success) return entry.data;
        throw new AssayError(
          `Cannot read the audit log: line ${i + 1} of ${JSON.stringify(path)} must be an entry of assay ` +
            "enact, and isn't",
          { code: "audit-corrupt", field: `line ${i + 1}`, fix: "Restore the file; it says what was done already" },
        );
      }),
    append: async (entry) => journal.append(JSON.stringify(entry)),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
