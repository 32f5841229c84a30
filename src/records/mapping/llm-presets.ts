import { preset, type ToolPreset } from "./tool-preset.ts";

const tables = ["csv", "ndjson", "json"];

/** Names of these presets. */
export type LlmPresetName =
  | "vllm"
  | "sglang"
  | "aiperf"
  | "guidellm"
  | "litellm-spend"
  | "langfuse"
  | "langfuse-blob"
  | "helicone"
  | "portkey"
  | "openinference"
  | "lm-eval"
  | "inspect"
  | "promptfoo";

/** Gateways, observability and evaluation of language models. */
export const llmPresets: Readonly<Record<LlmPresetName, ToolPreset>> = {
  vllm: preset(["vLLM, vllm bench serve --save-detailed", "main of 2026"], ["vllm"], [], {
    arm: "@file",
    success: "error == null",
    latencyMs: "latency_s*1000",
    ttftMs: "ttft_s*1000",
  }),
  sglang: preset(["SGLang, bench_serving --output-details", "SGLang 0.4 to 0.5"], ["sglang"], [], {
    arm: "@file",
    success: "error == null",
    latencyMs: "latency_s*1000",
    ttftMs: "ttft_s*1000",
  }),
  aiperf: preset(
    ["AIPerf, profile_export.jsonl", "AIPerf 0.1.1"],
    ["ndjson"],
    ["metadata.request_start_ns", "metrics.request_latency.value"],
    {
      arm: "@file",
      timestamp: "metadata.request_start_ns/1e6",
      success: "error == null",
      latencyMs: "metrics.request_latency.value",
      ttftMs: "metrics.time_to_first_token.value",
    },
    { where: ["metadata.was_cancelled != true"] },
  ),
  guidellm: preset(["GuideLLM, benchmarks.json", "GuideLLM 0.7.3"], ["guidellm"], ["outcome", "request_latency"], {
    arm: "@file",
    timestamp: "info.timings.request_start*1000",
    success: "outcome == successful",
    latencyMs: "request_latency*1000",
  }),
  "litellm-spend": preset(
    ["LiteLLM, table LiteLLM_SpendLogs as CSV", "schema of 2026"],
    tables,
    ["startTime", "endTime", "model_group", "call_type", "request_duration_ms"],
    {
      arm: "model_group",
      timestamp: "startTime",
      unit: "end_user",
      requestId: "request_id",
      success: "status == success",
      latencyMs: "time(endTime) - time(startTime)",
      inputTokens: "prompt_tokens",
      outputTokens: "completion_tokens",
      costUsd: "spend",
    },
  ),
  langfuse: preset(
    ["Langfuse, observations exported from the page", "Langfuse 4.16"],
    tables,
    ["traceId", "level", "latency", "version", "startTime"],
    {
      arm: "version",
      timestamp: "startTime",
      unit: "userId",
      requestId: "id",
      success: "level != ERROR",
      latencyMs: "latency*1000",
    },
    { where: ["type == GENERATION"] },
  ),
  "langfuse-blob": preset(
    ["Langfuse, blob storage export of observations", "Langfuse 4.16"],
    tables,
    ["trace_id", "level", "latency", "version", "start_time"],
    {
      arm: "version",
      timestamp: "start_time",
      requestId: "id",
      success: "level != ERROR",
      latencyMs: "latency*1000",
    },
    { where: ["type == GENERATION"] },
  ),
  helicone: preset(["Helicone, query-clickhouse", "API of 2026"], ["helicone"], ["response_status", "delay_ms"], {
    arm: "request_properties.App-Version",
    timestamp: "request_created_at",
    unit: "request_user_id",
    requestId: "request_id",
    success: "200 <= response_status < 300",
    latencyMs: "delay_ms",
    ttftMs: "time_to_first_token",
  }),
  portkey: preset(
    ["Portkey, logs export", "documentation of August 2026"],
    tables,
    ["response_time", "response_status_code", "config"],
    {
      arm: "config",
      timestamp: "created_at",
      requestId: "id",
      success: "200 <= response_status_code < 400",
      latencyMs: "response_time",
    },
  ),
  openinference: preset(
    ["OpenInference spans, OTLP JSON", "specification of August 2026"],
    ["otlp-spans"],
    ["openinference.span.kind"],
    {
      arm: '"openinference.project.name"',
      timestamp: "start_time_unix_nano/1e6",
      unit: '"session.id"',
      requestId: "span_id",
      success: "span_status != ERROR",
      latencyMs: '"gen_ai.client.operation.duration"*1000',
    },
    { where: ['"openinference.span.kind" == LLM'] },
  ),
  "lm-eval": preset(
    ["lm-evaluation-harness, samples_*.jsonl", "0.4.12"],
    ["lm-eval"],
    ["doc_id", "filter", "score"],
    { arm: "@file", success: "score == 1" },
    { where: ['filter in ("none", "strict-match")'] },
  ),
  inspect: preset(["Inspect, .json log", "Inspect 0.3.260"], ["inspect"], ["epoch", "total_time"], {
    arm: "model",
    timestamp: "started_at",
    success: "score == C",
    latencyMs: "total_time*1000",
  }),
  promptfoo: preset(
    ["promptfoo eval --output results.json", "results version 3"],
    ["promptfoo"],
    ["provider.id", "success"],
    {
      arm: "provider.id",
      success: "success",
      latencyMs: "latencyMs",
    },
  ),
};
