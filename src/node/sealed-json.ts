import { createHash } from "node:crypto";

const field = ',"checksum":"sha256:';

/**
 * JSON text with a checksum of all that stands before it, as its last field.
 *
 * @param text - a JSON object with at least one field.
 */
export function sealJson(text: string): string {
  return `${text.slice(0, -1)}${field}${digest(text)}"}`;
}

/**
 * The text without its checksum.
 *
 * @returns `undefined` when the text has none; "damaged" when it is not what was sealed.
 */
export function unsealJson(sealed: string): string | "damaged" | undefined {
  const trimmed = sealed.endsWith("\n") ? sealed.slice(0, -1) : sealed;
  const at = trimmed.lastIndexOf(field);
  if (at < 0) return undefined;
  const text = `${trimmed.slice(0, at)}}`;
  return trimmed === sealJson(text) ? text : "damaged";
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
