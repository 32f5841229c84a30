import type { Analysis } from "../../src/analysis/analysis.ts";
/** What the examples of the documentation take as given. */
import { analyze } from "../../src/analysis/analyze.ts";
import { decide } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decision.ts";
import { definePolicy } from "../../src/policy/define.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { safeRollout } from "../../src/policy/presets.ts";
import type { FieldMapping } from "../../src/records/mapping/fields.ts";
import type { RequestRecord } from "../../src/records/record.ts";
import { encodeOtlpExponentialDataPoint } from "../../src/sketch/codec/otlp-json.ts";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";
import { planFor } from "../../src/summary/plan.ts";
import { summarize } from "../../src/summary/summarize.ts";
import { createSummarizer, type Summarizer } from "../../src/summary/summarizer.ts";
import type { Summary } from "../../src/summary/summary.ts";

export const records: RequestRecord[] = Array.from({ length: 2000 }, (_, i) => ({
  arm: i % 2 === 0 ? "v1" : "v2",
  timestamp: Date.UTC(2026, 0, 5) + i * 6_000,
  success: i % 331 !== 0,
  latencyMs: 100 + ((i * 7919) % 900),
}));
export const policy: Policy = definePolicy(safeRollout({ control: "v1", treatments: ["v2"] }));
export const summary: Summary = summarize(records, planFor(policy));
export const [monday, tuesday, wednesday]: [Summary, Summary, Summary] = [summary, summary, summary];
export const analysis: Analysis = analyze(summary, policy);
export const decision: Decision = decide(analysis, policy);
export const summarizer: Summarizer = createSummarizer(planFor(policy));
export const mapping: FieldMapping = { fields: { arm: "arm", success: "success", latencyMs: "latencyMs" } };
export const ndjson: string = records
  .map((record) => JSON.stringify({ ...record, version: record.arm, latency_ms: record.latencyMs, ok: record.success }))
  .join("\n");
export const source: ReadableStream<Uint8Array> = new Blob([ndjson]).stream() as ReadableStream<Uint8Array>;
/** A response whose body can be read again and again. */
export const response: { readonly body: ReadableStream<Uint8Array> } = {
  get body() {
    return new Response(ndjson).body as ReadableStream<Uint8Array>;
  },
};
const measured = new QuantileSketch();
measured.addAll(Float64Array.of(120, 300));
/** What an OpenTelemetry collector exports: two latencies, 120 and 300 ms. */
export const exported: unknown = {
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            {
              name: "gen_ai.server.request.duration",
              unit: "ms",
              exponentialHistogram: {
                aggregationTemporality: 1,
                dataPoints: [encodeOtlpExponentialDataPoint(measured)],
              },
            },
          ],
        },
      ],
    },
  ],
};
export const pause = (): Promise<void> => Promise.resolve();

export { client, document } from "./experiment.ts";

export const controlLatencies: number[] = records
  .filter(({ arm }) => arm === "v1")
  .map(({ latencyMs }) => latencyMs as number);
export const treatmentLatencies: number[] = records
  .filter(({ arm }) => arm === "v2")
  .map(({ latencyMs }) => latencyMs as number);
export const latencies: number[] = controlLatencies;
export const values: number[] = controlLatencies;

/** Compares a value with what the example says it is; numbers to the digits shown. */
export function check(value: unknown, shown: string, place: string): void {
  const text = shown.trim();
  if (Array.isArray(value) && text.startsWith("[") && text.endsWith("]")) {
    const parts = text.slice(1, -1).split(",");
    if (parts.length !== value.length) throw new Error(`${place}: shows ${text}, gives ${value.length} values`);
    parts.forEach((part, index) => check(value[index], part, place));
    return;
  }
  const number = /^-?\d[\d_]*(?:\.(\d+))?(?:e([+-]?\d+))?$/u.exec(text);
  if (number !== null && typeof value === "number") {
    const decimals = (number[1] ?? "").length - Number(number[2] ?? 0);
    const wanted = Number(text.replaceAll("_", ""));
    if (Math.abs(value - wanted) > 0.5000001 * 10 ** -decimals)
      throw new Error(`${place}: shows ${text}, gives ${value}`);
    return;
  }
  let expected: unknown;
  try {
    expected = JSON.parse(text);
  } catch {
    return;
  }
  if (JSON.stringify(value) !== JSON.stringify(expected))
    throw new Error(`${place}: shows ${text}, gives ${JSON.stringify(value)}`);
}
