import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import * as api from "../../src/api/index.ts";
import type { ApiError, ClientOptions, ExperimentsClient, RetryNotice } from "../../src/api/index.ts";
import { anExperiment, json, oddServer } from "./odd-server.ts";
import type { OddServer, Seen } from "./odd-server.ts";

const token = "sk-secret-7b1f9e";
const open: OddServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

interface Setup {
  readonly server: OddServer;
  readonly client: ExperimentsClient;
  readonly waits: number[];
  readonly notices: RetryNotice[];
}

async function setup(
  answer: (outgoing: ServerResponse, seen: Seen, n: number) => void,
  options: Partial<ClientOptions> = {},
): Promise<Setup> {
  const server = await oddServer(answer);
  open.push(server);
  const waits: number[] = [];
  const notices: RetryNotice[] = [];
  const client = api.createClient({
    baseUrl: server.url,
    token,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
    },
    onRetry: (notice) => notices.push(notice),
    ...options,
  });
  return { server, client, waits, notices };
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    (value) => expect.fail(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(api.ApiError);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(token);
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(token);
  return error as ApiError;
}

describe("every failing status has its class", () => {
  const classes = [
    [400, api.ValidationError, 1],
    [401, api.AuthenticationError, 1],
    [403, api.AuthenticationError, 1],
    [404, api.NotFoundError, 1],
    [405, api.NotFoundError, 1],
    [408, api.UnavailableError, 3],
    [409, api.ConflictError, 1],
    [410, api.NotFoundError, 1],
    [412, api.ConflictError, 1],
    [413, api.ValidationError, 1],
    [415, api.ValidationError, 1],
    [418, api.ApiError, 1],
    [422, api.ValidationError, 1],
    [429, api.RateLimitedError, 3],
    [451, api.ApiError, 1],
    [500, api.UnavailableError, 3],
    [501, api.UnavailableError, 1],
    [502, api.UnavailableError, 3],
    [503, api.UnavailableError, 3],
    [504, api.UnavailableError, 3],
    [505, api.UnavailableError, 1],
    [599, api.UnavailableError, 3],
  ] as const;
  it.each(classes)("%i", async (status, kind, attempts) => {
    const { server, client } = await setup(
      (out) => json(out, status, { error: { code: "because", message: `no, ${token}` } }, { "x-request-id": "r7" }),
      { retry: { maxAttempts: 3 } },
    );
    const error = await errorOf(client.getExperiment("exp_1"));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, code: "because", requestId: "r7", attempts });
    expect(error.message).toContain("[token]");
    expect(server.seen).toHaveLength(attempts);
  });
  it.each([
    ['{"detail":"try later"}', "try later"],
    ['{"error":"gone fishing"}', "gone fishing"],
    ['{"message":"hm"}', "hm"],
    ["<html>Bad gateway</html>", "a web page"],
    ["", "no explanation"],
    ["plain words", "plain words"],
  ])("says what the server says in %s", async (body, said) => {
    const { client } = await setup((out) => json(out, 503, body), { retry: { maxAttempts: 1 } });
    expect((await errorOf(client.getExperiment("exp_1"))).message).toContain(said);
  });
});

