import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { from as tableOf } from "arquero";
import {
  batchesFromRows,
  batchesFromTable,
  createSummarizer,
  type FieldMapping,
  type Plan,
  readCsv,
  readJsonArray,
  readNdjson,
  type Summary,
} from "../../../src/index.ts";
import { duckdbReader, openDuckDb } from "../../../src/node/index.ts";
import { readArrow } from "../../../src/node/read/arrow.ts";
import { readParquet } from "../../../src/node/read/parquet.ts";
import { lineAccelerator } from "../../../src/node/wasm/wasm-line-scanner.ts";
import type { RecordBatch } from "../../../src/records/batch.ts";
import type { ByteSource } from "../../../src/records/bytes.ts";
import { dialects, summarizeTable } from "../../../src/sql/index.ts";
import { runDuckDb } from "../../helpers/run-duckdb.ts";

/** Rows of every case, by column. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

export const mapping: FieldMapping = {
  fields: {
    arm: "id",
    timestamp: "ts",
    unit: "unit",
    success: "ok",
    latencyMs: "ms",
    score: "score",
    "segment.seg": "seg",
  },
};

/** A summary in which every case is an arm of its own, and every millisecond a period: nothing of a record is lost. */
export function planOf(ids: readonly string[]): Plan {
  return {
    arms: ids,
    start: null,
    end: null,
    periodMs: 1,
    epochStarts: [],
    segments: ["seg"],
    units: true,
    dependence: false,
    latencyOfFailures: "as-recorded",
    statistics: [
      { kind: "count", field: "success" },
      { kind: "moments", field: "latencyMs" },
      { kind: "moments", field: "score" },
    ],
  };
}

/** What became of each case: its record as far as a summary shows it, or that it was rejected. */
export function outcomes({ cells, clusters, quality }: Summary, ids: readonly string[]): Map<string, string> {
  return new Map(
    ids.map((id) => {
      const { accepted = 0, rejected = 0, unusable = {} } = quality.byArm[id] ?? {};
      const own = cells.filter(({ arm }) => arm === id);
      const whole = own.find(({ segment }) => segment === null);
      const values = (whole?.statistics ?? []).map((one) =>
        one.kind === "count"
          ? `${one.successes}/${one.trials}`
          : one.kind === "moments"
            ? one.moments.count === 0
              ? "none"
              : String(one.moments.sum)
            : "",
      );
      const unit = clusters.find(({ arm }) => arm === id)?.buckets.map(({ key }) => key);
      const seg = own.flatMap(({ segment }) => (segment === null ? [] : [segment.value]));
      return [
        id,
        accepted === 0 && rejected === 0
          ? "not counted"
          : accepted === 0
            ? "rejected"
            : JSON.stringify({ at: whole?.period, values, unit, seg, unusable }),
      ];
    }),
  );
}

async function summaryOf(batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>, plan: Plan): Promise<Summary> {
  const summarizer = createSummarizer(plan);
  for await (const batch of batches) summarizer.addBatch(batch);
  return summarizer.summary();
}

function bytesOf(text: string): ByteSource {
  return (async function* () {
    yield new TextEncoder().encode(text);
  })() as ByteSource;
}

/** Readers of JSON, by name, of lines that hold one object each. */
export function jsonReaders(lines: readonly string[], plan: Plan): Record<string, () => Promise<Summary>> {
  const text = `${lines.join("\n")}\n`;
  // A key that is spelled with an escape is beyond the scanners: such a line goes to JSON.parse.
  const escaped = text.replaceAll('{"id":', '{"\\u0069d":');
  const parsed = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    "NDJSON fast path": () =>
      summaryOf(readNdjson(bytesOf(text), mapping, "log", { reuse: true, accelerator: lineAccelerator() }), plan),
    "NDJSON scanner": () => summaryOf(readNdjson(bytesOf(text), mapping, "log"), plan),
    "NDJSON by JSON.parse": () => summaryOf(readNdjson(bytesOf(escaped), mapping, "log"), plan),
    "JSON array": () => summaryOf(readJsonArray(bytesOf(`[${lines.join(",\n")}]`), mapping, "log"), plan),
    objects: () => summaryOf(batchesFromRows(parsed(), mapping), plan),
    arquero: () => summaryOf(batchesFromTable(tableOf(parsed()), mapping), plan),
  };
}

