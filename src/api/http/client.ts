import { requireNumber } from "../../errors.ts";
import { ExperimentCreatedSchema, ExperimentSchema } from "../experiment.ts";
import type { Experiment, ExperimentInput, ExperimentPatch } from "../experiment.ts";
import { ModelVersionSchema } from "../model-version.ts";
import type { ModelVersion, ModelVersionInput } from "../model-version.ts";
import { ExperimentResultsSchema } from "../results/results-payload.ts";
import type { ExperimentResults } from "../results/results-payload.ts";
import { statusConflict } from "../status.ts";
import type { ExperimentAction, ExperimentStatus } from "../status.ts";
import { checkExperiment, checkModelVersion, checkPatch } from "../validation.ts";
import type { Checked } from "../validation.ts";
import { checkBaseUrl } from "./base-url.ts";
import { ConflictError, MalformedResponseError, ValidationError } from "./errors.ts";
import type { FieldIssue } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { createRateLimit } from "./rate-limit.ts";
import type { RateLimit } from "./rate-limit.ts";
import { request } from "./request.ts";
import type { RequestSettings, RetryNotice } from "./request.ts";
import { defaultRetryPolicy } from "./retry-delay.ts";
import type { RetryPolicy } from "./retry-delay.ts";
import { sleep } from "./sleep.ts";
import { checkToken } from "./token.ts";
import type { TokenSource } from "./token.ts";