describe("answers that can't be used", () => {
  const bad: [string, string, string, Record<string, string>?][] = [
    ["a web page", "<!doctype html><html>Sign in</html>", "html-instead-of-json", { "content-type": "text/html" }],
    ["a web page that says it is JSON", " <html></html>", "html-instead-of-json"],
    ["nothing", "", "empty-body"],
    ["cut off JSON", '{"experiment_id":"exp_1","sta', "invalid-json"],
    ["NaN in JSON", '{"experiment_id":"exp_1","status":"active","traffic_allocation":NaN}', "invalid-json"],
    ["an error under status 200", '{"error":{"code":"x","message":"database down"}}', "error-body-with-success-status"],
    [
      "an error beside data under status 200",
      JSON.stringify({ ...anExperiment, error: "partial" }),
      "error-body-with-success-status",
    ],
    ["a list", "[]", "unexpected-shape"],
    ["null", "null", "unexpected-shape"],
    ["a missing state", JSON.stringify({ ...anExperiment, status: undefined }), "unexpected-shape"],
    [
      "a percentage of text",
      JSON.stringify({
        ...anExperiment,
        traffic_allocation: {
          ...anExperiment.traffic_allocation,
          control: { model_id: "m", version: "1", percentage: "50" },
        },
      }),
      "unexpected-shape",
    ],
  ];
  it.each(bad)("%s", async (_, body, code, headers = {}) => {
    const { client } = await setup((out) => json(out, 200, body, headers), { retry: { maxAttempts: 2 } });
    const error = await errorOf(client.getExperiment("exp_1"));
    expect(error).toBeInstanceOf(api.MalformedResponseError);
    expect(error.code).toBe(code);
  });
  it.each([
    ["NaN as text", { success_rate: "NaN" }, "control.success_rate"],
    ["a count as text", { success_rate: 0.9, request_count: "100" }, "control.request_count"],
    ["half a request", { success_rate: 0.9, request_count: 10.5 }, "control.request_count"],
    ["a negative count", { success_rate: 0.9, success_count: -1 }, "control.success_count"],
    ["no rate", { request_count: 10 }, "control.success_rate"],
    [
      "a histogram without scale",
      { success_rate: 1, latency_histogram: { count: 1, positive: { offset: 0, bucket_counts: [1] } } },
      "control.latency_histogram.scale",
    ],
    ["an hour without a time", { success_rate: 1, hourly: [{ success_rate: 1 }] }, "control.hourly.0.hour"],
  ])("results with %s", async (_, control, field) => {
    const { client } = await setup((out) => json(out, 200, { control, treatment: { success_rate: 0.9 } }));
    expect(await errorOf(client.getResults("exp_1"))).toMatchObject({ code: "unexpected-shape", field });
  });
  it("reads the API's own example, and keeps what it doesn't know", async () => {
    const { client } = await setup((out) =>
      json(out, 200, {
        control: { success_rate: 0.97, mood: "good" },
        treatment: { success_rate: 0.98 },
        winner: "treatment",
      }),
    );
    expect(await client.getResults("exp_1")).toEqual({
      control: { success_rate: 0.97, mood: "good" },
      treatment: { success_rate: 0.98 },
      winner: "treatment",
    });
  });
  it("cuts a huge body off, announced or not", async () => {
    const huge = JSON.stringify({ pad: "x".repeat(100_000) });
    for (const announce of [true, false]) {
      const { client } = await setup(
        (out) => {
          out.writeHead(200, announce ? { "content-length": huge.length } : {});
          out.end(huge);
        },
        { maxResponseBytes: 10_000 },
      );
      expect((await errorOf(client.getExperiment("exp_1"))).code).toBe("body-too-large");
    }
  });
});

