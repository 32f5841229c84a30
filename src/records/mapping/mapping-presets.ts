import type { FieldMapping } from "./fields.ts";
import type { ToolPreset } from "./tool-preset.ts";
import { type ToolPresetName, toolPresets } from "./tool-presets.ts";

/** Tools whose logs have a mapping of their own. */
export type MappingPreset = "gateway" | "otel-genai" | "litellm" | "llmperf" | "k6" | "jmeter" | ToolPresetName;

/** Mappings by the name of the tool that writes the log. */
export const mappingPresets: Readonly<Record<MappingPreset, FieldMapping>> = {
  /** The experiments gateway: one JSON object a request, snake_case. */
  gateway: {
    fields: {
      arm: "version",
      timestamp: "timestamp",
      unit: "user_id",
      requestId: "request_id",
      success: "success",
      latencyMs: "latency_ms",
      ttftMs: "ttft_ms",
      inputTokens: "input_tokens",
      outputTokens: "output_tokens",
      costUsd: "cost_usd",
      satisfaction: "user_satisfaction_score",
    },
    optional: ["timestamp", "unit", "requestId", "ttftMs", "inputTokens", "outputTokens", "costUsd", "satisfaction"],
  },
  /**
   * Spans of the OpenTelemetry semantic conventions for generative AI, one JSON object a span or OTLP JSON; times in
   * seconds and nanoseconds.
   */
  "otel-genai": {
    fields: {
      arm: '"gen_ai.request.model"',
      timestamp: "start_time_unix_nano/1e6",
      unit: '"user.id"',
      requestId: '"span_id"',
      success: '"error.type" == null',
      latencyMs: '"gen_ai.client.operation.duration"*1000',
      ttftMs: '"gen_ai.server.time_to_first_token"*1000',
      inputTokens: '"gen_ai.usage.input_tokens"',
      outputTokens: '"gen_ai.usage.output_tokens"',
      "segment.operation": '"gen_ai.operation.name"',
    },
    where: ['"gen_ai.operation.name" != null'],
    optional: [
      "timestamp",
      "unit",
      "requestId",
      "success",
      "ttftMs",
      "inputTokens",
      "outputTokens",
      "segment.operation",
    ],
  },
  /**
   * LiteLLM's standard logging payload (checked against LiteLLM 1.60 to 1.80), one JSON object a call; instants in
   * seconds. Its `response_time` is the time to the first token of a stream, so the latency is `endTime - startTime`.
   */
  litellm: {
    fields: {
      arm: "model",
      timestamp: "startTime*1000",
      unit: "end_user",
      requestId: "id",
      success: "status == success",
      latencyMs: "(endTime - startTime) * 1000",
      ttftMs: "(completionStartTime - startTime) * 1000",
      inputTokens: "prompt_tokens",
      outputTokens: "completion_tokens",
      costUsd: "response_cost",
    },
    optional: ["timestamp", "unit", "requestId", "ttftMs", "inputTokens", "outputTokens", "costUsd"],
  },
  /**
   * LLMPerf's `*_individual_responses.json` (checked against its last version, of December 2024), one JSON array a run;
   * failures carry an error code, and most of them latency 0. A run is of one version, so its files name none: map
   * `arm`, or compare files by their names. `provider` is what collections of such runs add.
   */
  llmperf: {
    fields: {
      arm: "provider",
      success: "error_code == null",
      latencyMs: "end_to_end_latency_s*1000",
      ttftMs: "ttft_s*1000",
      inputTokens: "number_input_tokens",
      outputTokens: "number_output_tokens",
    },
    optional: ["ttftMs", "inputTokens", "outputTokens"],
  },
  /**
   * k6's CSV output (`k6 run --out csv`), where each row is one sample of one metric: the rows of the request's
   * duration. The scenario is the arm.
   */
  k6: {
    fields: {
      arm: "scenario",
      timestamp: "timestamp*1000",
      success: "expected_response == true",
      latencyMs: "metric_value",
      "segment.name": "name",
    },
    where: ["metric_name == http_req_duration"],
    optional: ["timestamp", "segment.name"],
  },
  /**
   * JMeter's results file (.jtl), CSV or XML; requests inside another sample are left out and counted. The label is the
   * arm.
   */
  jmeter: {
    fields: {
      arm: "label",
      timestamp: "timeStamp",
      success: "success",
      latencyMs: "elapsed",
      ttftMs: "Latency",
      unit: "threadName",
      "segment.code": "responseCode",
    },
    optional: ["timestamp", "ttftMs", "unit", "segment.code"],
    subSamples: "jmeter",
  },
  ...(Object.fromEntries(
    (Object.entries(toolPresets) as [ToolPresetName, ToolPreset][]).map(([name, { mapping }]) => [name, mapping]),
  ) as Record<ToolPresetName, FieldMapping>),
};
