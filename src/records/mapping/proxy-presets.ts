import { preset, type ToolPreset } from "./tool-preset.ts";

const status = "http_status(status)";
const tables = ["csv", "ndjson", "json"];

/** Names of these presets. */
export type ProxyPresetName =
  | "combined"
  | "apache"
  | "traefik-clf"
  | "traefik"
  | "caddy"
  | "envoy"
  | "haproxy"
  | "alb"
  | "cloudfront"
  | "cloudflare"
  | "gcp-http"
  | "elasticsearch"
  | "zipkin"
  | "jaeger"
  | "otel-http";

/**
 * Access logs of web servers, proxies and load balancers. An answer with a status from 100 to 499 is a success: what a
 * client asks wrongly is no fault of the version. Where a log does not name the version, the file is the arm.
 */
export const proxyPresets: Readonly<Record<ProxyPresetName, ToolPreset>> = {
  combined: preset(["nginx combined with $request_time", "nginx 1.28"], ["combined"], ["request_time"], {
    arm: "@file",
    timestamp: "time_local",
    success: status,
    latencyMs: "request_time*1000",
  }),
  apache: preset(
    ["Apache httpd combined with %D", "Apache httpd 2.4"],
    ["combined"],
    ["request_time"],
    { arm: "@file", timestamp: "time_local", success: status, latencyMs: "request_time/1000" },
    { logFormat: "combined" },
  ),
  "traefik-clf": preset(["Traefik, common log format", "Traefik 3.7"], ["traefik-clf"], [], {
    arm: "router",
    timestamp: "time_local",
    success: status,
    latencyMs: "duration(duration)",
  }),
  traefik: preset(["Traefik, JSON", "Traefik 3.7"], tables, ["DownstreamStatus", "Duration", "ServiceName"], {
    arm: "ServiceName",
    timestamp: "StartUTC",
    success: "http_status(DownstreamStatus)",
    latencyMs: "Duration/1e6",
  }),
  caddy: preset(["Caddy, JSON", "Caddy 2.11"], ["ndjson"], ["request.uri", "duration", "resp_headers.Server"], {
    arm: "request.headers.X-Release",
    timestamp: "ts*1000",
    success: status,
    latencyMs: "duration*1000",
  }),
  envoy: preset(["Envoy, default text log", "Envoy 1.28"], ["envoy"], [], {
    arm: "@file",
    timestamp: "start_time",
    requestId: "request_id",
    success: status,
    latencyMs: "duration",
  }),
  haproxy: preset(["HAProxy, option httplog", "HAProxy 1.8 to 3.x"], ["haproxy"], [], {
    arm: "backend",
    timestamp: "accept_date",
    success: status,
    latencyMs: "total_ms",
  }),
  alb: preset(["AWS Application Load Balancer", "30 fields, to conn_trace_id"], ["alb"], [], {
    arm: "target_group_arn",
    timestamp: "request_creation_time",
    requestId: "trace_id",
    success: "http_status(elb_status_code)",
    latencyMs: "(request_processing_time + target_processing_time + response_processing_time) * 1000",
  }),
  cloudfront: preset(
    ["Amazon CloudFront, standard log", "Version 1.0, 33 fields"],
    ["cloudfront"],
    ["sc-status", "time-taken"],
    {
      arm: "@file",
      timestamp: "timestamp",
      requestId: '"x-edge-request-id"',
      success: 'http_status("sc-status")',
      latencyMs: '"time-taken"*1000',
    },
  ),
  cloudflare: preset(
    ["Cloudflare Logpush, http_requests", "dataset of 2026"],
    tables,
    ["EdgeResponseStatus", "EdgeTimeToFirstByteMs"],
    {
      arm: "RequestHeaders.x-release",
      timestamp: "EdgeStartTimestamp",
      requestId: "RayID",
      success: "http_status(EdgeResponseStatus)",
      latencyMs: "EdgeTimeToFirstByteMs",
    },
  ),
  "gcp-http": preset(
    ["Google Cloud Logging, HTTP requests", "LogEntry v2 of Cloud Run"],
    tables,
    ["httpRequest.status", "httpRequest.latency"],
    {
      arm: "resource.labels.revision_name",
      timestamp: "timestamp",
      requestId: "insertId",
      success: "http_status(httpRequest.status)",
      latencyMs: "duration(httpRequest.latency)",
    },
  ),
  elasticsearch: preset(
    ["Elasticsearch, OpenSearch: ECS documents of _search", "8.x, OpenSearch 2.x"],
    ["elasticsearch"],
    ["_source.event.duration"],
    {
      arm: "_source.service.version",
      timestamp: "_source.@timestamp",
      unit: "_source.user.id",
      requestId: "_id",
      success: "_source.event.outcome == success",
      latencyMs: "_source.event.duration/1e6",
    },
  ),
  zipkin: preset(
    ["Zipkin, /api/v2/traces", "API v2"],
    ["zipkin"],
    ["tags.app.version", "duration"],
    {
      arm: 'tags."app.version"',
      timestamp: "timestamp/1000",
      requestId: "id",
      success: "failed == false",
      latencyMs: "duration/1000",
    },
    { where: ["kind == SERVER"] },
  ),
  jaeger: preset(
    ["Jaeger, /api/traces", "Jaeger 2.20"],
    ["jaeger"],
    ["process.service.version", "duration"],
    {
      arm: 'process."service.version"',
      timestamp: "startTime/1000",
      requestId: "spanID",
      success: "tags.error != true",
      latencyMs: "duration/1000",
    },
    { where: ['tags."span.kind" == server'] },
  ),
  "otel-http": preset(
    ["OpenTelemetry HTTP server spans, OTLP JSON", "semantic conventions 1.38"],
    ["otlp-spans"],
    ["http.request.method", "service.version"],
    {
      arm: '"service.version"',
      timestamp: "start_time_unix_nano/1e6",
      requestId: "span_id",
      success: "span_status != ERROR",
      latencyMs: '"gen_ai.client.operation.duration"*1000',
    },
    { where: ["kind == SERVER"] },
  ),
};
