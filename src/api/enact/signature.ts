import { canonicalJson } from "../../summary/checksum.ts";
import type { DecisionDocument } from "./decision-document.ts";

/**
 * Signs a decision document, so that nobody without the key can make or change one that `enact` accepts.
 *
 * @param document - from `decideExperiment` or `decisionDocument`
 * @param key - a secret text of at least 16 characters, the same for whoever decides and whoever enacts
 * @returns the document with `signature`, an HMAC-SHA256 over the canonical JSON of its other fields
 * @throws {RangeError} when the key is shorter
 * @example
 * ```ts
 * const allocation = { control: 50, treatment: 50 };
 * const asOf = "2026-01-05T00:00:00Z";
 * const document = decisionDocument({ experimentId: "e1", asOf, allocation, decision: { decision: "ship" } });
 * const signed = await signDecisionDocument(document, "a secret of 16 characters or more");
 * signed.signature?.slice(0, 12); // "hmac-sha256:"
 * ```
 */
export async function signDecisionDocument(document: DecisionDocument, key: string): Promise<DecisionDocument> {
  const { signature: _old, ...rest } = document;
  return { ...rest, signature: await signatureOf(rest, key) };
}

/** Whether a document, or a line of the audit log, was signed with this key. */
export async function signatureHolds(
  signed: { readonly signature?: string | undefined },
  key: string,
): Promise<boolean> {
  const { signature, ...rest } = signed;
  if (signature === undefined) return false;
  const expected = await signatureOf(rest, key);
  let difference = signature.length ^ expected.length;
  for (let i = 0; i < expected.length; i++) difference |= (signature.charCodeAt(i) || 0) ^ expected.charCodeAt(i);
  return difference === 0;
}

/** The HMAC-SHA256 of a JSON object's canonical text. */
export async function signatureOf(json: object, key: string): Promise<string> {
  if (key.length < 16)
    throw new RangeError(
      `Cannot sign: the key must be a text of at least 16 characters, current value has ${key.length} (not shown)`,
    );
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, ["sign"]);
  const digest = await crypto.subtle.sign("HMAC", imported, encoder.encode(canonicalJson(json)));
  return `hmac-sha256:${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
