import type { FieldMapping, RecordBatch } from "../index.ts";
import { readCsv, readNdjson } from "../index.ts";
import { openFile } from "./open.ts";

/** How far a file has been read. */
export interface ReadProgress {
  readonly file: string;
  readonly bytes: number;
  readonly size: number;
  readonly rows: number;
}

/** How a file is read. */
export interface ReadFileOptions {
  /** Called after every batch. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/**
 * Reads a file of records: NDJSON or separated text with a header row, plain or gzip, told apart by content.
 *
 * @param path - the file.
 * @param mapping - from which columns or keys the fields come.
 * @returns batches in the order of the rows.
 * @throws RecordsError when the file can't be read or a mapped column does not exist.
 */
export async function* readFile(path: string, mapping: FieldMapping, options: ReadFileOptions = {}): AsyncGenerator<RecordBatch> {
  const file = await openFile(path);
  const chunks = file.bytes[Symbol.asyncIterator]();
  const { value: first } = await chunks.next();
  const source = prepend(first as Uint8Array | undefined, chunks);
  let rows = 0;
  for await (const batch of looksLikeJson(first as Uint8Array | undefined) ? readNdjson(source, mapping, path) : readCsv(source, mapping, path)) {
    rows += batch.quality.rows;
    options.onProgress?.({ file: path, bytes: file.read(), size: file.size, rows });
    yield batch;
  }
}

async function* prepend(first: Uint8Array | undefined, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first === undefined) return;
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** JSON begins with a brace or bracket, after white space and a byte order mark. */
function looksLikeJson(chunk: Uint8Array | undefined): boolean {
  const skipped = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
  const first = chunk?.find((byte) => !skipped.has(byte));
  return first === 0x7b || first === 0x5b;
}
