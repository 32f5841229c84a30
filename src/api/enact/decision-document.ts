import { z } from "zod";
import { cannot, FormatError } from "../../errors.ts";

/** What can be decided about an experiment. */
export type Verdict = "ship" | "rollback" | "keep-running" | "inconclusive" | "invalid";

/**
 * A decision about one experiment, with what it was based on: enough to act on it, and to tell when it is no longer
 * true.
 */
export interface DecisionDocument {
  readonly kind: "assay-experiment-decision";
  readonly specVersion: 1;
  readonly experimentId: string;
  /** ISO 8601 instant up to which the data counted, by the server's clock. */
  readonly asOf: string;
  /** The split in force at that time, in percent. */
  readonly allocation: { readonly control: number; readonly treatment: number };
  readonly verdict: Verdict;
  /** The decision in full, as `decide` returns it. */
  readonly decision: unknown;
}

/** Reads a decision document. */
export const DecisionDocumentSchema: z.ZodType<DecisionDocument> = z.strictObject({
  kind: z.literal("assay-experiment-decision"),
  specVersion: z.literal(1),
  experimentId: z.string().min(1),
  asOf: z.iso.datetime({ offset: true }),
  allocation: z.strictObject({ control: z.number().min(0).max(100), treatment: z.number().min(0).max(100) }),
  verdict: z.enum(["ship", "rollback", "keep-running", "inconclusive", "invalid"]),
  decision: z.unknown(),
});

/** Reads a decision document from JSON text. @throws {FormatError} naming what doesn't fit */
export function decodeDecisionDocument(text: string): DecisionDocument {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FormatError(
      "Cannot read the decision: the file must be whole JSON, and it is cut off or something else",
      { code: "invalid-json" },
    );
  }
  const parsed = DecisionDocumentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FormatError(
    cannot("read the decision", issue?.path.join(".") || "the file", "as written by assay watch", issue?.message),
    {
      code: "invalid-decision-document",
      field: issue?.path.join("."),
    },
  );
}

/**
 * The SHA-256 of a document's canonical JSON (keys sorted), in hex: the same decision has the same hash wherever it is
 * computed.
 */
export async function decisionHash(document: DecisionDocument): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(canonical(document))));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, canonical(part)]),
  );
}
