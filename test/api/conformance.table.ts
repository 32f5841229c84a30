/**
 * The experiments API by cases, written from its description alone: who serves it and who calls it must both agree with
 * them.
 */

export type Json = Record<string, unknown>;

/** One call. `{id}` stands for the experiment made before. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly key?: string;
  readonly token?: string;
}

export interface Case {
  readonly name: string;
  /** Calls that must succeed first; a number = so many hours pass. */
  readonly given?: readonly (Call | number)[];
  readonly when: Call;
  readonly then: {
    readonly status: number;
    readonly code?: string;
    /** [path, code] of issues that must be among those reported. */
    readonly issues?: readonly (readonly [string, string])[];
    /** Part of the body. */
    readonly body?: Json;
  };
}

const metadata = { training_date: "2025-11-01", context_window: 128_000, capabilities: ["chat", "tools"] };
export const version = (changes: Json = {}): Json => ({
  model_id: "chat-large",
  version: "2.1.0",
  description: "Faster decoding",
  metadata,
  ...changes,
});
const register = (changes: Json = {}): Call => ({ method: "POST", path: "/models/versions", body: version(changes) });
const arm = (version: string, percentage: unknown): Json => ({ model_id: "chat-large", version, percentage });
const split = (control: unknown, treatment: unknown): Json => ({
  control: arm("2.0.0", control),
  treatment: arm("2.1.0", treatment),
});
export const experiment = (changes: Json = {}): Json => ({
  experiment_name: "chat-large 2.1.0 rollout",
  description: "Is 2.1.0 as good?",
  status: "active",
  traffic_allocation: split(50, 50),
  targeting_rules: { user_segment: "all", request_features: [], exclude_regions: [] },
  success_metrics: {
    primary: "latency_p99",
    secondary: ["success_rate", "user_satisfaction_score"],
    minimum_sample_size: 10_000,
  },
  duration: { start_date: "2026-01-05", end_date: "2026-01-19" },
  ...changes,
});
const create = (changes: Json = {}): Call => ({ method: "POST", path: "/experiments", body: experiment(changes) });
const both = [register({ version: "2.0.0" }), register()];
const active = [...both, create()];
const get: Call = { method: "GET", path: "/experiments/{id}" };
const pause: Call = { method: "POST", path: "/experiments/{id}/pause" };
const resume: Call = { method: "POST", path: "/experiments/{id}/resume" };
const patch = (body: unknown): Call => ({ method: "PATCH", path: "/experiments/{id}", body });
const results = (query: Record<string, string> = {}): Call => ({
  method: "GET",
  path: "/experiments/{id}/results",
  query,
});
const reallocate = patch({ traffic_allocation: { control: { percentage: 100 }, treatment: { percentage: 0 } } });
const invalid = (path: string, code: string): Case["then"] => ({
  status: 400,
  code: "validation-failed",
  issues: [[path, code]],
});
const without = (body: Json, field: string): Json =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));

