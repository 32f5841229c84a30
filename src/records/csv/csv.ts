import type { RecordBatch } from "../batch.ts";
import { byteChunks, type ByteSource } from "../bytes.ts";
import type { FieldMapping } from "../mapping/fields.ts";
import type { RowOptions } from "../rows.ts";
import { CsvPlainRows } from "./csv-plain-rows.ts";
import { CsvQuotedRows } from "./csv-quoted-rows.ts";
import { CsvTable } from "./csv-table.ts";

/** The most of a chunk that is taken at once. */
const blockSize = 1 << 20;

/**
 * Reads comma-, tab-, semicolon- or pipe-separated text with a header row into record batches, in constant memory.
 *
 * @param source - the bytes, UTF-8; quoting as in RFC 4180. Lines end with LF or CRLF. A quote
 * that is not closed costs the line that it is in, which is rejected and counted.
 * @param mapping - from which columns the fields come.
 * @param name - name of the source in messages.
 * @returns batches in the order of the rows; rows that can't be used are counted in their `quality`.
 * @throws {RecordsError} when the text is not UTF-8, a mapped column is not in the header, or a row is over 16 Mi
 * characters.
 */
export async function* readCsv(
  source: ByteSource,
  mapping: FieldMapping,
  name: string,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  const table = new CsvTable(mapping, name, options);
  const plain = new CsvPlainRows(table);
  // From the first quote on, or for tools whose rows are looked at as texts.
  let quoted: CsvQuotedRows | undefined = mapping.subSamples === undefined ? undefined : new CsvQuotedRows(table, 0);
  for await (const chunk of byteChunks(source, name)) {
    for (let from = 0; from < chunk.length; from += blockSize) {
      const block = chunk.subarray(from, from + blockSize);
      if (quoted !== undefined) quoted.add(block);
      else if (!plain.add(block)) {
        quoted = new CsvQuotedRows(table, plain.taken);
        quoted.add(plain.rest);
      }
      yield* table.ready();
    }
  }
  if (quoted === undefined) plain.end();
  else quoted.end();
  yield* table.ready();
  const last = table.end();
  if (last !== undefined) yield last;
}
