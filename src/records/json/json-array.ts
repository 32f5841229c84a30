import type { RecordBatch } from "../batch.ts";
import { byteChunks, type ByteSource } from "../bytes.ts";
import type { FieldMapping } from "../mapping/fields.ts";
import type { RowOptions } from "../rows.ts";
import { JsonElements } from "./json-elements.ts";
import { readNdjson } from "./ndjson.ts";

/**
 * Reads a JSON array of objects, or objects one after the other however they are laid out, into record batches; memory
 * does not grow with the input.
 *
 * @param source - the bytes, UTF-8.
 * @param mapping - from which keys the fields come.
 * @param name - name of the source in messages.
 * @returns batches in the order of the elements; in messages the line is the number of the element.
 * @throws {RecordsError} as `readNdjson` does.
 * @example
 * ```ts
 * const response = new Response('[{ "arm": "v1", "success": true, "latencyMs": 120 }]');
 * for await (const batch of readJsonArray(response.body, mapping, "requests.json")) summarizer.addBatch(batch);
 * ```
 */
export function readJsonArray(
  source: ByteSource,
  mapping: FieldMapping,
  name: string,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  return readNdjson(elementLines(source, name), mapping, name, options);
}

/** The elements of an array, or the documents of a stream, one a line. */
export async function* elementLines(source: ByteSource, name: string): AsyncGenerator<Uint8Array> {
  const elements = new JsonElements();
  for await (const chunk of byteChunks(source, name)) yield elements.add(chunk);
}
