import { checksumOf } from "./checksum.ts";
import type { Summary } from "./summary.ts";

/** Version of the encoding, which a decoder must know: 2 added the checksum and the list of sources. */
export const summaryVersion = 2;

/**
 * The summary as JSON text; the same summary always gives the same text.
 *
 * The text carries a checksum, by which {@link decodeSummary} notices that it was damaged or changed.
 *
 * @param summary - of any number of records
 * @returns one line of JSON
 * @example
 * ```ts
 * const text = encodeSummary(summary);
 * const again = decodeSummary(text);
 * ```
 */
export function encodeSummary(summary: Summary): string {
  const { plan, cells, clusters, instances, slices, quality, sources = [] } = summary;
  const body = {
    kind: "assay-summary",
    specVersion: summaryVersion,
    plan,
    cells,
    clusters,
    instances,
    slices,
    quality,
  };
  const text = JSON.stringify(body);
  const checksum = checksumOf(JSON.parse(text) as object);
  if (sources.length === 0 || (sources.length === 1 && sources[0] === checksum))
    return `${text.slice(0, -1)},"checksum":"${checksum}"}`;
  const merged = { ...(JSON.parse(text) as object), sources };
  return `${text.slice(0, -1)},"sources":${JSON.stringify(sources)},"checksum":"${checksumOf(merged)}"}`;
}
