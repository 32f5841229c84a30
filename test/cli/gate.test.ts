import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Gate, startGate } from "../../src/cli/gate-server.ts";
import { runCommandLine } from "../../src/cli/run.ts";
import { type Decision, encodeSummary, type Summary, type Verdict } from "../../src/index.ts";
import { example } from "../report/example.ts";

const base = example({ records: 2000 }).decision;
let gate: Gate | undefined;
afterEach(async () => {
  await gate?.close();
  gate = undefined;
});

async function gateOf(
  decision: Verdict | (() => Promise<Decision>),
  token: string | null = null,
  timeoutMs = 1000,
): Promise<string> {
  gate = await startGate({
    decide: async () => ({
      decision: typeof decision === "string" ? { ...base, decision } : await decision(),
      data: { first: null, last: "2026-01-05T00:00:00.000Z" },
    }),
    token,
    host: "127.0.0.1",
    port: 0,
    timeoutMs,
  });
  return gate.url;
}

const webhook = (
  url: string,
  body: string = JSON.stringify({ name: "podinfo", namespace: "test", phase: "Progressing" }),
  headers: Record<string, string> = {},
): Promise<Response> => fetch(url, { method: "POST", body, headers });

describe("gate", () => {
  const rows: [string, readonly Verdict[]][] = [
    ["confirm-rollout", ["ship", "keep-running", "inconclusive"]],
    ["rollout", ["ship", "keep-running", "inconclusive"]],
    ["confirm-traffic-increase", ["ship", "keep-running", "inconclusive"]],
    ["confirm-promotion", ["ship"]],
    ["rollback", ["rollback", "invalid"]],
    ["post-rollout", ["ship", "keep-running", "inconclusive", "rollback", "invalid"]],
  ];
  it.each(rows)("lets Flagger's %s pass on %j only", async (hook, passing) => {
    for (const verdict of ["ship", "keep-running", "inconclusive", "rollback", "invalid"] as const) {
      const url = await gateOf(verdict);
      const response = await webhook(`${url}/flagger/${hook}`);
      expect(response.status, verdict).toBe(passing.includes(verdict) ? 200 : 412);
      expect(await response.json()).toMatchObject({ pass: passing.includes(verdict), result: verdict });
      await gate?.close();
    }
  });

  it("answers Argo's web metric with words and numbers", async () => {
    const url = await gateOf("rollback");
    const response = await fetch(`${url}/decision`);
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(await response.json()).toMatchObject({
      result: "rollback",
      ship: 0,
      rollback: 1,
      decision: { specVersion: 1, control: "v1" },
    });
  });

  it("is healthy without a token, and answers nothing else without it", async () => {
    const url = await gateOf("ship", "s3cret");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: "Basic s3cret" },
      { authorization: "s3cret" },
    ] as Record<string, string>[]) {
      const response = await fetch(`${url}/decision`, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect(await response.text()).not.toContain("s3cret");
    }
    expect((await fetch(`${url}/decision`, { headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
    expect((await fetch(`${url}/decision`, { headers: { authorization: "bearer s3cret" } })).status).toBe(200);
  });

  it.each([
    ["not JSON", "{", 400],
    ["no object", "[]", 400],
    ["no name", "{}", 400],
    ["too long", JSON.stringify({ name: "x".repeat(70_000) }), 413],
  ])("refuses a webhook with a body that is %s", async (_what, body, status) => {
    expect((await webhook(`${await gateOf("ship")}/flagger/rollout`, body)).status).toBe(status);
  });

  it("names paths and methods that it has", async () => {
    const url = await gateOf("ship");
    expect((await fetch(`${url}/flagger/__proto__`, { method: "POST" })).status).toBe(404);
    expect(await (await fetch(`${url}/nothing`)).text()).toContain("/flagger/ with one of confirm-rollout");
    const wrong = await fetch(`${url}/decision`, { method: "DELETE" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("says that it has no decision when it can't be made, or not in time", async () => {
    const broken = await gateOf(() => Promise.reject(new Error("Cannot read the summary: it is damaged")));
    const response = await fetch(`${broken}/decision`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: { code: "no-decision", message: "Cannot read the summary: it is damaged" },
    });
    await gate?.close();
    const slow = await gateOf(() => new Promise(() => undefined), null, 50);
    expect(await (await fetch(`${slow}/decision`)).text()).toContain("at most 50 ms");
  });

  it("drops a client that never finishes its header", async () => {
    const url = new URL(await gateOf("ship"));
    const status = await new Promise<string>((resolve) => {
      const client = request(
        {
          host: url.hostname,
          port: url.port,
          method: "POST",
          path: "/flagger/rollout",
          headers: { "content-length": "10" },
        },
        (response) => resolve(String(response.statusCode)),
      );
      client.on("error", () => resolve("closed"));
      client.write("{");
      setTimeout(() => client.destroy(), 300);
    });
    expect(status).toBe("closed");
    expect((await fetch(`${url.origin}/healthz`)).status).toBe(200);
  });
});

const lastOf = ({ quality: { extent } }: Summary): number => extent?.last ?? Number.NaN;

const iso = (instant: number): string => new Date(instant).toISOString();

describe("assay gate", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "assay-gate-"))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function started(
    args: readonly string[],
    env: Record<string, string> = {},
    now: () => number = () => lastOf(example({ records: 2000 }).summary),
  ): Promise<{
    readonly url: string;
    readonly code: Promise<number>;
    readonly stop: () => void;
    readonly said: () => string;
  }> {
    const control = new AbortController();
    let out = "";
    let err = "";
    const output = (
      add: (text: string) => void,
    ): { write: (text: string) => void; isTTY: boolean; columns: number } => ({
      write: add,
      isTTY: false,
      columns: 80,
    });
    const code = runCommandLine(["gate", ...args], {
      stdout: output((text) => (out += text)),
      stderr: output((text) => (err += text)),
      env,
      now,
      signal: control.signal,
    });
    while (out === "" && err === "") await new Promise((resolve) => setTimeout(resolve, 20));
    return { url: out.trim(), code, stop: () => control.abort(), said: () => err };
  }

  it("decides again when the files change", async () => {
    const [running, harmful] = [example({ records: 2000, slow: 0 }), example({ records: 40_000 })];
    const policy = join(folder, "policy.json");
    const file = join(folder, "summary.json");
    await writeFile(policy, JSON.stringify(running.policy));
    await writeFile(file, encodeSummary(running.summary));
    const { url, code, stop } = await started([file, "--summaries", "--policy", policy, "--port", "0"]);
    expect(await (await fetch(`${url}/decision`)).json()).toMatchObject({ result: "keep-running" });
    await writeFile(file, encodeSummary(harmful.summary));
    expect(await (await fetch(`${url}/decision`)).json()).toMatchObject({
      result: "rollback",
      decision: { comparisons: [{ treatment: "v2" }] },
    });
    expect((await webhook(`${url}/flagger/rollback`)).status).toBe(200);
    await rm(file);
    expect((await fetch(`${url}/decision`)).status).toBe(503);
    stop();
    expect(await code).toBe(0);
  });

  it("keeps the first verdict to ship or roll back with --state, also after a restart", async () => {
    const [harmful, running] = [example({ records: 40_000 }), example({ records: 2000, slow: 0 })];
    const [policy, file, state] = ["kept-policy.json", "kept.json", "kept.state"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(policy, JSON.stringify(harmful.policy));
    await writeFile(file, encodeSummary(harmful.summary));
    const args = [file, "--summaries", "--policy", policy, "--port", "0", "--state", state];
    const ask = async (url: string): Promise<string> =>
      ((await (await fetch(`${url}/decision`)).json()) as { readonly result: string }).result;
    const first = await started(args);
    expect(await ask(first.url)).toBe("rollback");
    await writeFile(file, encodeSummary(running.summary));
    expect(await ask(first.url)).toBe("rollback");
    first.stop();
    await first.code;
    const second = await started(args);
    expect(await ask(second.url)).toBe("rollback");
    second.stop();
    await second.code;
    const kept = await readFile(`${state}.verdict`, "utf8");
    await writeFile(`${state}.verdict`, kept.replace("rollback", "ship"));
    const third = await started(args);
    expect(await (await fetch(`${third.url}/decision`)).text()).toContain("its checksum does not hold");
    third.stop();
    await third.code;
  });

  it("says the first and last instant of the data, and refuses old data and data from the future", async () => {
    const { policy: rules, summary } = example({ records: 2000, slow: 0 });
    const [policy, file] = [join(folder, "aged-policy.json"), join(folder, "aged.json")];
    await writeFile(policy, JSON.stringify(rules));
    await writeFile(file, encodeSummary(summary));
    const last = lastOf(summary);
    const oldest = Math.min(...Object.values(summary.quality.extents).map((extent) => extent.last));
    let now = last;
    const { url, code, stop } = await started(
      [file, "--summaries", "--policy", policy, "--port", "0", "--max-age", "90"],
      {},
      () => now,
    );
    const ask = async (): Promise<string> => (await fetch(`${url}/decision`)).text();
    expect(JSON.parse(await ask())).toMatchObject({
      data: { first: new Date(summary.quality.extent?.first ?? Number.NaN).toISOString(), last: iso(last) },
    });
    const minute = 60_000;
    for (const [at, expected] of [
      [oldest + 90 * minute, '"result":"keep-running"'],
      [oldest + 90 * minute + 1, "the data must be at most 90 minutes old"],
      [last + 30 * 24 * 60 * minute, "the data must be at most 90 minutes old"],
      [last - 5 * minute, '"result":"keep-running"'],
      [last - 5 * minute - 1, "must not be in the future"],
      [last - 30 * 24 * 60 * minute, "must not be in the future"],
    ] as const) {
      now = at;
      expect(await ask(), iso(at)).toContain(expected);
    }
    for (const hook of ["rollout", "confirm-promotion", "rollback"])
      expect((await webhook(`${url}/flagger/${hook}`)).status, hook).toBe(503);
    stop();
    expect(await code).toBe(0);
  });

  it("serves other machines only with a token", async () => {
    const { code, said } = await started([
      "x.json",
      "--summaries",
      "--control",
      "v1",
      "--treatment",
      "v2",
      "--host",
      "0.0.0.0",
      "--port",
      "0",
    ]);
    expect(await code).toBe(2);
    expect(said()).toContain("--host must be this machine's own address while there is no token");
  });
});
