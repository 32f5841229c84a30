import { z } from "zod";
import { cannot, FormatError } from "../../errors.ts";
import { checksumHolds, checksumOf } from "../../summary/checksum.ts";
import type { Split } from "./split.ts";

/** What can be decided about an experiment. */
export type Verdict = "ship" | "rollback" | "keep-running" | "inconclusive" | "invalid";

/** What a decision was made from. */
export interface DecisionInputs {
  /** Checksum of the policy's JSON. */
  readonly policy: string;
  /** Checksum of the summary that was analysed. */
  readonly summary: string;
}

/**
 * A decision about one experiment, with what it was based on: enough to act on it, and to tell when it is no longer
 * true.
 */
export interface DecisionDocument {
  readonly kind: "assay-experiment-decision";
  /** 2 added inputs, checksum and signature. */
  readonly specVersion: 1 | 2;
  readonly experimentId: string;
  /** ISO 8601 instant up to which the data counted, by the server's clock. */
  readonly asOf: string;
  /** The split in force at that time, in percent. */
  readonly allocation: Split;
  /** The same as the decision's own. */
  readonly verdict: Verdict;
  /** The decision in full, as `decide` returns it. */
  readonly decision: unknown;
  readonly inputs?: DecisionInputs | undefined;
  /** SHA-256 over the canonical JSON of all other fields but the signature; from version 2 on. */
  readonly checksum?: string | undefined;
  /** HMAC-SHA256 over the canonical JSON of all other fields, see `signDecisionDocument`. */
  readonly signature?: string | undefined;
}

const checksum = z.string().regex(/^sha256:[0-9a-f]{64}$/u);
const percentage = z.number().min(0).max(100);

/** Reads a decision document. */
export const DecisionDocumentSchema: z.ZodType<DecisionDocument> = z.strictObject({
  kind: z.literal("assay-experiment-decision"),
  specVersion: z.union([z.literal(1), z.literal(2)]),
  experimentId: z.string().min(1),
  asOf: z.iso.datetime({ offset: true }),
  allocation: z.strictObject({ control: percentage, treatment: percentage }),
  verdict: z.enum(["ship", "rollback", "keep-running", "inconclusive", "invalid"]),
  decision: z.unknown(),
  inputs: z.strictObject({ policy: checksum, summary: checksum }).optional(),
  checksum: checksum.optional(),
  signature: z
    .string()
    .regex(/^hmac-sha256:[0-9a-f]{64}$/u)
    .optional(),
});

/**
 * Puts a decision into a document that `enact` acts upon, with its checksum.
 *
 * @param of - the experiment, the decision, and what it was based on
 * @example
 * ```ts
 * const allocation = { control: 50, treatment: 50 };
 * const asOf = "2026-01-05T00:00:00Z";
 * const document = decisionDocument({ experimentId: "e1", asOf, allocation, decision: { decision: "ship" } });
 * document.verdict; // "ship"
 * ```
 */
export function decisionDocument(of: {
  readonly experimentId: string;
  readonly asOf: string;
  readonly allocation: Split;
  readonly decision: { readonly decision: Verdict };
  readonly inputs?: DecisionInputs | undefined;
}): DecisionDocument {
  const { experimentId, asOf, allocation, decision, inputs } = of;
  const document: DecisionDocument = {
    kind: "assay-experiment-decision",
    specVersion: 2,
    experimentId,
    asOf,
    allocation,
    verdict: decision.decision,
    decision,
    ...(inputs === undefined ? {} : { inputs }),
  };
  return { ...document, checksum: documentChecksum(document) };
}

/** Reads a decision document from JSON text. @throws {FormatError} naming what doesn't fit, or was changed */
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
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FormatError(
      cannot("read the decision", issue?.path.join(".") || "the file", "as written by assay watch", issue?.message),
      { code: "invalid-decision-document", field: issue?.path.join(".") },
    );
  }
  const flaw = flawOf(parsed.data);
  if (flaw === undefined) return parsed.data;
  throw new FormatError(cannot("read the decision", flaw.field, flaw.requirement, flaw.value), {
    code: flaw.code,
    field: flaw.field,
    value: flaw.value,
    fix: "It was changed or damaged after it was written: decide again",
  });
}

/** What shows that a document isn't as it was written. */
export interface DocumentFlaw {
  readonly code: "verdict-contradicts-decision" | "decision-checksum";
  readonly field: string;
  readonly requirement: string;
  readonly value: unknown;
}

/** Whether a document says what its decision says, and carries the checksum of what it says. */
export function flawOf(document: DecisionDocument): DocumentFlaw | undefined {
  const decided = (document.decision as { readonly decision?: unknown } | null | undefined)?.decision;
  const { verdict, specVersion, checksum: given } = document;
  if (verdict !== decided)
    return {
      code: "verdict-contradicts-decision",
      field: "verdict",
      requirement: `that of the decision, ${JSON.stringify(decided)}`,
      value: verdict,
    };
  if (specVersion === 1 && given === undefined) return undefined;
  const { signature: _signature, ...rest } = document;
  return checksumHolds(rest)
    ? undefined
    : { code: "decision-checksum", field: "checksum", requirement: "that of the rest of the document", value: given };
}

/**
 * The SHA-256 of what a document says, in hex: the same decision has the same hash wherever it is computed, signed or
 * not.
 */
export async function decisionHash(document: DecisionDocument): Promise<string> {
  return documentChecksum(document).slice("sha256:".length);
}

function documentChecksum({ signature: _signature, ...rest }: DecisionDocument): string {
  return checksumOf(rest);
}
