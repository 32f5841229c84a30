import { cannot, RecordsError } from "../../errors.ts";
import type { FieldMapping, RecordBatch } from "../../index.ts";
import { readCsv, readNdjson } from "../../index.ts";
import type { ByteSource } from "../../records/bytes.ts";
import { type DocumentFormatName, documentFormats, readDocuments } from "../../records/formats/documents.ts";
import { readJmeterXml } from "../../records/formats/jmeter-xml.ts";
import { readOtlpSpans } from "../../records/formats/otlp-spans.ts";
import { readTextLog } from "../../records/formats/text-log.ts";
import { readJsonArray } from "../../records/json/json-array.ts";
import { settleSource } from "../../records/mapping/source-fields.ts";
import type { RowOptions } from "../../records/rows.ts";
import { readArrow } from "./arrow.ts";
import { type Format, formatOf } from "./format.ts";
import { type OpenFile, openFile, type OpenOptions } from "./open.ts";
import { readParquet } from "./parquet.ts";

/** How far a source has been read. */
export interface ReadProgress {
  readonly file: string;
  readonly bytes: number;
  /** `null` when unknown. */
  readonly size: number | null;
  readonly rows: number;
}

/** How a file is read. */
export interface ReadFileOptions extends RowOptions, OpenOptions {
  /** Called after every batch. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

const textReaders = {
  ndjson: readNdjson,
  json: readJsonArray,
  "otlp-spans": readOtlpSpans,
  "jmeter-xml": readJmeterXml,
  csv: readCsv,
} as const;

/**
 * Reads a source of records: NDJSON, a JSON array, OTLP JSON traces, JMeter XML, separated text with a header row, the
 * text logs and documents of docs/tools.md, Parquet or Arrow IPC; text also compressed. Told apart by content, unless
 * the mapping names a format.
 *
 * @param path - a file, `-` for the standard input, an https address, or a source opened already.
 * @param mapping - from which columns or keys the fields come.
 * @param name - name of the source in messages; needed for an opened one.
 * @returns batches in the order of the rows.
 * @throws {RecordsError} when the source can't be read or a mapped column does not exist.
 */
export async function* readFile(
  path: string | OpenFile,
  mapping: FieldMapping,
  options: ReadFileOptions = {},
  name: string = String(path),
): AsyncGenerator<RecordBatch> {
  const file = typeof path === "string" ? await openFile(path, options) : path;
  const format = formatOf(file.head, name, mapping.logFormat, saysWhere(mapping));
  const settled = settleSource(mapping, name);
  let rows = 0;
  const batches = isText(format)
    ? readText(format, file.bytes, settled, name, options)
    : readBinary(format, name, file, settled, options);
  for await (const batch of batches) {
    rows += batch.quality.rows;
    options.onProgress?.({ file: name, bytes: isText(format) ? file.read() : (file.size ?? 0), size: file.size, rows });
    yield batch;
  }
}

/** Whether a mapping says where the rows or columns are. */
function saysWhere({ rows, columns }: FieldMapping): boolean {
  return rows !== undefined || columns !== undefined;
}

function isText(format: Format): format is Exclude<Format, "parquet" | "arrow"> {
  return format !== "parquet" && format !== "arrow";
}

function readText(
  format: Exclude<Format, "parquet" | "arrow">,
  bytes: ByteSource,
  mapping: FieldMapping,
  name: string,
  options: RowOptions,
): AsyncGenerator<RecordBatch> {
  if (Object.hasOwn(textReaders, format))
    return textReaders[format as keyof typeof textReaders](bytes, mapping, name, options);
  if (Object.hasOwn(documentFormats, format))
    return readDocuments(bytes, mapping, name, format as DocumentFormatName, options);
  return readTextLog(
    bytes,
    mapping,
    name,
    format === "format-string" ? (mapping.logFormat as string) : format,
    options,
  );
}

function readBinary(
  format: "parquet" | "arrow",
  path: string,
  file: OpenFile,
  mapping: FieldMapping,
  options: RowOptions,
): AsyncGenerator<RecordBatch> {
  file.close();
  if (!file.plainFile) {
    throw new RecordsError(
      cannot(
        "read the records",
        "the source",
        "an uncompressed file on disk, since Parquet and Arrow are read from their end",
        path,
      ),
      {
        code: "not-seekable",
        field: "file",
        value: path,
        fix: "Save it as a file first",
      },
    );
  }
  return format === "parquet" ? readParquet(path, mapping, options) : readArrow(path, mapping, options);
}