export const cases: readonly Case[] = [
  { name: "registers a version", when: register(), then: { status: 201, body: version() } },
  {
    name: "registers a version with a deployment",
    when: register({
      deployment_config: { min_instances: 2, max_instances: 10, auto_scaling: true, target_latency_p99: 800 },
    }),
    then: { status: 201, body: { deployment_config: { target_latency_p99: 800 } } },
  },
  {
    name: "registers a version without training_date",
    when: register({ metadata: without(metadata, "training_date") }),
    then: { status: 201 },
  },
  {
    name: "keeps unknown fields of a version",
    when: register({ owner: "team-a" }),
    then: { status: 201, body: { owner: "team-a" } },
  },
  {
    name: "refuses a version without description",
    when: register({ description: undefined }),
    then: invalid("description", "required"),
  },
  {
    name: "refuses a version with an empty description",
    when: register({ description: "  " }),
    then: invalid("description", "out-of-range"),
  },
  {
    name: "refuses a version without metadata",
    when: register({ metadata: undefined }),
    then: invalid("metadata", "required"),
  },
  {
    name: "refuses a version without context_window",
    when: register({ metadata: without(metadata, "context_window") }),
    then: invalid("metadata.context_window", "required"),
  },
  {
    name: "refuses a version without capabilities",
    when: register({ metadata: without(metadata, "capabilities") }),
    then: invalid("metadata.capabilities", "required"),
  },
  {
    name: "refuses a context_window of text",
    when: register({ metadata: { ...metadata, context_window: "128k" } }),
    then: invalid("metadata.context_window", "wrong-type"),
  },
  {
    name: "refuses a context_window of 0",
    when: register({ metadata: { ...metadata, context_window: 0 } }),
    then: invalid("metadata.context_window", "out-of-range"),
  },
  {
    name: "refuses capabilities that are no list",
    when: register({ metadata: { ...metadata, capabilities: "chat" } }),
    then: invalid("metadata.capabilities", "wrong-type"),
  },
  {
    name: "refuses a training_date that is no date",
    when: register({ metadata: { ...metadata, training_date: "last summer" } }),
    then: invalid("metadata.training_date", "invalid-value"),
  },
  {
    name: "refuses a version without model_id",
    when: register({ model_id: undefined }),
    then: invalid("model_id", "required"),
  },
  {
    name: "refuses a version without version",
    when: register({ version: undefined }),
    then: invalid("version", "required"),
  },
  {
    name: "refuses more minimum than maximum instances",
    when: register({ deployment_config: { min_instances: 5, max_instances: 2 } }),
    then: invalid("deployment_config.min_instances", "out-of-range"),
  },
  {
    name: "refuses a negative latency target",
    when: register({ deployment_config: { target_latency_p99: -1 } }),
    then: invalid("deployment_config.target_latency_p99", "out-of-range"),
  },
  {
    name: "names every field that is wrong",
    when: register({ description: undefined, metadata: undefined }),
    then: {
      status: 400,
      code: "validation-failed",
      issues: [
        ["description", "required"],
        ["metadata", "required"],
      ],
    },
  },
  {
    name: "refuses a version twice",
    given: [register()],
    when: register(),
    then: { status: 409, code: "version-exists" },
  },
  {
    name: "takes a version once under an idempotency key",
    given: [{ ...register(), key: "k1" }],
    when: { ...register(), key: "k1" },
    then: { status: 201, body: { version: "2.1.0" } },
  },
  {
    name: "refuses an idempotency key for another request",
    given: [{ ...register(), key: "k1" }],
    when: { ...register({ version: "3" }), key: "k1" },
    then: { status: 422, code: "idempotency-key-reused" },
  },

  {
    name: "creates an experiment",
    given: both,
    when: create(),
    then: { status: 201, body: { experiment_id: "exp_0001" } },
  },
  {
    name: "creates an unequal split",
    given: both,
    when: create({ traffic_allocation: split(99.5, 0.5) }),
    then: { status: 201 },
  },
  {
    name: "creates a split of decimal fractions",
    given: both,
    when: create({ traffic_allocation: split(66.7, 33.3) }),
    then: { status: 201 },
  },
  {
    name: "creates an experiment with all traffic on control",
    given: both,
    when: create({ traffic_allocation: split(100, 0) }),
    then: { status: 201 },
  },
  { name: "creates a draft", given: both, when: create({ status: "draft" }), then: { status: 201 } },
  {
    name: "creates a draft where the status is absent",
    given: [...both, create({ status: undefined })],
    when: get,
    then: { status: 200, body: { status: "draft" } },
  },
  {
    name: "creates without targeting rules",
    given: both,
    when: create({ targeting_rules: undefined }),
    then: { status: 201 },
  },
  {
    name: "refuses percentages that add to 99",
    given: both,
    when: create({ traffic_allocation: split(50, 49) }),
    then: invalid("traffic_allocation", "percentages-must-add-to-100"),
  },
  {
    name: "refuses percentages that add to 101",
    given: both,
    when: create({ traffic_allocation: split(51, 50) }),
    then: invalid("traffic_allocation", "percentages-must-add-to-100"),
  },
  {
    name: "refuses percentages that add to 99.99",
    given: both,
    when: create({ traffic_allocation: split(50, 49.99) }),
    then: invalid("traffic_allocation", "percentages-must-add-to-100"),
  },
  {
    name: "refuses fractions for percentages",
    given: both,
    when: create({ traffic_allocation: split(0.5, 0.5) }),
    then: invalid("traffic_allocation", "percentages-must-add-to-100"),
  },
  {
    name: "refuses a negative percentage",
    given: both,
    when: create({ traffic_allocation: split(110, -10) }),
    then: invalid("traffic_allocation.treatment.percentage", "out-of-range"),
  },
  {
    name: "refuses a percentage of text",
    given: both,
    when: create({ traffic_allocation: split("50", 50) }),
    then: invalid("traffic_allocation.control.percentage", "wrong-type"),
  },
  {
    name: "refuses a split without treatment",
    given: both,
    when: create({ traffic_allocation: { control: arm("2.0.0", 100) } }),
    then: invalid("traffic_allocation.treatment", "required"),
  },
  {
    name: "refuses an experiment without a split",
    given: both,
    when: create({ traffic_allocation: undefined }),
    then: invalid("traffic_allocation", "required"),
  },
  {
    name: "refuses an experiment without a name",
    given: both,
    when: create({ experiment_name: undefined }),
    then: invalid("experiment_name", "required"),
  },
  {
    name: "refuses an experiment without metrics",
    given: both,
    when: create({ success_metrics: undefined }),
    then: invalid("success_metrics", "required"),
  },
  {
    name: "refuses metrics without a primary one",
    given: both,
    when: create({ success_metrics: { secondary: [] } }),
    then: invalid("success_metrics.primary", "required"),
  },
  {
    name: "refuses a minimum sample size of 0",
    given: both,
    when: create({ success_metrics: { primary: "latency_p99", minimum_sample_size: 0 } }),
    then: invalid("success_metrics.minimum_sample_size", "out-of-range"),
  },
  {
    name: "refuses half a request as minimum sample size",
    given: both,
    when: create({ success_metrics: { primary: "latency_p99", minimum_sample_size: 0.5 } }),
    then: invalid("success_metrics.minimum_sample_size", "wrong-type"),
  },
  {
    name: "refuses an unknown status",
    given: both,
    when: create({ status: "running" }),
    then: invalid("status", "invalid-value"),
  },
  {
    name: "refuses to create a completed experiment",
    given: both,
    when: create({ status: "completed" }),
    then: invalid("status", "invalid-value"),
  },
  {
    name: "refuses an end before the start",
    given: both,
    when: create({ duration: { start_date: "2026-01-10", end_date: "2026-01-09" } }),
    then: invalid("duration.end_date", "end-before-start"),
  },
  {
    name: "refuses an end in the past",
    given: both,
    when: create({ duration: { end_date: "2025-01-01" } }),
    then: invalid("duration.end_date", "end-in-the-past"),
  },
  {
    name: "refuses a date that is none",
    given: both,
    when: create({ duration: { end_date: "soon" } }),
    then: invalid("duration.end_date", "invalid-value"),
  },
  {
    name: "refuses excluded regions that are no list",
    given: both,
    when: create({ targeting_rules: { exclude_regions: "eu" } }),
    then: invalid("targeting_rules.exclude_regions", "wrong-type"),
  },
  {
    name: "refuses an experiment on an unknown version",
    given: [register()],
    when: create(),
    then: invalid("traffic_allocation.control.version", "version-not-registered"),
  },
  {
    name: "creates once under an idempotency key",
    given: [...both, { ...create(), key: "k" }],
    when: { ...create(), key: "k" },
    then: { status: 201, body: { experiment_id: "exp_0001" } },
  },

  {
    name: "reads an experiment",
    given: active,
    when: get,
    then: { status: 200, body: { experiment_id: "exp_0001", ...experiment() } },
  },
  {
    name: "keeps unknown fields of an experiment",
    given: [...both, create({ ticket: "OPS-7" })],
    when: get,
    then: { status: 200, body: { ticket: "OPS-7" } },
  },
  {
    name: "tells the allocation from the start",
    given: active,
    when: get,
    then: {
      status: 200,
      body: { allocation_history: [{ from: "2026-01-05T00:00:00.000Z", control: 50, treatment: 50 }] },
    },
  },
  {
    name: "knows no such experiment",
    when: { method: "GET", path: "/experiments/exp_9999" },
    then: { status: 404, code: "experiment-not-found" },
  },
  {
    name: "knows no experiment of an odd name",
    when: { method: "GET", path: "/experiments/a%2F..%2Fb" },
    then: { status: 404, code: "experiment-not-found" },
  },
  {
    name: "completes at the end date",
    given: [...active, 15 * 24],
    when: get,
    then: { status: 200, body: { status: "completed" } },
  },

  {
    name: "pauses an active experiment",
    given: active,
    when: pause,
    then: { status: 200, body: { status: "paused" } },
  },
  {
    name: "refuses to pause twice",
    given: [...active, pause],
    when: pause,
    then: { status: 409, code: "already-paused" },
  },
  {
    name: "pauses once under an idempotency key",
    given: [...active, { ...pause, key: "p" }],
    when: { ...pause, key: "p" },
    then: { status: 200, body: { status: "paused" } },
  },
  {
    name: "refuses to pause a draft",
    given: [...both, create({ status: "draft" })],
    when: pause,
    then: { status: 409, code: "experiment-draft" },
  },
  {
    name: "refuses to pause a completed experiment",
    given: [...active, 15 * 24],
    when: pause,
    then: { status: 409, code: "experiment-completed" },
  },
  {
    name: "knows no such experiment to pause",
    when: { method: "POST", path: "/experiments/nope/pause" },
    then: { status: 404, code: "experiment-not-found" },
  },
  {
    name: "resumes a paused experiment",
    given: [...active, pause],
    when: resume,
    then: { status: 200, body: { status: "active" } },
  },
  {
    name: "starts a draft by resuming it",
    given: [...both, create({ status: "draft" })],
    when: resume,
    then: { status: 200, body: { status: "active" } },
  },
  {
    name: "refuses to resume an active experiment",
    given: active,
    when: resume,
    then: { status: 409, code: "already-active" },
  },
  {
    name: "refuses to resume a completed experiment",
    given: [...active, 15 * 24],
    when: resume,
    then: { status: 409, code: "experiment-completed" },
  },
  {
    name: "knows no such experiment to resume",
    when: { method: "POST", path: "/experiments/nope/resume" },
    then: { status: 404, code: "experiment-not-found" },
  },

  {
    name: "changes a paused experiment",
    given: [...active, pause],
    when: reallocate,
    then: { status: 200, body: { status: "paused", traffic_allocation: split(100, 0) } },
  },
  {
    name: "refuses to change an active experiment",
    given: active,
    when: reallocate,
    then: { status: 409, code: "experiment-active" },
  },
  {
    name: "refuses to change a draft",
    given: [...both, create({ status: "draft" })],
    when: reallocate,
    then: { status: 409, code: "experiment-draft" },
  },
  {
    name: "refuses to change a completed experiment",
    given: [...active, 15 * 24],
    when: reallocate,
    then: { status: 409, code: "experiment-completed" },
  },
  {
    name: "refuses a change that adds to 90",
    given: [...active, pause],
    when: patch({ traffic_allocation: { control: { percentage: 80 }, treatment: { percentage: 10 } } }),
    then: invalid("traffic_allocation", "percentages-must-add-to-100"),
  },
  {
    name: "refuses a change of one arm alone",
    given: [...active, pause],
    when: patch({ traffic_allocation: { control: { percentage: 100 } } }),
    then: invalid("traffic_allocation.treatment", "required"),
  },
  {
    name: "refuses a change of the status",
    given: [...active, pause],
    when: patch({ status: "active" }),
    then: invalid("status", "not-changeable"),
  },
  { name: "refuses an empty change", given: [...active, pause], when: patch({}), then: invalid("", "empty-patch") },
  {
    name: "refuses another end before the start",
    given: [...active, pause],
    when: patch({ duration: { start_date: "2026-02-01", end_date: "2026-01-07" } }),
    then: invalid("duration.end_date", "end-before-start"),
  },
  {
    name: "changes the description alone",
    given: [...active, pause],
    when: patch({ description: "new" }),
    then: { status: 200, body: { description: "new", traffic_allocation: split(50, 50) } },
  },
  {
    name: "changes the end alone",
    given: [...active, pause],
    when: patch({ duration: { end_date: "2026-02-01" } }),
    then: { status: 200, body: { duration: { start_date: "2026-01-05", end_date: "2026-02-01" } } },
  },
  {
    name: "knows no such experiment to change",
    when: { ...reallocate, path: "/experiments/nope" },
    then: { status: 404, code: "experiment-not-found" },
  },
  {
    name: "tells the new allocation from the resumption on",
    given: [...active, 5, pause, 1, reallocate, 1, resume],
    when: get,
    then: {
      status: 200,
      body: {
        allocation_history: [
          { from: "2026-01-05T00:00:00.000Z", control: 50, treatment: 50 },
          { from: "2026-01-05T07:00:00.000Z", control: 100, treatment: 0 },
        ],
      },
    },
  },

  {
    name: "tells totals alone",
    given: [...active, 3],
    when: results(),
    then: { status: 200, body: { experiment_id: "exp_0001", as_of: "2026-01-05T03:00:00.000Z" } },
  },
  {
    name: "tells totals hour by hour",
    given: [...active, 3],
    when: results({ granularity: "hourly" }),
    then: {
      status: 200,
      body: {
        granularity: "hourly",
        next_cursor: null,
        control: {
          hourly: [
            { hour: "2026-01-05T00:00:00.000Z" },
            { hour: "2026-01-05T01:00:00.000Z" },
            { hour: "2026-01-05T02:00:00.000Z" },
          ],
        },
      },
    },
  },
  {
    name: "tells hours from one on",
    given: [...active, 3],
    when: results({ granularity: "hourly", from: "2026-01-05T02:00:00Z" }),
    then: { status: 200, body: { treatment: { hourly: [{ hour: "2026-01-05T02:00:00.000Z" }] } } },
  },
  {
    name: "pages a long series",
    given: [...active, 10],
    when: results({ granularity: "hourly" }),
    then: { status: 200, body: { next_cursor: "h6" } },
  },
  {
    name: "tells the last page",
    given: [...active, 10],
    when: results({ granularity: "hourly", cursor: "h6" }),
    then: {
      status: 200,
      body: { next_cursor: null, control: { hourly: [{ hour: "2026-01-05T06:00:00.000Z" }, {}, {}, {}] } },
    },
  },
  {
    name: "tells no rate where there were no requests",
    given: active,
    when: results(),
    then: { status: 200, body: { control: { success_rate: null, request_count: 0 } } },
  },
  {
    name: "counts nothing while paused",
    given: [...active, pause, 4],
    when: results(),
    then: { status: 200, body: { control: { request_count: 0 }, treatment: { request_count: 0 } } },
  },
  {
    name: "counts nothing for a draft",
    given: [...both, create({ status: "draft" }), 4],
    when: results(),
    then: { status: 200, body: { control: { request_count: 0 } } },
  },
  {
    name: "knows no other granularity",
    given: active,
    when: results({ granularity: "daily" }),
    then: invalid("granularity", "invalid-value"),
  },
  {
    name: "refuses a cursor it never gave",
    given: active,
    when: results({ granularity: "hourly", cursor: "x" }),
    then: invalid("cursor", "invalid-value"),
  },
  {
    name: "pages as finely as asked for",
    given: [...active, 3],
    when: results({ granularity: "hourly", limit: "2" }),
    then: { status: 200, body: { next_cursor: "h2" } },
  },
  {
    name: "pages no more coarsely than it can",
    given: [...active, 10],
    when: results({ granularity: "hourly", limit: "100" }),
    then: { status: 200, body: { next_cursor: "h6" } },
  },
  {
    name: "refuses a limit of 0",
    given: active,
    when: results({ granularity: "hourly", limit: "0" }),
    then: invalid("limit", "invalid-value"),
  },
  {
    name: "refuses a start that is no time",
    given: active,
    when: results({ granularity: "hourly", from: "yesterday" }),
    then: invalid("from", "invalid-value"),
  },
  {
    name: "knows no such experiment's results",
    when: { method: "GET", path: "/experiments/nope/results" },
    then: { status: 404, code: "experiment-not-found" },
  },

  {
    name: "refuses a wrong token to read",
    given: active,
    when: { ...get, token: "wrong" },
    then: { status: 401, code: "authentication-failed" },
  },
  {
    name: "refuses a wrong token to register",
    when: { ...register(), token: "wrong" },
    then: { status: 401, code: "authentication-failed" },
  },
  {
    name: "refuses a wrong token to pause",
    given: active,
    when: { ...pause, token: "wrong" },
    then: { status: 401, code: "authentication-failed" },
  },
];

