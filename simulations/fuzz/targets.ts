import { apiSchemas, decodePulled, type ExperimentResults, summarizeResults } from "../../src/api/index.ts";
import { exitCodes } from "../../src/cli/cli-context.ts";
import { runCommandLine } from "../../src/cli/run.ts";
import { AssayError } from "../../src/errors.ts";
import type { Random } from "../../src/math/random.ts";
import { definePolicy, parsePolicy } from "../../src/policy/define.ts";
import { safeRollout } from "../../src/policy/presets.ts";
import { readCsv } from "../../src/records/csv/csv.ts";
import { readNdjson } from "../../src/records/json/ndjson.ts";
import { parseExpression } from "../../src/records/mapping/expression.ts";
import { compileMapping, parseFields } from "../../src/records/mapping/fields.ts";
import { emptyQuality, mergeQuality, rejectedRows } from "../../src/records/quality.ts";
import type { RequestRecord } from "../../src/records/record.ts";
import { parseTimestamp } from "../../src/records/timestamp.ts";
import {
  decodeDDSketch,
  decodeHdr,
  decodeOtlpJson,
  decodeOtlpProtobuf,
  decodePrometheusNative,
  decodeSketch,
  encodeSketch,
  formatPrometheusNative,
  parsePrometheusNative,
  QuantileSketch,
} from "../../src/sketch/index.ts";
import { decodeSummary } from "../../src/summary/decode.ts";
import { encodeSummary } from "../../src/summary/encode.ts";
import { planFor } from "../../src/summary/plan.ts";
import { summarize } from "../../src/summary/summarize.ts";
import { mutateBytes, mutateText } from "./mutate.ts";

/** A parser under attack. `run` does one case and throws only when the parser misbehaved. */
export interface Target {
  readonly name: string;
  run(random: Random): void | Promise<void>;
}

/** Errors that say what is wrong with the input; anything else is a crash. */
function expected(error: unknown): boolean {
  return (
    error instanceof AssayError ||
    error instanceof RangeError ||
    (error instanceof TypeError && error.message.startsWith("Cannot "))
  );
}

function guard(parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!expected(error) || (error as Error).message.includes("Maximum call stack")) throw error;
  }
}

const policy = {
  ...safeRollout({ control: "v1", treatments: ["v2"] }),
  unit: "user",
  segments: ["region"],
  allocation: { v1: 1, v2: 1 },
};
const record = (i: number): RequestRecord => ({
  arm: i % 2 === 0 ? "v1" : "v2",
  timestamp: Date.UTC(2026, 0, 5) + i * 1000,
  unit: `u${i % 9}`,
  success: i % 7 > 0,
  latencyMs: (i * 37) % 900,
  region: "eu",
});
const records = Array.from({ length: 40 }, (_, i) => record(i));
const summaryText = encodeSummary(summarize(records, planFor(definePolicy(policy))));
const sketch = new QuantileSketch();
sketch.addAll(Float64Array.from({ length: 300 }, (_, i) => i * i * 0.37));
const mapping = {
  fields: { arm: "arm", success: "success", latencyMs: "latencyMs", timestamp: "timestamp" },
  optional: ["timestamp"],
};
const ndjson = records.map((one) => JSON.stringify(one)).join("\n");
const csv = [
  "arm,success,latencyMs,timestamp",
  ...records.map((one) => `"${one.arm}",${one["success"]},${one["latencyMs"]},${one["timestamp"]}`),
].join("\n");

