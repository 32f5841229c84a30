import { preset, type ToolPreset } from "./tool-preset.ts";

/** Names of these presets. */
export type LoadPresetName =
  "vegeta" | "vegeta-csv" | "hey" | "oha" | "ghz" | "k6-json" | "k6-csv" | "jmeter-run" | "locust" | "gatling";

/** Results of load tools: one file a version, whose name is the arm. */
export const loadPresets: Readonly<Record<LoadPresetName, ToolPreset>> = {
  vegeta: preset(["vegeta encode --to json", "vegeta 12.13"], ["ndjson"], ["latency", "code", "attack", "seq"], {
    arm: "@file",
    timestamp: "timestamp",
    success: "error == null",
    latencyMs: "latency/1e6",
  }),
  "vegeta-csv": preset(["vegeta encode --to csv", "vegeta 12.13"], ["vegeta-csv"], [], {
    arm: "@file",
    timestamp: "timestamp/1e6",
    success: "error == null",
    latencyMs: "latency/1e6",
  }),
  hey: preset(["hey -o csv", "hey 0.1.4"], ["csv"], ["response-time", "status-code", "offset"], {
    arm: "@file",
    success: '200 <= "status-code" < 400',
    latencyMs: '"response-time"*1000',
  }),
  oha: preset(["oha --output-format csv", "oha 1.15"], ["csv"], ["request-start", "request-duration", "status"], {
    arm: "@file",
    success: "200 <= status < 400",
    latencyMs: '"request-duration"*1000',
  }),
  ghz: preset(["ghz --format json", "ghz 0.121"], ["ghz"], ["latency", "status"], {
    arm: "@file",
    timestamp: "timestamp",
    success: "status == OK",
    latencyMs: "latency/1e6",
  }),
  "k6-json": preset(
    ["k6 run --out json", "k6 2.2"],
    ["ndjson"],
    ["metric", "type", "data.tags.expected_response"],
    {
      arm: "@file",
      timestamp: "data.time",
      success: "data.tags.expected_response == true",
      latencyMs: "data.value",
    },
    { where: ["type == Point", "metric == http_req_duration"], zeroIsMissing: ["latencyMs"] },
  ),
  "k6-csv": preset(
    ["k6 run --out csv", "k6 2.2"],
    ["csv"],
    ["metric_name", "metric_value", "expected_response"],
    {
      arm: "@file",
      timestamp: "timestamp*1000",
      success: "expected_response == true",
      latencyMs: "metric_value",
    },
    { where: ["metric_name == http_req_duration"], zeroIsMissing: ["latencyMs"] },
  ),
  "jmeter-run": preset(
    ["JMeter, one results file a version", "JMeter 5.6.3"],
    ["csv"],
    ["timeStamp", "elapsed", "label", "success"],
    { arm: "@file", timestamp: "timeStamp", success: "success", latencyMs: "elapsed" },
    { subSamples: "jmeter" },
  ),
  locust: preset(
    ["Locust, locust.contrib.csv_request_logger", "Locust 2.44"],
    ["csv"],
    ["request_type", "response_time_ms", "exception"],
    { arm: "@file", timestamp: "timestamp*1000", success: "exception == null", latencyMs: "response_time_ms" },
  ),
  gatling: preset(["Gatling, simulation.log", "Gatling 3.4 to 3.12"], ["gatling"], [], {
    arm: "@file",
    timestamp: "start",
    success: "status == OK",
    latencyMs: "end - start",
  }),
};