/** Cases below the level of a typed client. */
export interface WireCase {
  readonly name: string;
  readonly when: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
  readonly then: { readonly status: number; readonly code: string; readonly headers?: Record<string, string> };
}

const json = { "content-type": "application/json" };
export const wireCases: readonly WireCase[] = [
  {
    name: "asks for a token",
    when: { method: "GET", path: "/experiments/x", headers: { authorization: "" } },
    then: { status: 401, code: "authentication-failed", headers: { "www-authenticate": "Bearer" } },
  },
  {
    name: "takes bearer tokens only",
    when: { method: "GET", path: "/experiments/x", headers: { authorization: "Basic bG9jYWw6" } },
    then: { status: 401, code: "authentication-failed" },
  },
  { name: "knows no other path", when: { method: "GET", path: "/models" }, then: { status: 404, code: "not-found" } },
  {
    name: "offers no deletion",
    when: { method: "DELETE", path: "/experiments/x" },
    then: { status: 405, code: "method-not-allowed", headers: { allow: "GET, PATCH" } },
  },
  {
    name: "offers no listing",
    when: { method: "GET", path: "/experiments" },
    then: { status: 405, code: "method-not-allowed", headers: { allow: "POST" } },
  },
  {
    name: "refuses a body that is no JSON",
    when: { method: "POST", path: "/experiments", headers: json, body: "{" },
    then: { status: 400, code: "invalid-json" },
  },
  {
    name: "refuses an empty body",
    when: { method: "POST", path: "/experiments", headers: json },
    then: { status: 400, code: "invalid-json" },
  },
  {
    name: "refuses NaN, which is no JSON",
    when: { method: "POST", path: "/experiments", headers: json, body: '{"traffic_allocation":NaN}' },
    then: { status: 400, code: "invalid-json" },
  },
  {
    name: "refuses a list for a body",
    when: { method: "POST", path: "/experiments", headers: json, body: "[]" },
    then: { status: 400, code: "validation-failed" },
  },
  {
    name: "refuses null for a body",
    when: { method: "POST", path: "/experiments", headers: json, body: "null" },
    then: { status: 400, code: "validation-failed" },
  },
  {
    name: "takes JSON only",
    when: { method: "POST", path: "/experiments", headers: { "content-type": "text/plain" }, body: "{}" },
    then: { status: 415, code: "unsupported-media-type" },
  },
  {
    name: "refuses a huge body",
    when: { method: "POST", path: "/experiments", headers: json, body: `"${"x".repeat(1024 * 1024)}"` },
    then: { status: 413, code: "body-too-large" },
  },
  {
    name: "refuses an endless idempotency key",
    when: {
      method: "POST",
      path: "/experiments",
      headers: { ...json, "idempotency-key": "k".repeat(201) },
      body: "{}",
    },
    then: { status: 400, code: "invalid-idempotency-key" },
  },
];
