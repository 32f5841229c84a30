import type { Summary } from "./summary.ts";

/** Version of the encoding; a decoder refuses versions it does not know. */
export const summaryVersion = 1;

/**
 * The summary as JSON text; the same summary always gives the same text.
 *
 * @example
 * ```ts
 * const text = encodeSummary(summary);
 * const again = decodeSummary(text);
 * ```
 */
export function encodeSummary(summary: Summary): string {
  return JSON.stringify({ kind: "assay-summary", specVersion: summaryVersion, ...summary });
}
