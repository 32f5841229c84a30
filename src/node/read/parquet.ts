import { type FileHandle, open } from "node:fs/promises";
import { cannot, RecordsError } from "../../errors.ts";
import type { FieldMapping, RecordBatch } from "../../index.ts";
import type { RowOptions } from "../../records/rows.ts";
import { optional } from "../optional.ts";
import { ColumnRows } from "./column-rows.ts";

/** Rows decoded at once: bounds the memory of a file with large row groups. */
const rowsAtOnce = 131_072;

/**
 * Reads a Parquet file in JavaScript, with hyparquet; only the mapped columns are decoded.
 *
 * @throws {RecordsError} when hyparquet is not installed, the file is damaged, or a mapped column is not in it.
 */
export async function* readParquet(
  path: string,
  mapping: FieldMapping,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  const { parquetMetadataAsync, parquetReadObjects } = await optional(
    () => import("hyparquet"),
    "hyparquet",
    "Parquet",
  );
  const { compressors } = await optional(() => import("hyparquet-compressors"), "hyparquet-compressors", "Parquet");
  const handle = await open(path);
  try {
    const file = await asyncBuffer(handle);
    const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
      throw damaged(path, cause);
    });
    const available = metadata.schema
      .slice(1)
      .filter(({ num_children: children }) => children === undefined)
      .map(({ name }) => name);
    const rows = new ColumnRows(mapping, available, path, options);
    const total = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < total; rowStart += rowsAtOnce) {
      const rowEnd = Math.min(total, rowStart + rowsAtOnce);
      const objects = await parquetReadObjects({
        file,
        metadata,
        compressors,
        columns: [...rows.columns],
        rowStart,
        rowEnd,
      }).catch((cause: unknown) => {
        throw damaged(path, cause);
      });
      const chunk = Object.fromEntries(
        rows.columns.map((column) => [column, objects.map((row) => row[column] as unknown)]),
      );
      yield* rows.add(chunk, objects.length);
    }
    yield rows.end();
  } finally {
    await handle.close();
  }
}

async function asyncBuffer(
  handle: FileHandle,
): Promise<{ byteLength: number; slice(start: number, end?: number): Promise<ArrayBuffer> }> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer.slice(0, bytesRead);
    },
  };
}

function damaged(path: string, cause: unknown): RecordsError {
  const error = new RecordsError(
    cannot("read the records", "the file", `an intact Parquet file (${(cause as Error).message})`, path),
    {
      code: "parquet-damaged",
      field: "file",
      value: path,
      fix: "Transfer it again, or check that its writer was closed",
    },
  );
  return Object.assign(error, { cause });
}
