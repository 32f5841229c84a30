import type { FieldMapping } from "../../src/records/mapping/fields.ts";
import { mappingPresets } from "../../src/records/mapping/mapping-presets.ts";

export type { FieldMapping } from "../../src/records/mapping/fields.ts";
export { emptyQuality } from "../../src/records/quality.ts";

/** Rows of the real files: as their README states them, else as `wc` or the format's own tools count them. */
export const expectedCounts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "formats/jmeter/jmeter_jtl_doublequoting.jtl": { rows: 2, accepted: 2 },
  "formats/jmeter/jmeter_jtl_many-errors-unique-responses.jtl": { rows: 189, accepted: 189 },
  "formats/jmeter/jmeter_jtl_resource_tc.jtl": { rows: 107, accepted: 5, subSamples: 102 },
  "formats/jmeter/jmeter_jtl_slow-stdev.jtl": { rows: 599, accepted: 599 },
  "formats/jmeter/jmeter_jtl_standard-errors.jtl": { rows: 186, accepted: 185, rejected: { "malformed-xml": 1 } },
  "formats/jmeter/jmeter_jtl_tabs.jtl": { rows: 4, accepted: 4 },
  "formats/jmeter/jmeter_jtl_unicode.jtl": { rows: 13, accepted: 13 },
  "formats/k6/k6_k6_kpi.csv": { rows: 60, accepted: 4, filtered: 56 },
  "formats/otlp/trace.json": { rows: 1, accepted: 1 },
  "llm/llmdrift_requests.csv": { rows: 12_624, accepted: 12_624 },
  "llm/llmperf_requests.csv": { rows: 2845, accepted: 2845 },
  "llm/thefastest_probes_2024.csv": { rows: 5985, accepted: 5985 },
  "http/k6_monolith_baseline.csv.gz": { rows: 121_042, accepted: 121_042 },
  "http/k6_microservices_baseline.csv.gz": { rows: 166_503, accepted: 166_503 },
};

/** The mapping of a real file. */
export function mappingOf(name: string): FieldMapping {
  if (name.includes("/jmeter/")) return mappingPresets.jmeter;
  if (name.endsWith("kpi.csv")) return mappingPresets.k6;
  if (name.includes("llmperf")) return mappingPresets.llmperf;
  if (name.includes("llmdrift")) return { fields: { arm: "model", latencyMs: "latency_s*1000" } };
  if (name.includes("thefastest"))
    return { fields: { arm: "model", timestamp: "time", latencyMs: "total_time_s*1000" } };
  if (name.includes("otlp"))
    return {
      fields: {
        arm: '"service.name"',
        timestamp: "start_time_unix_nano/1e6",
        latencyMs: '"gen_ai.client.operation.duration"*1000',
      },
    };
  return {
    fields: {
      arm: "run",
      unit: "run",
      timestamp: "timestamp*1000",
      success: "expected_response",
      latencyMs: "duration_ms",
    },
  };
}
