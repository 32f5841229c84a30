import type { FileSample } from "../../node/read/sample.ts";
import { type MappingPreset, mappingPresets } from "../../records/mapping/mapping-presets.ts";
import { preset, type ToolPreset } from "../../records/mapping/tool-preset.ts";
import { toolPresets } from "../../records/mapping/tool-presets.ts";

/** A tool whose log this is. */
export interface KnownTool extends ToolPreset {
  readonly name: MappingPreset;
  /** Whether the preset's arm is a column for want of a better one, such as the label of a request. */
  readonly weakArm: boolean;
}

const tables = ["csv", "ndjson", "json"];

/** How the logs of the other presets are told. */
const others: readonly (readonly [MappingPreset, string, readonly string[], readonly string[], weak: boolean])[] = [
  ["llmperf", "LLMPerf, individual responses", tables, ["end_to_end_latency_s", "error_code"], true],
  [
    "litellm",
    "LiteLLM, standard logging payload",
    tables,
    ["startTime", "endTime", "response_cost", "model_group"],
    false,
  ],
  ["otel-genai", "OpenTelemetry spans of generative AI", ["otlp-spans", "ndjson"], ["gen_ai.request.model"], false],
  ["jmeter", "JMeter, XML", ["jmeter-xml"], [], true],
  ["gateway", "the experiments gateway", tables, ["version", "request_id", "latency_ms", "success"], false],
];

/** Every tool that is recognised, the more particular ones first. */
export function knownTools(): KnownTool[] {
  const own = Object.entries(toolPresets).map(([name, one]) => ({
    ...one,
    name: name as MappingPreset,
    weakArm: false,
  }));
  const more = others.map(([name, tool, formats, columns, weakArm]) => ({
    ...preset([tool, ""], formats, columns, {}),
    mapping: name === "llmperf" ? { ...mappingPresets[name], zeroIsMissing: ["latencyMs"] } : mappingPresets[name],
    name,
    weakArm,
  }));
  return [...own, ...more];
}

/** The tool that wrote a file; `undefined` when it is none that is known. */
export function recogniseTool({ format, columns, rows }: FileSample): KnownTool | undefined {
  const fitting = knownTools().filter(
    (tool) => tool.formats.includes(format) && tool.columns.every((column) => columns.includes(column)),
  );
  const apache = fitting.find(({ name }) => name === "apache");
  if (apache === undefined) return fitting[0];
  const times = rows.map((row) => row["request_time"]).filter((time) => time !== null);
  return times.every((time) => /^\d+$/u.test(String(time))) ? apache : fitting.find(({ name }) => name === "combined");
}