/** Readers of separated text, by name; values that a form can't hold are left out of its rows. */
export function textReaders(rows: Rows, names: readonly string[], plan: Plan): Record<string, () => Promise<Summary>> {
  const cells = (row: Rows[number]): string[] => names.map((name) => row[name] as string);
  const read = (lines: readonly string[]): Promise<Summary> =>
    summaryOf(readCsv(bytesOf(`${lines.join("\n")}\n`), mapping, "log"), plan);
  const plain = (mark: string): Promise<Summary> => {
    const forbidden = new RegExp(`["\\r\\n${mark}]`, "u");
    return read([
      names.join(mark),
      ...rows
        .map(cells)
        .filter((row) => !row.some((cell) => forbidden.test(cell)))
        .map((row) => row.join(mark)),
    ]);
  };
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  return {
    "CSV plain": () => plain(","),
    TSV: () => plain("\t"),
    "CSV with semicolons": () => plain(";"),
    "CSV quoted": () => read([names.map(quoted).join(","), ...rows.map((row) => cells(row).map(quoted).join(","))]),
    "CSV after a quoted value": () =>
      read([
        [...names, "note"].join(","),
        ...rows.map((row) =>
          [...cells(row).map((cell) => (/["\r\n,]/u.test(cell) ? quoted(cell) : cell)), '"a ""note"""'].join(","),
        ),
      ]),
  };
}

/** Readers of columns with types, by name. */
export async function columnReaders(
  rows: Rows,
  types: Readonly<Record<string, string>>,
  plan: Plan,
  folder: string,
): Promise<Record<string, () => Promise<Summary>>> {
  const names = Object.keys(types);
  const [parquet, database, arrow] = ["rows.parquet", "rows.duckdb", "rows.arrow"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const values = rows.map((row) => `(${names.map((name) => literal(row[name], types[name] as string)).join(", ")})`);
  const table = `CREATE TABLE req (${names.map((name) => `${name} ${types[name] as string}`).join(", ")})`;
  const insert = `INSERT INTO req VALUES ${values.join(", ")}`;
  await runDuckDb(table, insert, `COPY req TO '${parquet}' (FORMAT parquet)`);
  await runDuckDb(`ATTACH '${database}' AS kept`, table.replace("req", "kept.req"), insert.replace("req", "kept.req"));
  writeFileSync(arrow, arrowOf(rows, names));
  const bySql = async (file: string, source: { readonly sql: string } | string): Promise<Summary> => {
    const connection = await openDuckDb(file === parquet ? ":memory:" : file, { files: [parquet] });
    try {
      const asked = { table: source, mapping, scan: "table" } as const;
      return await summarizeTable(connection, plan, asked, dialects.duckdb);
    } finally {
      await connection.close();
    }
  };
  return {
    "Parquet in JavaScript": () => summaryOf(readParquet(parquet, mapping), plan),
    "Parquet in DuckDB": () => bySql(parquet, duckdbReader(parquet) as { readonly sql: string }),
    "DuckDB table": () => bySql(database, "req"),
    Arrow: () => summaryOf(readArrow(arrow, mapping), plan),
    "objects of the language": () => summaryOf(batchesFromRows(rows, mapping), plan),
    "arquero columns": () => summaryOf(batchesFromTable(tableOf(rows as object[]), mapping), plan),
  };
}

function literal(value: unknown, type: string): string {
  if (value === null || value === undefined) return "NULL";
  if (value instanceof Date) return `'${value.toISOString().replace("Z", "")}'::TIMESTAMP`;
  if (typeof value === "number") return `'${Object.is(value, -0) ? "-0" : value}'::${type}`;
  if (typeof value !== "string") return `${String(value as bigint)}::${type}`;
  return value.includes("\u0000")
    ? value
        .split("\u0000")
        .map((part) => `'${part.replaceAll("'", "''")}'`)
        .join(" || chr(0) || ")
    : `'${value.replaceAll("'", "''")}'`;
}

function arrowOf(rows: Rows, names: readonly string[]): Uint8Array {
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  return tableToIPC(tableFromArrays(columns as never), { format: "file" }) as Uint8Array;
}