describe("repetition", () => {
  it("repeats reads after a failure, a broken connection and cut off JSON, with growing waits", async () => {
    const { client, waits, notices } = await setup((out, _, n) => {
      if (n === 1) json(out, 500, {});
      else if (n === 2) out.socket?.destroy();
      else if (n === 3) json(out, 200, '{"experiment_id"');
      else json(out, 200, anExperiment);
    });
    expect((await client.getExperiment("exp_1")).status).toBe("active");
    expect(waits).toEqual([125, 250, 500]);
    expect(notices.map(({ error }) => error.code)).toEqual(["server-error", "network-error", "invalid-json"]);
  });
  it("never repeats a change without a key, and repeats one with a key under the same key", async () => {
    const answer = (out: ServerResponse, _: Seen, n: number): void =>
      n < 3 ? json(out, 503, {}) : json(out, 200, anExperiment);
    const careful = await setup(answer);
    expect(await errorOf(careful.client.pauseExperiment("exp_1"))).toMatchObject({ status: 503, attempts: 1 });
    expect(careful.server.seen).toHaveLength(1);
    const keyed = await setup(answer);
    await keyed.client.pauseExperiment("exp_1", { idempotencyKey: "k" });
    expect(keyed.server.seen.map(({ headers }) => headers["idempotency-key"])).toEqual(["k", "k", "k"]);
  });
  it("waits as long as Retry-After asks, in seconds or as a date by the server's own clock", async () => {
    const seconds = await setup((out, _, n) =>
      n === 1 ? json(out, 429, {}, { "retry-after": "7" }) : json(out, 200, anExperiment),
    );
    await seconds.client.getExperiment("exp_1");
    expect(seconds.waits).toEqual([7125]);
    const date = await setup(
      (out, _, n) =>
        n === 1
          ? json(
              out,
              503,
              {},
              { "retry-after": "Wed, 07 Jan 2026 12:00:09 GMT", date: "Wed, 07 Jan 2026 12:00:00 GMT" },
            )
          : json(out, 200, anExperiment),
      { now: () => 0 },
    );
    await date.client.getExperiment("exp_1");
    expect(date.waits).toEqual([9125]);
  });
  it("doesn't wait longer than allowed", async () => {
    const { client, waits } = await setup((out) => json(out, 429, {}, { "retry-after": "3600" }));
    expect(await errorOf(client.getExperiment("exp_1"))).toMatchObject({
      code: "rate-limited",
      retryAfterMs: 3_600_000,
      attempts: 1,
    });
    expect(waits).toEqual([]);
  });
  it("names a server that can't be reached", async () => {
    const gone = await oddServer(() => undefined);
    await gone.close();
    const error = await errorOf(
      api.createClient({ baseUrl: gone.url, token, sleep: async () => undefined }).getExperiment("exp_1"),
    );
    expect(error).toMatchObject({ code: "network-error", attempts: 5 });
    expect(error.message).toContain("ECONNREFUSED");
  });
  it("times out, body included", async () => {
    const { client } = await setup(
      (out) => {
        out.writeHead(200, { "content-type": "application/json" });
        out.write('{"experiment_id":');
      },
      { timeoutMs: 50, retry: { maxAttempts: 2 } },
    );
    expect(await errorOf(client.getExperiment("exp_1"))).toMatchObject({ code: "timeout", attempts: 2 });
  });
  it("stops at the caller's signal, before, during, and while waiting", async () => {
    const before = AbortSignal.abort(new Error("stop"));
    const { client, server } = await setup((out) => json(out, 200, anExperiment));
    await expect(client.getExperiment("exp_1", { signal: before })).rejects.toThrow("stop");
    expect(server.seen).toHaveLength(0);
    const hanging = await setup(() => undefined);
    const during = new AbortController();
    setTimeout(() => during.abort(new Error("stop")), 20);
    await expect(hanging.client.getExperiment("exp_1", { signal: during.signal })).rejects.toThrow("stop");
    const failing = await oddServer((out) => json(out, 500, {}));
    open.push(failing);
    const waiting = new AbortController();
    const patient = api.createClient({
      baseUrl: failing.url,
      token,
      retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 },
      random: () => 1,
      onRetry: () => waiting.abort(new Error("stop")),
    });
    await expect(patient.getExperiment("exp_1", { signal: waiting.signal })).rejects.toThrow("stop");
  });
  it("keeps its own rate", async () => {
    const { client, waits } = await setup((out) => json(out, 200, anExperiment), {
      rateLimit: { requestsPerSecond: 2, burst: 2 },
      now: () => 1000,
    });
    for (let i = 0; i < 4; i += 1) await client.getExperiment("exp_1");
    expect(waits).toEqual([500, 1000]);
  });
});

describe("the token stays where it belongs", () => {
  it("is not sent on to another host", async () => {
    const thief = await oddServer((out) => json(out, 200, anExperiment));
    open.push(thief);
    for (const status of [301, 302, 303, 307, 308]) {
      const { client } = await setup((out) => json(out, status, "", { location: `${thief.url}/experiments/exp_1` }));
      const error = await errorOf(client.getExperiment("exp_1"));
      expect(error.code).toBe("redirect-to-another-host");
      expect(error.message).toContain("the token was not sent there");
    }
    expect(thief.seen).toHaveLength(0);
  });
  it("follows redirects on the same host, a few", async () => {
    const { client, server } = await setup((out, seen) =>
      seen.url === "/v1/experiments/exp_1"
        ? json(out, 308, "", { location: "/v2/experiments/exp_1" })
        : json(out, 200, anExperiment),
    );
    expect((await client.getExperiment("exp_1")).experiment_id).toBe("exp_1");
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
    const circle = await setup((out, seen) => json(out, 302, "", { location: seen.url }));
    expect((await errorOf(circle.client.getExperiment("exp_1"))).code).toBe("too-many-redirects");
    const change = await setup((out) => json(out, 302, "", { location: "/v2" }));
    expect((await errorOf(change.client.pauseExperiment("exp_1"))).code).toBe("redirect-of-a-change");
    const nowhere = await setup((out) => json(out, 302, ""));
    expect((await errorOf(nowhere.client.getExperiment("exp_1"))).code).toBe("unreadable-redirect");
  });
  it.each(["", " ", "a b", "a\nb", "ä", undefined, 7])("refuses %j without showing it", (bad) => {
    const make = (): unknown => api.createClient({ baseUrl: "http://localhost", token: bad as string });
    expect(make).toThrow(expect.objectContaining({ code: "invalid-token" }));
  });
  it("asks for a rotating token each time", async () => {
    let n = 0;
    const { client, server } = await setup((out) => json(out, 200, anExperiment), {
      token: async () => `t${(n += 1)}`,
    });
    await client.getExperiment("exp_1");
    await client.getExperiment("exp_1");
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
    const broken = await setup((out) => json(out, 200, anExperiment), { token: () => `${token}\n` });
    expect((await errorOf(broken.client.getExperiment("exp_1"))).code).toBe("invalid-token");
  });
  it("is no part of the client", () => {
    expect(
      inspect(api.createClient({ baseUrl: "https://gateway.example", token }), { depth: 10, showHidden: true }),
    ).not.toContain(token);
  });
});

