/**
 * One subject of bench/ingest.bench.ts in a process of its own: SUBJECT FILE [EXTRA]. Prints seconds of CPU and wall,
 * and peak memory.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { z } from "zod";
import {
  createRandom,
  definePolicy,
  type FieldMapping,
  planFor,
  type RecordBatch,
  safeRollout,
  sampleNormal,
} from "../src/index.ts";
import { duckdbReader, openDuckDb, readFile, summarizeFiles } from "../src/node/index.ts";
import { readNdjson } from "../src/records/json/ndjson.ts";
import { dialects, summarizeTable } from "../src/sql/index.ts";
import { createSummarizer } from "../src/summary/summarizer.ts";
import { logChunks } from "./ingest-log.ts";

const [subject = "", file = "", extra = "2"] = process.argv.slice(2);
const plan = planFor(definePolicy({ ...safeRollout({ control: "v1", treatments: ["v2"] }), unit: "user" }));
const mapping: FieldMapping = {
  fields: {
    arm: "version",
    timestamp: "timestamp",
    unit: "user_id",
    success: "success",
    latencyMs: "latency_ms",
    inputTokens: "input_tokens",
    outputTokens: "output_tokens",
  },
};

const RowSchema = z.object({
  request_id: z.string(),
  timestamp: z.number(),
  user_id: z.string(),
  version: z.string(),
  success: z.boolean(),
  latency_ms: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  region: z.string(),
});

/** The lines of a file as the engine parses them; nothing else is done with them. */
function parseLines(each: (row: unknown) => void): number {
  const handle = openSync(file, "r");
  const chunk = Buffer.alloc(1 << 20);
  let rest = Buffer.alloc(0);
  let lines = 0;
  for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk)) {
    const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      each(JSON.parse(bytes.toString("utf8", start, end)));
      lines++;
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  closeSync(handle);
  return lines;
}

const subjects: Readonly<Record<string, () => Promise<number>>> = {
  "json-parse": () => Promise.resolve(parseLines(() => undefined)),
  zod: () => Promise.resolve(parseLines((row) => RowSchema.safeParse(row))),
  assay: async () => (await summarizeFiles([file], plan, mapping)).quality.records.accepted,
  "assay-jobs": async () =>
    (await summarizeFiles([file], plan, mapping, { jobs: Number(extra) })).quality.records.accepted,
  "assay-read": async () => {
    let rows = 0;
    for await (const batch of readFile(file, mapping)) rows += batch.length;
    return rows;
  },
  "assay-stream": async () => {
    const summarizer = createSummarizer(plan);
    const source = (async function* () {
      yield* logChunks(Number(file), Number(extra));
    })();
    let rows = 0;
    for await (const batch of readNdjson(source, mapping, "stream")) {
      summarizer.addBatch(batch);
      rows += batch.length;
      if (rows % 1_000_000 < batch.length)
        process.stderr.write(`${rows} ${Math.round(process.memoryUsage().rss / 1e6)}\n`);
    }
    return summarizer.summary().quality.records.accepted;
  },
  /**
   * Columns of numbers in memory: two arms in random order, one and three metrics; seconds are per 10 million values of
   * a metric.
   */
  columns: async () => {
    const fields = Array.from({ length: Number(extra) }, (_, index) => `m${index}`);
    const metrics = fields.map((field) => ({
      name: field,
      kind: "quantile" as const,
      field,
      probability: 0.99,
      better: "lower" as const,
      role: "secondary" as const,
    }));
    const columnsPlan = planFor(
      definePolicy({
        control: "v1",
        treatments: ["v2"],
        metrics: [{ ...metrics[0], role: "primary", goal: "superior" } as never, ...metrics.slice(1)],
      }),
    );
    const random = createRandom(1);
    const length = 16_384;
    const codes = Int32Array.from({ length }, () => Number(random() < 0.5));
    const numbers = Object.fromEntries(
      fields.map((field) => [field, Float64Array.from({ length }, () => 420 * Math.exp(0.5 * sampleNormal(random)))]),
    );
    const batch: RecordBatch = {
      length,
      arm: { values: ["v1", "v2"], codes },
      timestamp: null,
      unit: null,
      requestId: null,
      numbers,
      segments: {},
      quality: { rows: length, accepted: length, filtered: 0, subSamples: 0, rejected: {}, samples: [], missing: {} },
    };
    const summarizer = createSummarizer(columnsPlan);
    const rounds = Math.round(1e7 / length);
    for (let warm = 0; warm < 100; warm++) summarizer.addBatch(batch);
    start();
    for (let round = 0; round < rounds; round++) summarizer.addBatch(batch);
    return rounds * length;
  },
  "duckdb-bare": async () => {
    const connection = await openDuckDb(":memory:", { files: [file] });
    const source = (duckdbReader(file) as { sql: string }).sql;
    const rows = await connection.query(
      "SELECT version, floor(timestamp / 3600000) AS hour, ceil(log2(CASE WHEN latency_ms > 0 THEN latency_ms " +
        "ELSE 1 END) * 128) - 1 AS bin, count(*) AS n, sum(success::INTEGER) AS s, sum(latency_ms) AS sx, " +
        "min(latency_ms) AS mn, max(latency_ms) AS mx, count(DISTINCT substr(md5(user_id), 1, 2)) AS units FROM " +
        `${source} GROUP BY version, hour, bin`,
    );
    await connection.close();
    return rows.reduce((sum, row) => sum + Number(row["n"]), 0);
  },
  duckdb: async () => {
    const connection = await openDuckDb(":memory:", { files: [file] });
    const summary = await summarizeTable(
      connection,
      plan,
      { table: duckdbReader(file) as { sql: string }, mapping, scan: "table" },
      dialects.duckdb,
    );
    await connection.close();
    return summary.quality.records.accepted;
  },
};

let before = process.cpuUsage();
let began = process.hrtime.bigint();
function start(): void {
  before = process.cpuUsage();
  began = process.hrtime.bigint();
}
const records = await (subjects[subject] as () => Promise<number>)();
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    records,
    cpu: (user + system) / 1e6,
    wall: Number(process.hrtime.bigint() - began) / 1e9,
    peak: process.resourceUsage().maxRSS / 1e3,
  }),
);
