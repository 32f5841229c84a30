import type { FieldMapping } from "./fields.ts";

/** Mappings by the name of the tool that writes the log. */
export const mappingPresets: Readonly<Record<"gateway" | "llmperf", FieldMapping>> = {
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
  /** LLMPerf's individual results; failures carry an error code, and most of them latency 0. */
  llmperf: {
    fields: {
      arm: "provider",
      success: "error_code == null",
      latencyMs: "end_to_end_latency_s*1000",
      ttftMs: "ttft_s*1000",
      inputTokens: "input_tokens",
      outputTokens: "output_tokens",
    },
    optional: ["ttftMs", "inputTokens", "outputTokens"],
  },
};
