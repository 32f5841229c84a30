import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ApiError,
  AuthenticationError,
  ConflictError,
  createClient,
  NotFoundError,
  ValidationError,
} from "../../src/api/index.ts";
import type { ClientOptions, ExperimentsClient } from "../../src/api/index.ts";
import { healthyTraffic, startEmulator } from "../../src/emulator/index.ts";
import type { EmulatorServer } from "../../src/emulator/index.ts";
import { cases, wireCases } from "./conformance.table.ts";
import type { Call, Case, Json } from "./conformance.table.ts";

const hourMs = 3_600_000;
let now: number;
let server: EmulatorServer;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 5);
  server = await startEmulator({
    now: () => now,
    hoursPerPage: 6,
    scenario: { ...healthyTraffic, requestsPerHour: 20 },
  });
});
afterEach(async () => server.close());

interface Outcome {
  readonly status: number;
  readonly body: unknown;
}

type Caller = (call: Call, id: string) => Promise<Outcome>;

async function overTheWire(call: Call, id: string): Promise<Outcome> {
  const query = call.query === undefined ? "" : `?${new URLSearchParams(call.query)}`;
  const response = await fetch(`${server.url}${call.path.replace("{id}", id)}${query}`, {
    method: call.method,
    headers: {
      authorization: `Bearer ${call.token ?? server.token}`,
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...(call.key === undefined ? {} : { "idempotency-key": call.key }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  return { status: response.status, body: await response.json() };
}

function throughTheClient(options: Partial<ClientOptions>): Caller {
  return async (call, id) => {
    const client = createClient({ baseUrl: server.url, token: call.token ?? server.token, ...options });
    try {
      return {
        status: call.path === "/experiments" || call.path === "/models/versions" ? 201 : 200,
        body: await dispatch(client, call, id),
      };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const kind = error.status ?? (error instanceof ValidationError ? 400 : undefined);
      const expected = {
        400: ValidationError,
        401: AuthenticationError,
        404: NotFoundError,
        409: ConflictError,
        422: ValidationError,
      }[kind ?? 0];
      expect(error).toBeInstanceOf(expected);
      return { status: kind ?? 0, body: { error: { code: error.code, message: error.message, issues: error.issues } } };
    }
  };
}

async function dispatch(client: ExperimentsClient, call: Call, known: string): Promise<unknown> {
  const [, kind, name, action] = call.path.split("/");
  const id = decodeURIComponent((name ?? "").replace("{id}", known));
  const options = call.key === undefined ? {} : { idempotencyKey: call.key };
  if (kind === "models") return client.createModelVersion(call.body as never, options);
  if (id === "") return client.createExperiment(call.body as never, options);
  if (call.method === "PATCH") return client.updateExperiment(id, call.body as never, options);
  if (action === "pause") return client.pauseExperiment(id, options);
  if (action === "resume") return client.resumeExperiment(id, options);
  return action === "results" ? client.getResults(id, call.query as never) : client.getExperiment(id);
}

async function run(one: Case, caller: Caller): Promise<void> {
  let id = "exp_0001";
  for (const step of one.given ?? []) {
    if (typeof step === "number") {
      now += step * hourMs;
      continue;
    }
    const outcome = await overTheWire(step, id);
    expect(outcome.status, `given: ${JSON.stringify(outcome.body)}`).toBeLessThan(300);
    id = ((outcome.body as Json)["experiment_id"] as string | undefined) ?? id;
  }
  const outcome = await caller(one.when, id);
  expect({ status: outcome.status, body: outcome.body }).toMatchObject({ status: one.then.status });
  const error = (outcome.body as { error?: { code: string; issues?: { path: string; code: string }[] } }).error;
  expect(error?.code).toBe(one.then.code);
  const found = (error?.issues ?? []).map(({ path, code }) => [path, code]);
  for (const issue of one.then.issues ?? []) expect(found).toContainEqual(issue);
  if (one.then.body !== undefined)
    expect(outcome.body).toMatchObject(JSON.parse(JSON.stringify(one.then.body)) as Json);
}

describe("the emulator conforms over raw HTTP", () => {
  it("has at least 60 cases, each of another name", () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    console.log(
      `conformance: ${cases.length} cases over raw HTTP, the same through the client with and without its own ` +
        `checks, ${wireCases.length} on the wire only`,
    );
  });
  it.each(cases)("$name", async (one) => run(one, overTheWire));
  it.each(wireCases)("on the wire: $name", async ({ when, then }) => {
    const response = await fetch(`${server.url}${when.path}`, {
      method: when.method,
      headers: { authorization: `Bearer ${server.token}`, ...when.headers },
      ...(when.body === undefined ? {} : { body: when.body }),
    });
    expect(response.status).toBe(then.status);
    expect(await response.json()).toMatchObject({ error: { code: then.code } });
    for (const [name, value] of Object.entries(then.headers ?? {}))
      expect(response.headers.get(name)?.split(" realm=")[0]).toBe(value);
    const beforeTheApi = then.status === 401 || then.status === 413;
    if (!beforeTheApi) expect(response.headers.get("x-request-id")).toMatch(/^req-\d+$/);
  });
});

describe("the client conforms, checking before it sends", () => {
  it.each(cases)("$name", async (one) => run(one, throughTheClient({})));
});

describe("the client conforms, leaving checks to the server", () => {
  it.each(cases)("$name", async (one) => run(one, throughTheClient({ checkBeforeSending: false })));
});
