import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/api/index.ts";
import { runCommandLine } from "../../src/cli/run.ts";
import { healthyTraffic, regressedTraffic, startEmulator } from "../../src/emulator/index.ts";
import type { EmulatorServer, EmulatorServerOptions } from "../../src/emulator/index.ts";
import { DecisionSchema, decodeSummary } from "../../src/index.ts";
import type { Outcome } from "./run-cli.ts";

const hourMs = 3_600_000;
const secret = "sk-live-5e1f0c9a77";
let folder: string;
let now: number;
let server: EmulatorServer;
let id: string;
/** Everything any command of a test printed. */
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-experiments-"));
  now = Date.UTC(2026, 0, 5);
  printed = "";
});
afterEach(async () => {
  await server.close();
  expect(printed).not.toContain(secret);
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => join(folder, name);

async function begin(options: EmulatorServerOptions = {}): Promise<void> {
  server = await startEmulator({ token: secret, now: () => now, scenario: regressedTraffic, ...options });
  const client = createClient({ baseUrl: server.url, token: secret });
  const arm = (version: string): { model_id: string; version: string; percentage: number } => ({
    model_id: "m",
    version,
    percentage: 50,
  });
  for (const version of ["1", "2"])
    await client.createModelVersion({
      model_id: "m",
      version,
      description: "d",
      metadata: { context_window: 8000, capabilities: [] },
    });
  id = (
    await client.createExperiment({
      experiment_name: "e",
      status: "active",
      traffic_allocation: { control: arm("1"), treatment: arm("2") },
      success_metrics: { primary: "latency_p99", secondary: ["success_rate"] },
    })
  ).experiment_id;
}

async function run(
  argv: readonly string[],
  world: {
    env?: Record<string, string>;
    signal?: AbortSignal;
    onSleep?: () => void;
    onPrint?: (text: string) => void;
    isTTY?: boolean;
  } = {},
): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const code = await runCommandLine(argv, {
    stdout: {
      write: (text) => {
        stdout += text;
        world.onPrint?.(text);
      },
      isTTY: false,
      columns: 80,
    },
    stderr: { write: (text) => void (stderr += text), isTTY: world.isTTY ?? false, columns: 80 },
    env: world.env ?? { ASSAY_API_URL: server.url, ASSAY_API_TOKEN: secret },
    now: () => now,
    sleep: async () => {
      now += hourMs;
      world.onSleep?.();
    },
    ...(world.signal === undefined ? {} : { signal: world.signal }),
  });
  printed += stdout + stderr;
  return { code, stdout, stderr };
}

describe("assay pull", () => {
  it("writes a summary, keeps its state, and reads only new hours the next time", async () => {
    await begin();
    now += 3.5 * hourMs;
    const first = await run(["pull", id, "--state", file("state.json"), "--output", file("summary.json")]);
    expect([first.code, first.stdout]).toEqual([0, ""]);
    expect(first.stderr).toContain(`pulled 3 new of 3 closed hours of ${id}`);
    now += 2 * hourMs;
    const second = await run(["pull", id, "--state", file("state.json"), "--output", file("summary.json")]);
    expect(second.stderr).toContain("pulled 2 new of 5 closed hours");
    const summary = decodeSummary(readFileSync(file("summary.json"), "utf8"));
    const truth = server
      .inspect(id)
      ?.hours.slice(0, 5)
      .map(({ control }) => control.requests);
    expect(summary.cells.filter(({ arm }) => arm === "control").map(({ records }) => records)).toEqual(truth);
    for (const name of ["state.json", "summary.json"]) expect(readFileSync(file(name), "utf8")).not.toContain(secret);
  });
  it("gives the same summary in steps as at once, and assay decide takes it", async () => {
    await begin();
    for (let hour = 0; hour < 8; hour += 1) {
      now += hourMs;
      await run(["pull", id, "--state", file("state.json"), "--output", file("steps.json"), "--quiet"]);
    }
    const { stdout } = await run(["pull", id, "--quiet"]);
    expect(stdout).toBe(readFileSync(file("steps.json"), "utf8"));
  });
  it("refuses rates alone with the reason", async () => {
    await begin({ detail: "rates" });
    now += 2 * hourMs;
    const { code, stdout, stderr } = await run(["pull", id]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("Missing: request_count of both arms");
  });
  it("says that percentiles without a histogram aren't tested", async () => {
    await begin({ detail: "percentiles" });
    now += 2 * hourMs;
    const { code, stderr } = await run(["pull", id, "--output", file("summary.json")]);
    expect(code).toBe(0);
    expect(stderr).toContain("percentiles of hours can't be averaged");
  });
});

describe("assay watch", () => {
  it("looks until there is a decision, prints it, and leaves it for enact", async () => {
    await begin();
    now += hourMs;
    const { code, stdout, stderr } = await run([
      "watch",
      "--experiment",
      id,
      "--decision-file",
      file("decision.json"),
      "--format",
      "json",
    ]);
    expect(code).toBe(20);
    expect(DecisionSchema.parse(JSON.parse(stdout)).decision).toBe("rollback");
    expect(stderr.split("\n").filter((line) => line.includes("keep-running")).length).toBeGreaterThan(1);
    const applied = await run([
      "enact",
      id,
      "--decision",
      file("decision.json"),
      "--audit",
      file("audit.jsonl"),
      "--apply",
    ]);
    expect(applied.stdout).toContain("done, each step verified (pause, update, resume): treatment 50 % -> 0 %");
    expect(server.inspect(id)?.experiment).toMatchObject({
      status: "active",
      traffic_allocation: { treatment: { percentage: 0 } },
    });
  });
  it("looks once when told to", async () => {
    await begin();
    now += hourMs;
    expect((await run(["watch", "--experiment", id, "--once"])).code).toBe(10);
    expect((await run(["watch", "--experiment", id, "--once"])).stdout).toContain("KEEP RUNNING");
  });
  it("waits for the first requests", async () => {
    await begin();
    const { code, stderr } = await run(["watch", "--experiment", id]);
    expect(code).toBe(20);
    expect(stderr).toContain("no requests of both arms yet");
    now = Date.UTC(2026, 0, 5);
  });
  it("stops when interrupted, and says how things stand", async () => {
    await begin({ scenario: healthyTraffic });
    now += hourMs;
    const control = new AbortController();
    let sleeps = 0;
    const { code, stdout } = await run(["watch", "--experiment", id], {
      signal: control.signal,
      onSleep: () => ((sleeps += 1) === 2 ? control.abort() : undefined),
    });
    expect([code, sleeps]).toEqual([10, 2]);
    expect(stdout).toContain("KEEP RUNNING");
  });
  it("redraws a table on a terminal", async () => {
    await begin();
    now += hourMs;
    const { stderr } = await run(["watch", "--experiment", id], { isTTY: true });
    expect(stderr).toContain("\x1b[J");
    expect(stderr).toContain("latency_p99");
  });
});

describe("assay enact", () => {
  it("only says what it would do, decides by itself, and writes no log then", async () => {
    await begin();
    now += 8 * hourMs;
    const { code, stdout } = await run(["enact", id, "--audit", file("audit.jsonl")]);
    expect(code).toBe(0);
    expect(stdout).toContain("would pause, update, resume: treatment 50 % -> 0 %, control 50 % -> 100 %");
    expect(existsSync(file("audit.jsonl"))).toBe(false);
    expect(server.inspect(id)?.actions).toEqual([]);
  });
  it("acts once, whatever often it is called, and keeps a log without secrets", async () => {
    await begin();
    now += 8 * hourMs;
    const decided = await run(["watch", "--experiment", id, "--once", "--decision-file", file("decision.json")]);
    expect(decided.code).toBe(20);
    const argv = [
      "enact",
      id,
      "--decision",
      file("decision.json"),
      "--apply",
      "--audit",
      file("audit.jsonl"),
      "--format",
      "json",
    ];
    expect(JSON.parse((await run(argv)).stdout)).toMatchObject({ outcome: "enacted", verdict: "rollback" });
    expect(JSON.parse((await run(argv)).stdout)).toMatchObject({ outcome: "already-enacted" });
    expect(server.inspect(id)?.actions.map(({ kind }) => kind)).toEqual(["paused", "updated", "resumed"]);
    const log = readFileSync(file("audit.jsonl"), "utf8");
    expect(
      log
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { event: string }).event),
    ).toEqual(["started", "acting", "done", "acting", "done", "acting", "done", "finished"]);
    expect(log + readFileSync(file("decision.json"), "utf8")).not.toContain(secret);
  });
  it("goes on after a log line that a crash cut off", async () => {
    await begin();
    now += 8 * hourMs;
    writeFileSync(file("audit.jsonl"), '{"kind":"assay-enac');
    expect((await run(["enact", id, "--apply", "--audit", file("audit.jsonl")])).code).toBe(0);
    writeFileSync(file("audit.jsonl"), "rubbish\n");
    expect((await run(["enact", id, "--apply", "--audit", file("audit.jsonl")])).stderr).toContain("line 1");
  });
  it.each([
    ["a stale decision", ["--apply"], 3, 1, "at most 120 minutes old, and are 180 minutes old"],
    ["a ramp that goes down", ["--ramp", "50,10"], 0, 1, "ramp[1] must be a percentage above 50"],
    ["a ramp of words", ["--ramp", "all"], 0, 2, "--ramp must be made of numbers"],
  ])("refuses %s", async (_, argv, hours, code, message) => {
    await begin();
    now += 8 * hourMs;
    await run(["watch", "--experiment", id, "--once", "--decision-file", file("decision.json")]);
    now += hours * hourMs;
    const outcome = await run([
      "enact",
      id,
      "--decision",
      file("decision.json"),
      "--audit",
      file("audit.jsonl"),
      ...argv,
    ]);
    expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
    expect(outcome.stderr).toContain(message);
  });
  it("refuses a decision about another experiment", async () => {
    await begin();
    now += 8 * hourMs;
    await run(["watch", "--experiment", id, "--once", "--decision-file", file("decision.json")]);
    expect(await run(["enact", "exp_0002", "--decision", file("decision.json")])).toMatchObject({
      code: 2,
      stdout: "",
    });
  });
});

