import { RecordsError, cannot } from "../errors.ts";
import type { RecordBatch } from "./batch.ts";
import { type ByteSource, textChunks } from "./bytes.ts";
import type { FieldMapping } from "./fields.ts";
import { ObjectRows } from "./rows.ts";

/** The longest line that is read, in characters; a longer one is surely not a record. */
const longestLine = 16 * 1024 * 1024;

/**
 * Reads newline-delimited JSON, one object a line, into record batches; memory does not grow with the input.
 *
 * @param source - the bytes, UTF-8.
 * @param mapping - from which keys the fields come; a key may be a dotted path into nested objects.
 * @param name - name of the source in messages.
 * @returns batches in the order of the lines; rows that can't be used are counted in their `quality`.
 * @throws RecordsError when the text is not UTF-8, a mapped key never appears, or a line is over 16 Mi characters.
 * @example
 * ```ts
 * for await (const batch of readNdjson(response.body, { fields: { arm: "version", latencyMs: "latency_ms" } }, "log")) {
 *   summarizer.addBatch(batch);
 * }
 * ```
 */
export async function* readNdjson(source: ByteSource, mapping: FieldMapping, name: string): AsyncGenerator<RecordBatch> {
  const rows = new ObjectRows(mapping, name);
  let line = 0;
  let rest = "";
  for await (const chunk of textChunks(source, name)) {
    const text = rest === "" ? chunk : rest + chunk;
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      addLine(rows, text.slice(start, end), ++line);
      start = end + 1;
      if (rows.full) yield rows.take();
    }
    rest = text.slice(start);
    if (rest.length > longestLine) {
      throw new RecordsError(cannot("read the records", `line ${line + 1} of ${name}`, `at most ${longestLine} characters`, rest.slice(0, 80)), {
        code: "line-too-long", field: name, value: rest.length, fix: "Check that the file is newline-delimited JSON",
      });
    }
  }
  addLine(rows, rest, line + 1);
  yield rows.end();
}

function addLine(rows: ObjectRows, text: string, line: number): void {
  if (text.trim() === "") return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    rows.reject("malformed-json", line, text);
    return;
  }
  rows.add(value, line);
}
