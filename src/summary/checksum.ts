import { sha256 } from "../math/sha256.ts";

/**
 * A JSON value as text that depends on its content only: keys sorted by UTF-16 code units, no blanks, numbers as
 * ECMAScript writes them (RFC 8785).
 *
 * @param value - what `JSON.parse` gives; fields that are `undefined` are left out
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value + 0) : "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const fields = value as Readonly<Record<string, unknown>>;
  const parts = Object.keys(fields)
    .sort()
    .filter((key) => fields[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(fields[key])}`);
  return `{${parts.join(",")}}`;
}

/**
 * The checksum of a document: of all its fields but `checksum` itself, whatever their order and layout.
 *
 * @param document - a JSON object
 * @returns `sha256:` and 64 hexadecimal digits
 */
export function checksumOf(document: object): string {
  const fields = { ...document, checksum: undefined };
  return `sha256:${sha256(new TextEncoder().encode(canonicalJson(fields)))}`;
}

/** Whether a document is as it was when its checksum was made; `false` where it has none. */
export function checksumHolds(document: object): boolean {
  return (document as { readonly checksum?: unknown }).checksum === checksumOf(document);
}