describe("reaching the gateway", () => {
  it.each([
    ["no address", ["pull", "x"], { ASSAY_API_TOKEN: secret }, 2, "its address is missing"],
    ["no token", ["pull", "x", "--url", "http://localhost:1"], {}, 2, "the token is missing"],
    [
      "a token on the command line",
      ["pull", "x", "--url", "http://localhost:1", "--token", secret],
      {},
      2,
      "can be read by every user",
    ],
    [
      "a token on the command line, with =",
      ["pull", "x", "--url", "http://localhost:1", `--token=${secret}`],
      {},
      2,
      "can be read by every user",
    ],
    [
      "a token file that isn't there",
      ["pull", "x", "--url", "http://localhost:1", "--token-file", "/nonexistent/token"],
      {},
      2,
      "--token-file must be a readable file",
    ],
    [
      "plain http elsewhere",
      ["pull", "x", "--url", "http://gateway.example"],
      { ASSAY_API_TOKEN: secret },
      1,
      "baseUrl must be https",
    ],
    ["no experiment to watch", ["watch"], {}, 2, "give either --experiment ID or files"],
    [
      "a negative interval",
      ["watch", "--experiment", "x", "--interval", "-1"],
      {},
      2,
      "--interval must be a positive number",
    ],
  ])("refuses %s", async (_, argv, env, code, message) => {
    await begin();
    const outcome = await run(argv, { env });
    expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
    expect(outcome.stderr).toContain(message);
  });
  it("takes the token from a file", async () => {
    await begin();
    now += 2 * hourMs;
    writeFileSync(file("token"), `${secret}\n`);
    expect(
      (
        await run(["pull", id, "--token-file", file("token"), "--output", file("s.json")], {
          env: { ASSAY_API_URL: server.url },
        })
      ).code,
    ).toBe(0);
  });
  it("says it when the token is wrong, without showing it", async () => {
    await begin({ token: "another" }).catch(() => undefined);
    const { code, stderr } = await run(["pull", "exp_0001"], {
      env: { ASSAY_API_URL: server.url, ASSAY_API_TOKEN: secret },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("the server doesn't accept the token (401)");
  });
});

describe("assay emulator", () => {
  it("serves until interrupted, and goes on from its file", async () => {
    await begin();
    for (const expected of [201, 409]) {
      const control = new AbortController();
      let status = 0;
      const { code } = await run(
        ["emulator", "--port", "0", "--seed", "7", "--speed", "3600", "--state", file("emulator.jsonl")],
        {
          signal: control.signal,
          onPrint: (text) => {
            const body = JSON.stringify({
              model_id: "m",
              version: "1",
              description: "d",
              metadata: { context_window: 1, capabilities: [] },
            });
            void fetch(`${text.trim()}/models/versions`, {
              method: "POST",
              headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
              body,
            }).then((response) => {
              status = response.status;
              control.abort();
            });
          },
        },
      );
      expect([code, status]).toEqual([0, expected]);
    }
  });
  it.each([
    [["--port", "x"]],
    [["--port", "70000"]],
    [["--seed", "-1"]],
    [["--speed", "0"]],
    [["--faults", "2"]],
    [["--scenario", "odd"]],
  ])("refuses %j", async (argv) => {
    await begin();
    expect(await run(["emulator", ...argv])).toMatchObject({ code: 2, stdout: "" });
  });
  it("names a port that is taken", async () => {
    await begin();
    const { code, stderr } = await run(["emulator", "--port", new URL(server.url).port]);
    expect(code).toBe(2);
    expect(stderr).toContain("another program listens there");
  });
});
