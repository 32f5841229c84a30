import { checksumOf } from "../../src/summary/checksum.ts";

/** A document's text with the checksum that fits it: what someone who knows the format could write. */
export function sealed(text: string): string {
  const json = JSON.parse(text) as object;
  return JSON.stringify({ ...json, checksum: checksumOf(json) });
}
