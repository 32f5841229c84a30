import { readFile as readBytes } from "node:fs/promises";
import { cannot, RecordsError } from "../../errors.ts";
import type { FieldMapping, RecordBatch } from "../../index.ts";
import type { RowOptions } from "../../records/rows.ts";
import { optional } from "../optional.ts";
import { ColumnRows } from "./column-rows.ts";

/**
 * Reads an Arrow IPC file or stream with Flechette. The whole file is held in memory, as its columns are used where
 * they lie.
 *
 * @throws {RecordsError} when Flechette is not installed, the file is damaged, or a mapped column is not in it.
 */
export async function* readArrow(
  path: string,
  mapping: FieldMapping,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  const { tableFromIPC } = await optional(() => import("@uwdata/flechette"), "@uwdata/flechette", "Arrow IPC");
  const bytes = await readBytes(path);
  let table: ReturnType<typeof tableFromIPC>;
  try {
    table = tableFromIPC(bytes, { useDate: true, useBigInt: true });
  } catch (cause) {
    const error = new RecordsError(
      cannot("read the records", "the file", `an intact Arrow IPC file (${(cause as Error).message})`, path),
      {
        code: "arrow-damaged",
        field: "file",
        value: path,
        fix: "Transfer it again, or check that its writer was closed",
      },
    );
    throw Object.assign(error, { cause });
  }
  const rows = new ColumnRows(mapping, table.names, path, options);
  const chunk = Object.fromEntries(
    rows.columns.map((column) => [column, (table.getChild(column) as { toArray(): ArrayLike<unknown> }).toArray()]),
  );
  yield* rows.add(chunk, table.numRows);
  yield rows.end();
}