async function* bytesOf(text: string, random: Random): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const size = 1 + Math.floor(random() * 700);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(reader: typeof readCsv, text: string, random: Random): Promise<void> {
  let quality = emptyQuality;
  try {
    for await (const batch of reader(bytesOf(text, random), mapping, "fuzz")) {
      quality = mergeQuality(quality, batch.quality);
      for (const [field, column] of Object.entries(batch.numbers)) {
        for (const value of column) {
          if (
            value === Infinity ||
            value === -Infinity ||
            (field === "latencyMs" && value < 0) ||
            (field === "success" && value !== 0 && value !== 1 && !Number.isNaN(value))
          )
            throw new Error(`${field} = ${value} was accepted`);
        }
      }
    }
  } catch (error) {
    if (!expected(error)) throw error;
    return;
  }
  if (quality.rows !== quality.accepted + quality.filtered + rejectedRows(quality)) throw new Error("rows were lost");
}

/** A decoder whose output, encoded and decoded again, must be itself. */
function stable<Value>(decode: (text: string) => Value, encode: (value: Value) => string): (text: string) => void {
  return (text) =>
    guard(() => {
      const once = encode(decode(text));
      if (encode(decode(once)) !== once) throw new Error("a second round trip gives something else");
    });
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const results = JSON.stringify({
  control: { success_rate: 0.997, request_count: 5000, success_count: 4985 },
  treatment: { success_rate: 0.99, request_count: 5000, success_count: 4950 },
});
const hourly = JSON.stringify({
  ...(JSON.parse(results) as object),
  hourly: [
    {
      hour: "2026-01-05T00:00:00Z",
      control: { success_rate: 1, request_count: 10 },
      treatment: { success_rate: 0.5, request_count: 10 },
    },
  ],
});
const experiment = JSON.stringify({
  experiment_name: "e",
  description: "d",
  status: "active",
  traffic_allocation: {
    control: { model_id: "m", version: "v1", percentage: 50 },
    treatment: { model_id: "m", version: "v2", percentage: 50 },
  },
  success_metrics: { primary: "latency_p99", secondary: [], minimum_sample_size: 10 },
});
const resultsPlan = planFor(
  definePolicy({
    control: "control",
    treatments: ["treatment"],
    metrics: [safeRollout({ control: "a", treatments: ["b"] }).metrics[0] as never],
  }),
);
const expressions = [
  "latency_s*1000",
  "duration / 1e6",
  "error == null",
  "status < 500",
  '"my column" != "ok"',
  "task=prime_full",
];
const otlp = JSON.stringify({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            {
              name: "latency",
              exponentialHistogram: {
                dataPoints: [
                  {
                    count: "3",
                    sum: 6,
                    scale: 3,
                    zeroCount: "0",
                    positive: { offset: 0, bucketCounts: ["1", "1", "1"] },
                    negative: { offset: 0, bucketCounts: [] },
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
});

export const targets: readonly Target[] = [
  {
    name: "policy",
    run: (random) =>
      guard(
        () =>
          void parsePolicy(json(mutateText([JSON.stringify(policy), JSON.stringify(definePolicy(policy))], random))),
      ),
  },
  {
    name: "expression",
    run: (random) => guard(() => void parseExpression(mutateText(expressions, random), "latencyMs")),
  },
  {
    name: "mapping",
    run: (random) =>
      guard(
        () =>
          void compileMapping({
            fields: parseFields(
              mutateText([`arm=model,${expressions.join(",")}`, "arm=a,success=b == 1,latencyMs=c*1000"], random),
            ),
          }),
      ),
  },
  {
    name: "timestamp",
    run: (random) => {
      const at = parseTimestamp(
        mutateText(
          ["2026-01-05T12:30:15.250Z", "2026-01-05 12:30", "1767616215250", "2026-01-05T13:30:15+01:00"],
          random,
        ),
      );
      if (!Number.isNaN(at) && !Number.isFinite(new Date(at).getTime())) throw new Error(`${at} is no instant`);
    },
  },
  { name: "NDJSON", run: (random) => readAll(readNdjson, mutateText([ndjson], random), random) },
  { name: "CSV", run: (random) => readAll(readCsv, mutateText([csv], random), random) },
  { name: "summary", run: (random) => stable(decodeSummary, encodeSummary)(mutateText([summaryText], random)) },
  {
    name: "sketch JSON",
    run: (random) =>
      stable(
        (text) => QuantileSketch.fromJSON(json(text)),
        (value) => JSON.stringify(value),
      )(mutateText([JSON.stringify(sketch)], random)),
  },
  {
    name: "sketch binary",
    run: (random) => guard(() => void encodeSketch(decodeSketch(mutateBytes([encodeSketch(sketch)], random)))),
  },
  { name: "OTLP JSON", run: (random) => guard(() => void decodeOtlpJson(json(mutateText([otlp], random)))) },
  {
    name: "OTLP protobuf",
    run: (random) =>
      guard(
        () =>
          void decodeOtlpProtobuf(
            mutateBytes(
              [
                encodeSketch(sketch),
                Uint8Array.from([10, 40, 18, 38, 18, 36, 10, 7, 108, 97, 116, 101, 110, 99, 121, 82, 25]),
              ],
              random,
            ),
          ),
      ),
  },
  {
    name: "Prometheus text",
    run: (random) => guard(() => void parsePrometheusNative(mutateText([formatPrometheusNative(sketch)], random))),
  },
  {
    name: "Prometheus JSON",
    run: (random) =>
      guard(
        () =>
          void decodePrometheusNative(
            json(
              mutateText(
                [
                  '{"schema":3,"zeroThreshold":1e-128,"zeroCount":"1","sampleCount":"4","sampleSum":9,' +
                    '"positiveSpans":[{"offset":0,"length":3}],"positiveDeltas":["1","0","0"]}',
                ],
                random,
              ),
            ) as never,
          ),
      ),
  },
  {
    name: "DDSketch",
    run: (random) =>
      guard(
        () =>
          void decodeDDSketch(
            mutateBytes(
              [encodeSketch(sketch), Uint8Array.from([10, 9, 9, 253, 74, 129, 90, 191, 82, 240, 63])],
              random,
            ),
            { keys: "ceiling" },
          ),
      ),
  },
  {
    name: "HdrHistogram",
    run: async (random) => {
      try {
        await decodeHdr(mutateText(["HISTFAAAACF42pNpmSzMwMDAxAABzFCaEUoz2X+AsIhQAAALvgYq"], random));
      } catch (error) {
        if (!expected(error)) throw error;
      }
    },
  },
  {
    name: "API payloads",
    run: (random) => {
      const payload = json(mutateText([results, hourly, experiment], random));
      for (const schema of Object.values(apiSchemas)) schema.safeParse(payload);
    },
  },
  {
    name: "results to summary",
    run: (random) => {
      const parsed = apiSchemas["experiment-results"]?.safeParse(json(mutateText([results, hourly], random)));
      if (parsed?.success === true)
        guard(() => void encodeSummary(summarizeResults(parsed.data as ExperimentResults, resultsPlan).summary));
    },
  },
  {
    name: "pulled state",
    run: (random) => guard(() => void decodePulled(mutateText(['{"specVersion":1}', results], random) as never)),
  },
  {
    name: "command line",
    run: async (random) => {
      const words = mutateText(
        [
          "analyze x.ndjson --control v1 --treatment v2 --format json",
          "merge a b",
          "decide s.json --policy p.json",
          "summarize x --map arm=model --where a=1 --max-rejected 0.1",
        ],
        random,
      )
        .split(/\s+/u)
        .filter((word) => !/^(watch|emulator|demo|enact|pull|simulate|gate|help|plan)$/u.test(word));
      let printed = "";
      const sink = { write: (text: string) => void (printed += text), isTTY: false, columns: 80 };
      const code = await runCommandLine(words, { stdout: sink, stderr: sink } as never);
      if (!(Object.values(exitCodes) as number[]).includes(code) || printed.includes("Unexpected failure"))
        throw new Error(`exit ${code} for ${JSON.stringify(words)}: ${printed.slice(0, 500)}`);
    },
  },
];