/** How to reach the API, and what the client may use of the world. */
export interface ClientOptions {
  /** Address of the gateway, e.g. `https://gateway.example/v1`; without a path, its `/v1`. */
  readonly baseUrl: string;
  /**
   * Bearer token, or a function that returns it before every request. Never logged, never in an error, never sent to
   * another host.
   */
  readonly token: TokenSource;
  /** Longest wait for one answer, body included, in milliseconds; 30,000 where absent. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Largest body read, in bytes; 32 MiB where absent. */
  readonly maxResponseBytes?: number;
  /** Client-side limit; 10 requests a second, bursts of 20, where absent. */
  readonly rateLimit?: RateLimit;
  /** Accept plain http to another machine. */
  readonly allowInsecure?: boolean;
  /** Check bodies before sending (default). Off = let the server decide. */
  readonly checkBeforeSending?: boolean;
  /** Called before a request is repeated. */
  readonly onRetry?: (notice: RetryNotice) => void;
  readonly fetch?: typeof fetch;
  /** Clock in milliseconds since 1970. */
  readonly now?: () => number;
  /** Uniform random numbers in [0, 1), for the jitter of retries. */
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Options of every call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Options of a call that changes something. */
export interface ChangeOptions extends CallOptions {
  /**
   * Names this change, so that the server does it once however often it arrives. Without a key a change is never
   * repeated.
   */
  readonly idempotencyKey?: string;
  /**
   * The state the caller believes the experiment to be in: a forbidden transition is refused without asking the server.
   */
  readonly knownStatus?: ExperimentStatus;
}

/** Which results to read. */
export interface ResultsQuery extends CallOptions {
  readonly granularity?: "hourly";
  /** ISO 8601 instant: hours that start before it are left out. */
  readonly from?: string;
  readonly cursor?: string;
  /** Most hours on a page; the server may give fewer. */
  readonly limit?: number;
}

/** Typed calls of the experiments API. */
export interface ExperimentsClient {
  readonly baseUrl: string;
  createModelVersion(input: ModelVersionInput, options?: ChangeOptions): Promise<ModelVersion>;
  createExperiment(input: ExperimentInput, options?: ChangeOptions): Promise<{ readonly experiment_id: string }>;
  getExperiment(id: string, options?: CallOptions): Promise<Experiment>;
  /** One page; see `readResults` for all of them. */
  getResults(id: string, query?: ResultsQuery): Promise<ExperimentResults>;
  pauseExperiment(id: string, options?: ChangeOptions): Promise<Experiment>;
  updateExperiment(id: string, patch: ExperimentPatch, options?: ChangeOptions): Promise<Experiment>;
  resumeExperiment(id: string, options?: ChangeOptions): Promise<Experiment>;
}

/**
 * How do I talk to the gateway's experiments?
 *
 * @param options - address, token, limits, and what to use of the world (all injectable)
 * @returns typed calls; each rejects with a class of `ApiError`, or with the abort reason
 * Repeats 408, 429, 5xx, network failures and truncated bodies with jitter and Retry-After, but only reads and changes
 * with an idempotency key.
 * @throws {ApiError} on an address without TLS other than loopback, or a token that can't be a header
 * @example
 * ```ts
 * const client = createClient({ baseUrl: "http://127.0.0.1:8787", token: "local" });
 * client.baseUrl; // "http://127.0.0.1:8787/v1"
 * ```
 */
export function createClient(options: ClientOptions): ExperimentsClient {
  const settings = settingsOf(options);
  const checks = options.checkBeforeSending ?? true;
  const call = <T>(operation: Operation, schema: Parameters<typeof request<T>>[2]): Promise<T> =>
    request(settings, operation, schema);
  const change = async (
    id: string,
    action: ExperimentAction,
    options: ChangeOptions,
    operation: Pick<Operation, "method" | "path" | "body">,
  ): Promise<Experiment> => {
    const name = `${action} experiment ${id}`;
    if (checks && options.knownStatus !== undefined) requireTransition(name, options.knownStatus, action);
    return requireSame(id, name, await call({ name, ...operation, ...passed(options) }, ExperimentSchema));
  };
  return {
    baseUrl: settings.baseUrl,
    createModelVersion: async (input, options = {}) => {
      const name = `register version ${input?.version} of ${input?.model_id}`;
      if (checks) requireValid(name, checkModelVersion(input));
      return call(
        { name, method: "POST", path: "/models/versions", body: input, ...passed(options) },
        ModelVersionSchema,
      );
    },
    createExperiment: async (input, options = {}) => {
      const name = `create experiment ${input?.experiment_name}`;
      if (checks) requireValid(name, checkExperiment(input));
      return call(
        { name, method: "POST", path: "/experiments", body: input, ...passed(options) },
        ExperimentCreatedSchema,
      );
    },
    getExperiment: async (id, options = {}) => {
      const name = `read experiment ${id}`;
      return requireSame(
        id,
        name,
        await call({ name, method: "GET", path: pathOf(id), ...passed(options) }, ExperimentSchema),
      );
    },
    getResults: async (id, query = {}) => {
      const { granularity, from, cursor } = query;
      const limit = query.limit === undefined ? undefined : String(query.limit);
      const name = `read results of experiment ${id}`;
      const results = await call(
        {
          name,
          method: "GET",
          path: `${pathOf(id)}/results`,
          query: { granularity, from, cursor, limit },
          ...passed(query),
        },
        ExperimentResultsSchema,
      );
      return results.experiment_id === undefined ? results : requireSame(id, name, results);
    },
    pauseExperiment: async (id, options = {}) =>
      change(id, "pause", options, { method: "POST", path: `${pathOf(id)}/pause` }),
    updateExperiment: async (id, patch, options = {}) => {
      if (checks) requireValid(`update experiment ${id}`, checkPatch(patch));
      return change(id, "update", options, { method: "PATCH", path: pathOf(id), body: patch });
    },
    resumeExperiment: async (id, options = {}) =>
      change(id, "resume", options, { method: "POST", path: `${pathOf(id)}/resume` }),
  };
}

function settingsOf(options: ClientOptions): RequestSettings {
  const action = "set up the experiments API client";
  const timeoutMs = options.timeoutMs ?? 30_000;
  const maxResponseBytes = options.maxResponseBytes ?? 32 * 1024 * 1024;
  const retry = { ...defaultRetryPolicy, ...options.retry };
  const rateLimit = options.rateLimit ?? { requestsPerSecond: 10, burst: 20 };
  const positive = (x: number): boolean => x > 0;
  requireNumber(action, "timeoutMs", "a positive number of milliseconds", timeoutMs, positive);
  requireNumber(action, "maxResponseBytes", "a positive number of bytes", maxResponseBytes, positive);
  requireNumber(
    action,
    "retry.maxAttempts",
    "a whole number of at least 1",
    retry.maxAttempts,
    (x) => Number.isSafeInteger(x) && x >= 1,
  );
  requireNumber(action, "rateLimit.requestsPerSecond", "a positive number", rateLimit.requestsPerSecond, positive);
  requireNumber(action, "rateLimit.burst", "at least 1", rateLimit.burst, (x) => x >= 1);
  if (typeof options.token !== "function") checkToken(options.token);
  const now = options.now ?? Date.now;
  const wait = options.sleep ?? sleep;
  return {
    baseUrl: checkBaseUrl(options.baseUrl, options.allowInsecure ?? false),
    token: options.token,
    timeoutMs,
    maxResponseBytes,
    retry,
    turn: createRateLimit(rateLimit, now, wait),
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    now,
    random: options.random ?? Math.random,
    sleep: wait,
    onRetry: options.onRetry ?? (() => undefined),
  };
}

function pathOf(id: string): string {
  if (typeof id === "string" && id !== "" && id !== "." && id !== "..") return `/experiments/${encodeURIComponent(id)}`;
  const issues = [{ path: "experiment_id", code: "required", message: "must be a non-empty identifier" }];
  throw new ValidationError("Cannot name the experiment: experiment_id must be a non-empty identifier", {
    code: "validation-failed",
    field: "experiment_id",
    issues,
  });
}

function passed(options: ChangeOptions): Pick<Operation, "signal" | "idempotencyKey"> {
  return { signal: options.signal, idempotencyKey: options.idempotencyKey };
}

function requireValid(name: string, checked: Checked<unknown>): void {
  if (checked.ok) return;
  const fields = checked.issues
    .map((issue: FieldIssue) => `${issue.path === "" ? "the body" : issue.path} ${issue.message}`)
    .join("; ");
  throw new ValidationError(`Cannot ${name}: ${fields}`, {
    code: "validation-failed",
    field: checked.issues[0]?.path,
    issues: checked.issues,
  });
}

function requireTransition(name: string, status: ExperimentStatus, action: ExperimentAction): void {
  const conflict = statusConflict(status, action);
  if (conflict !== undefined)
    throw new ConflictError(`Cannot ${name}: ${conflict.message}`, {
      code: conflict.code,
      field: "status",
      value: status,
    });
}

/** Refuses an answer about another experiment than the one that was asked for. */
function requireSame<Answer extends { readonly experiment_id?: string | undefined }>(
  id: string,
  name: string,
  answer: Answer,
): Answer {
  if (answer.experiment_id === id) return answer;
  throw new MalformedResponseError(
    `Cannot ${name}: the server's answer must be about that experiment, and is about ` +
      `${JSON.stringify(answer.experiment_id)}`,
    { code: "other-experiment", field: "experiment_id", value: answer.experiment_id },
  );
}