describe("the base URL", () => {
  it.each([
    ["https://gateway.example", "https://gateway.example/v1"],
    ["https://gateway.example/api/v2/", "https://gateway.example/api/v2"],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787/v1"],
    ["http://localhost:1/v1", "http://localhost:1/v1"],
    ["http://[::1]:1", "http://[::1]:1/v1"],
  ])("takes %s", (given, used) => expect(api.createClient({ baseUrl: given, token }).baseUrl).toBe(used));
  it.each([
    ["http://gateway.example/v1", "insecure-base-url"],
    ["http://127.0.0.1.evil.example", "insecure-base-url"],
    ["http://localhost.evil.example", "insecure-base-url"],
    ["ftp://gateway.example", "invalid-base-url"],
    ["gateway.example", "invalid-base-url"],
    ["/v1", "invalid-base-url"],
    ["", "invalid-base-url"],
    ["https://user:hunter2@gateway.example", "invalid-base-url"],
    ["https://gateway.example/v1?key=1", "invalid-base-url"],
    ["//user:hunter2@x", "invalid-base-url"],
  ])("refuses %s", (given, code) => {
    try {
      api.createClient({ baseUrl: given, token });
      expect.fail("accepted");
    } catch (error) {
      expect(error).toMatchObject({ code });
      expect(String(error)).not.toContain("hunter2");
    }
  });
  it("takes plain http elsewhere when told to", () => {
    expect(api.createClient({ baseUrl: "http://gateway.internal", token, allowInsecure: true }).baseUrl).toBe(
      "http://gateway.internal/v1",
    );
  });
});

describe("checks before sending", () => {
  it("refuses with the server's codes and sends nothing", async () => {
    const { client, server } = await setup((out) => json(out, 500, {}));
    const version = await errorOf(client.createModelVersion({ model_id: "m", version: "1" } as never));
    expect(version.issues.map(({ path, code }) => [path, code])).toEqual([
      ["description", "required"],
      ["metadata", "required"],
    ]);
    for (const [status, action, code] of [
      ["active", "updateExperiment", "experiment-active"],
      ["paused", "pauseExperiment", "already-paused"],
      ["completed", "resumeExperiment", "experiment-completed"],
    ] as const) {
      const promise =
        action === "updateExperiment"
          ? client.updateExperiment("exp_1", { description: "x" }, { knownStatus: status })
          : client[action]("exp_1", { knownStatus: status });
      const error = await errorOf(promise);
      expect(error).toBeInstanceOf(api.ConflictError);
      expect(error).toMatchObject({ code, attempts: 0 });
    }
    for (const id of ["", ".", ".."])
      expect(await errorOf(client.getExperiment(id))).toMatchObject({ code: "validation-failed" });
    expect(server.seen).toHaveLength(0);
  });
  it("can't be led out of its path by an identifier", async () => {
    const { client, server } = await setup((out) => json(out, 200, anExperiment));
    await expect(client.getExperiment("../models?x=1#y")).rejects.toMatchObject({ code: "other-experiment" });
    expect(server.seen[0]?.url).toBe("/v1/experiments/..%2Fmodels%3Fx%3D1%23y");
  });
});

it("publishes a JSON Schema of every body", () => {
  const schemas = api.apiJsonSchemas();
  expect(Object.keys(schemas)).toEqual(Object.keys(api.apiSchemas));
  expect(schemas["model-version-input"]).toMatchObject({
    type: "object",
    required: ["model_id", "version", "description", "metadata"],
  });
});
