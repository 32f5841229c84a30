import { SaxesParser } from "saxes";
import type { RecordBatch } from "../batch.ts";
import { type ByteSource, textChunks } from "../bytes.ts";
import type { FieldMapping } from "../mapping/fields.ts";
import { ObjectRows, type RowOptions } from "../rows.ts";

/** The attributes of a sample under the names that JMeter's CSV has for them. */
const columns: Readonly<Record<string, string>> = {
  ts: "timeStamp",
  t: "elapsed",
  lb: "label",
  rc: "responseCode",
  rm: "responseMessage",
  tn: "threadName",
  s: "success",
  by: "bytes",
  ng: "grpThreads",
  na: "allThreads",
  lt: "Latency",
  hn: "Hostname",
  ct: "Connect",
  it: "IdleTime",
};
const samples = new Set(["sample", "httpSample"]);

/**
 * Reads JMeter's XML results into record batches: each sample is a row with the columns of the CSV form. Samples inside
 * another one are left out and counted.
 *
 * @param source - the bytes, UTF-8.
 * @param mapping - from which columns the fields come.
 * @param name - name of the source in messages.
 * @returns batches in the order of the samples. A file that ends in the middle has its complete samples read and one
 * row rejected for the rest.
 * @throws {RecordsError} when the text is not UTF-8, or a mapped column is in no sample.
 */
export async function* readJmeterXml(
  source: ByteSource,
  mapping: FieldMapping,
  name: string,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  // A chunk may fill more than one batch.
  const rows = new ObjectRows(mapping, name, { ...options, reuse: false });
  const full: RecordBatch[] = [];
  const parser = new SaxesParser();
  let depth = 0;
  let line = 1;
  let broken: string | undefined;
  parser.on("error", (error) => {
    broken ??= error.message.replace(/^\S+:\d+:\d+: |^\d+:\d+: /u, "");
    line = Math.max(line, Number(/(\d+):\d+/u.exec(error.message)?.[1] ?? 1));
  });
  parser.on("opentag", ({ name: tag, attributes }) => {
    if (!samples.has(tag) || broken !== undefined) return;
    depth++;
    if (depth > 1) rows.leaveOutSubSample();
    else rows.add(rowOf(attributes), parser.line);
    if (rows.full) full.push(rows.take());
  });
  parser.on("closetag", ({ name: tag }) => {
    if (samples.has(tag)) depth--;
  });
  for await (const chunk of textChunks(source, name)) {
    if (broken !== undefined) break;
    parser.write(chunk);
    yield* full.splice(0);
  }
  if (broken === undefined) parser.close();
  if (broken !== undefined) rows.reject("malformed-xml", line, broken);
  yield rows.end();
}

function rowOf(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([attribute, value]) => [columns[attribute] ?? attribute, value]),
  );
}
