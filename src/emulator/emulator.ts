import { sleep } from "../api/index.ts";
import type { Experiment } from "../api/index.ts";
import { requireNumber } from "../errors.ts";
import { authenticate } from "../server/authentication.ts";
import { millisecondsPerHour } from "../time.ts";
import { countRequest } from "./experiment-state.ts";
import type { EffectiveAction, HourTally } from "./experiment-state.ts";
import { faultSource } from "./faults.ts";
import type { FaultKind, FaultPlan } from "./faults.ts";
import type { Answer } from "./handler.ts";
import { failure } from "./handler.ts";
import type { Journal } from "./mutation.ts";
import { route } from "./route.ts";
import { healthyTraffic } from "./scenario.ts";
import type { TrafficScenario } from "./scenario.ts";
import { openStore } from "./store.ts";
import type { ResultsDetail } from "./tally.ts";
import type { ServedRequest } from "./traffic.ts";

/** How the emulated gateway behaves. */
export interface EmulatorOptions {
  /** Seeds traffic; 1 where absent. */
  readonly seed?: number;
  /** The only token accepted; `local` where absent. */
  readonly token?: string;
  /**
   * Traffic of every experiment (or by identity); null = none but what `record` adds. Two healthy versions where
   * absent.
   */
  readonly scenario?: TrafficScenario | null | ((experimentId: string) => TrafficScenario | undefined);
  /** How much results tell; `histograms` where absent. `rates` is the API's own example. */
  readonly detail?: ResultsDetail;
  readonly faults?: FaultPlan;
  /** Clock in milliseconds since 1970; the real one where absent. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly journal?: Journal;
  /** Hours per page of results; 168 where absent. */
  readonly hoursPerPage?: number;
  readonly requireRegisteredVersions?: boolean;
}

/** The experiments API in this process. */
export interface Emulator {
  /** Answers one request; `drop` = break the connection. Paths below `/v1`. */
  handle(request: Request): Promise<Response | "drop">;
  /** A stand-in for the platform's `fetch` that reaches this emulator and nothing else. */
  readonly fetch: typeof fetch;
  readonly token: string;
  /** Adds a request served by an arm, for an experiment without generated traffic. */
  record(experimentId: string, arm: "control" | "treatment", time: number, served: ServedRequest): void;
  /** What is known of an experiment, without going through the API. */
  inspect(experimentId: string):
    | {
        readonly experiment: Experiment;
        readonly actions: readonly EffectiveAction[];
        readonly excluded: ReadonlyMap<string, number>;
        readonly hours: readonly HourTally[];
      }
    | undefined;
  /** Faults that happened so far. */
  readonly faultCounts: ReadonlyMap<FaultKind, number>;
}

/** Largest body that the API takes. */
export const maxBodyBytes: number = 1024 * 1024;

/**
 * The experiments API without a gateway: for demos, and for tests of one's own pipelines.
 *
 * Everything is repeatable from `seed`, `faults.seed` and the clock; traffic doesn't depend on when or how often it is
 * read.
 *
 * @param options - behaviour, traffic, faults, clock; see {@link EmulatorOptions}
 * @throws {RangeError} on rates that are no chances, or a page without hours
 * @example
 * ```ts
 * const emulator = createEmulator({ seed: 1 });
 * const headers = { authorization: "Bearer local" };
 * const response = await emulator.fetch("http://emulator/v1/experiments/none", { headers });
 * response.status; // 404
 * ```
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const { token = "local", detail = "histograms", hoursPerPage = 168, now = Date.now, seed = 1 } = options;
  requireNumber(
    "start the emulator",
    "hoursPerPage",
    "a whole number of at least 1",
    hoursPerPage,
    (x) => Number.isSafeInteger(x) && x >= 1,
  );
  const scenario = options.scenario === undefined ? healthyTraffic : options.scenario;
  const store = openStore(
    options.journal,
    typeof scenario === "function" ? scenario : () => scenario ?? undefined,
    seed,
  );
  const nextFault = faultSource(options.faults);
  const faultCounts = new Map<FaultKind, number>();
  const served = new Map<string, Answer>();
  let requests = 0;

  const answer = (request: Request, body: string): Answer => {
    const context = {
      store,
      detail,
      hoursPerPage,
      requireRegisteredVersions: options.requireRegisteredVersions ?? true,
      now: now(),
    };
    const caller = authenticate(request.headers.get("authorization") ?? undefined, token);
    if (caller !== "accepted") {
      const absent = caller === "absent";
      return failure(
        401,
        absent ? "authentication-required" : "authentication-failed",
        absent ? "a bearer token is required" : "the token is not valid",
        undefined,
        { "www-authenticate": "Bearer" },
      );
    }
    return route(context, request, body);
  };

  const handle = async (request: Request): Promise<Response | "drop"> => {
    requests += 1;
    const fault = nextFault();
    if (fault !== undefined) faultCounts.set(fault, (faultCounts.get(fault) ?? 0) + 1);
    const body = await request.text();
    if (fault === "drop") return "drop";
    if (fault === "latency") await (options.sleep ?? sleep)(options.faults?.latencyMs ?? 200, undefined);
    const headers = {
      "x-request-id": `req-${requests}`,
      date: new Date(
        now() + (fault === "clock-skew" ? (options.faults?.clockSkewMs ?? 6 * millisecondsPerHour) : 0),
      ).toUTCString(),
    };
    if (fault === "rate-limited")
      return respond(
        failure(429, "rate-limited", "too many requests", undefined, {
          "retry-after": String(options.faults?.retryAfterSeconds ?? 1),
        }),
        headers,
      );
    if (fault === "server-error") return respond(failure(500, "internal", "something broke"), headers);
    const key = `${request.method} ${request.url}`;
    const stale = fault === "stale" && request.method === "GET" ? served.get(key) : undefined;
    const fresh =
      stale ??
      (body.length > maxBodyBytes
        ? failure(413, "body-too-large", `a body must be at most ${maxBodyBytes} bytes`)
        : answer(request, body));
    if (request.method === "GET" && fresh.status === 200) served.set(key, fresh);
    if (fault === "drop-after") return "drop";
    if (fault === "server-error-after") return respond(failure(500, "internal", "something broke"), headers);
    return respond(fresh, headers, fault === "truncated");
  };

  return {
    handle,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const reply = await handle(request);
      request.signal.throwIfAborted();
      if (reply === "drop") throw new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });
      return reply;
    },
    token,
    record: (id, arm, time, what) => {
      const state = store.advance(id, now());
      if (state === undefined)
        throw new RangeError(`Cannot record a request: there is no experiment ${JSON.stringify(id)}`);
      countRequest(state, arm, time, what);
    },
    inspect: (id) => {
      const state = store.advance(id, now());
      return state === undefined
        ? undefined
        : { experiment: state.experiment, actions: state.actions, excluded: state.excluded, hours: state.hours };
    },
    faultCounts,
  };
}

function respond(answer: Answer, headers: Readonly<Record<string, string>>, truncated = false): Response {
  const text = JSON.stringify(answer.body);
  return new Response(truncated ? text.slice(0, Math.floor(text.length / 2)) : text, {
    status: answer.status,
    headers: { "content-type": "application/json", ...headers, ...answer.headers },
  });
}
