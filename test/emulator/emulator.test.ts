import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createClient } from "../../src/api/index.ts";
import type { ExperimentInput, ExperimentsClient } from "../../src/api/index.ts";
import {
  createEmulator,
  fileJournal,
  healthyTraffic,
  regressedTraffic,
  startEmulator,
  trafficScenario,
} from "../../src/emulator/index.ts";
import type { Emulator, EmulatorOptions, FaultKind } from "../../src/emulator/index.ts";

const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const folder = mkdtempSync(join(tmpdir(), "assay-emulator-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Stage {
  readonly emulator: Emulator;
  readonly client: ExperimentsClient;
  pass(hours: number): void;
}

function stage(options: EmulatorOptions = {}, at = start): Stage {
  let now = at;
  const emulator = createEmulator({ now: () => now, ...options });
  const client = createClient({
    baseUrl: "http://localhost",
    token: emulator.token,
    fetch: emulator.fetch,
    sleep: async () => undefined,
    retry: { maxAttempts: 12 },
  });
  return { emulator, client, pass: (hours) => void (now += hours * hourMs) };
}

const split = (treatment: number): ExperimentInput["traffic_allocation"] => ({
  control: { model_id: "m", version: "1", percentage: 100 - treatment },
  treatment: { model_id: "m", version: "2", percentage: treatment },
});

async function begin(client: ExperimentsClient, changes: Partial<ExperimentInput> = {}): Promise<string> {
  for (const version of ["1", "2"]) {
    await client.createModelVersion(
      { model_id: "m", version, description: "d", metadata: { context_window: 8000, capabilities: ["chat"] } },
      { idempotencyKey: `v${version}` },
    );
  }
  const created = await client.createExperiment(
    {
      experiment_name: "e",
      status: "active",
      traffic_allocation: split(50),
      success_metrics: { primary: "latency_p99" },
      ...changes,
    },
    { idempotencyKey: "e" },
  );
  return created.experiment_id;
}

describe("traffic", () => {
  it("is the same whenever and however often it is read", async () => {
    const seldom = stage();
    const often = stage();
    const ids = [await begin(seldom.client), await begin(often.client)] as const;
    seldom.pass(6);
    for (let i = 0; i < 24; i += 1) {
      often.pass(0.25);
      await often.client.getResults(ids[1]);
    }
    const query = { granularity: "hourly" } as const;
    expect(await often.client.getResults(ids[1], query)).toEqual(await seldom.client.getResults(ids[0], query));
  });
  it("differs with the seed", async () => {
    const counts = new Set<number | undefined>();
    for (const seed of [1, 2, 3]) {
      const { client, pass } = stage({ seed });
      const id = await begin(client);
      pass(1);
      counts.add((await client.getResults(id)).control.request_count);
    }
    expect(counts.size).toBe(3);
  });
  it("has the rates, latencies and numbers of its scenario", async () => {
    const scenario = { ...regressedTraffic, requestsPerHour: 20_000, dailySwing: 0 };
    const { client, pass } = stage({ scenario });
    const id = await begin(client, { traffic_allocation: split(30) });
    pass(5);
    const { control, treatment } = await client.getResults(id);
    const [c, t] = [control.request_count ?? 0, treatment.request_count ?? 0];
    expect(Math.abs(c + t - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
    expect(Math.abs(t / (c + t) - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / (c + t)));
    expect(Math.abs((control.success_rate ?? 0) - 0.997)).toBeLessThan(4 * Math.sqrt((0.997 * 0.003) / c));
    expect(Math.abs((treatment.success_rate ?? 0) - 0.992)).toBeLessThan(4 * Math.sqrt((0.992 * 0.008) / t));
    expect(Math.abs((control.latency_p50 ?? 0) / 300 - 1)).toBeLessThan(0.02);
    expect((treatment.latency_p99 ?? 0) / (control.latency_p99 ?? 1)).toBeGreaterThan(1.5);
    expect(Math.abs((control.user_satisfaction_score ?? 0) - 4.2)).toBeLessThan(4 / Math.sqrt(c));
  });
  it("drifts, breaks down, and knows day from night", async () => {
    const outages = [{ fromHour: 30, hours: 2, arm: "treatment", successRate: 0.5 }] as const;
    const { client, pass } = stage({
      scenario: { ...healthyTraffic, outages, drift: { latencyFactorPerDay: 1.5, successPerDay: 0 }, dailySwing: 0.6 },
    });
    const id = await begin(client);
    pass(48);
    const { control, treatment } = await client.getResults(id, { granularity: "hourly" });
    const hour = (i: number): NonNullable<typeof control.hourly>[number] => control.hourly?.[i] as never;
    expect((hour(36).latency_p50 ?? 0) / (hour(12).latency_p50 ?? 1)).toBeGreaterThan(1.4);
    expect((hour(12).request_count ?? 0) / (hour(0).request_count ?? 1)).toBeGreaterThan(2.5);
    expect(treatment.hourly?.[30]?.success_rate).toBeLessThan(0.6);
    expect(treatment.hourly?.[29]?.success_rate).toBeGreaterThan(0.98);
    expect(control.hourly?.[30]?.success_rate).toBeGreaterThan(0.98);
  });
  it("sends users who come back to their arm", async () => {
    const { client, emulator, pass } = stage({
      scenario: trafficScenario({ users: { count: 50, spread: 0.3 }, requestsPerHour: 1000 }),
    });
    const id = await begin(client, { targeting_rules: { exclude_regions: ["eu"] } });
    pass(2);
    const results = await client.getResults(id);
    const excluded = emulator.inspect(id)?.excluded.get("region-excluded") ?? 0;
    const counted = (results.control.request_count ?? 0) + (results.treatment.request_count ?? 0);
    expect(excluded / (excluded + counted)).toBeGreaterThan(0.3);
    expect(excluded / (excluded + counted)).toBeLessThan(0.5);
  });
  it("stops while paused and goes on afterwards, and keeps hours without requests", async () => {
    const { client, pass } = stage();
    const id = await begin(client);
    pass(2);
    await client.pauseExperiment(id);
    pass(3);
    await client.updateExperiment(id, {
      traffic_allocation: { control: { percentage: 100 }, treatment: { percentage: 0 } },
    });
    await client.resumeExperiment(id);
    pass(1);
    const { control, treatment } = await client.getResults(id, { granularity: "hourly" });
    expect(control.hourly?.map(({ request_count }) => (request_count ?? 0) > 0)).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(treatment.hourly?.map(({ request_count }) => (request_count ?? 0) > 0)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
  it("ends at the end date, however late anybody looks", async () => {
    const { client, pass } = stage();
    const id = await begin(client, { duration: { end_date: "2026-01-05T06:30:00Z" } });
    pass(48);
    const { control } = await client.getResults(id, { granularity: "hourly" });
    expect(control.hourly).toHaveLength(7);
    expect(control.hourly?.[6]?.request_count).toBeLessThan((control.hourly?.[5]?.request_count ?? 0) * 0.75);
    expect((await client.getExperiment(id)).status).toBe("completed");
  });
  it("takes requests from outside where it generates none", async () => {
    const { client, emulator, pass } = stage({ scenario: null });
    const id = await begin(client);
    pass(1);
    emulator.record(id, "treatment", start + 1000, { success: false, latencyMs: 120, satisfaction: undefined });
    expect((await client.getResults(id)).treatment).toMatchObject({
      request_count: 1,
      success_count: 0,
      latency_p99: 120,
    });
    expect(() =>
      emulator.record("nope", "control", start, { success: true, latencyMs: 1, satisfaction: undefined }),
    ).toThrow("no experiment");
  });
  it.each([
    ["requestsPerHour", { requestsPerHour: 0 }],
    ["dailySwing", { dailySwing: 1 }],
    ["control.successRate", { control: { ...healthyTraffic.control, successRate: 99.7 } }],
    ["treatment.latency.medianMs", { treatment: { ...healthyTraffic.treatment, latency: { medianMs: -1, sigma: 0 } } }],
    ["users.count", { users: { count: 0, spread: 0 } }],
  ])("refuses a scenario with a wrong %s", (field, changes) => expect(() => trafficScenario(changes)).toThrow(field));
});

describe("detail", () => {
  it.each([
    ["rates", ["success_rate"]],
    ["counts", ["success_rate", "request_count", "success_count", "user_satisfaction_score"]],
    [
      "percentiles",
      [
        "success_rate",
        "request_count",
        "success_count",
        "user_satisfaction_score",
        "latency_p50",
        "latency_p90",
        "latency_p95",
        "latency_p99",
      ],
    ],
    [
      "histograms",
      [
        "success_rate",
        "request_count",
        "success_count",
        "user_satisfaction_score",
        "latency_p50",
        "latency_p90",
        "latency_p95",
        "latency_p99",
        "latency_histogram",
      ],
    ],
  ] as const)("%s", async (detail, fields) => {
    const { client, pass } = stage({ detail });
    const id = await begin(client);
    pass(1);
    const results = await client.getResults(id, { granularity: "hourly" });
    const { hourly, ...totals } = results.control;
    expect(Object.keys(totals).sort()).toEqual([...fields].sort());
    expect(hourly?.length).toBe(detail === "rates" ? undefined : 1);
    if (detail === "rates") expect(Object.keys(results).sort()).toEqual(["control", "treatment"]);
  });
});

describe("the journal", () => {
  it("brings everything back after a restart, traffic included", async () => {
    const path = join(folder, "state.jsonl");
    const before = stage({ journal: fileJournal(path) });
    const id = await begin(before.client);
    before.pass(3);
    await before.client.pauseExperiment(id, { idempotencyKey: "p" });
    const after = stage({ journal: fileJournal(path) }, start + 5 * hourMs);
    before.pass(2);
    const query = { granularity: "hourly" } as const;
    expect(await after.client.getResults(id, query)).toEqual(await before.client.getResults(id, query));
    expect((await after.client.pauseExperiment(id, { idempotencyKey: "p" })).status).toBe("paused");
  });
  it("leaves out a line that a crash cut off, and refuses one that is broken", async () => {
    const path = join(folder, "cut.jsonl");
    const id = await begin(stage({ journal: fileJournal(path) }).client);
    appendFileSync(path, '{"kind":"status-ch');
    const again = stage({ journal: fileJournal(path) });
    expect((await again.client.pauseExperiment(id)).status).toBe("paused");
    expect((await stage({ journal: fileJournal(path) }).client.getExperiment(id)).status).toBe("paused");
    writeFileSync(path, `{"kind":\n${readFileSync(path, "utf8")}`);
    expect(() => stage({ journal: fileJournal(path) })).toThrow("line 1");
  });
});

describe("faults", () => {
  const kinds: FaultKind[] = [
    "latency",
    "rate-limited",
    "server-error",
    "server-error-after",
    "drop",
    "drop-after",
    "truncated",
    "stale",
    "clock-skew",
  ];
  it("happen as often as asked for, and in the same order for the same seed", async () => {
    const run = async (seed: number): Promise<Record<string, number>> => {
      const { emulator, client } = stage({
        faults: { rates: Object.fromEntries(kinds.map((kind) => [kind, 0.05])), seed, latencyMs: 0 },
      });
      const id = await begin(client);
      for (let i = 0; i < 400; i += 1) await client.getExperiment(id);
      return Object.fromEntries(emulator.faultCounts);
    };
    const counts = await run(1);
    expect(await run(1)).toEqual(counts);
    expect(await run(2)).not.toEqual(counts);
    for (const kind of kinds) expect(counts[kind]).toBeGreaterThan(5);
  });
  it("break real connections", async () => {
    const server = await startEmulator({ faults: { rates: { drop: 1 } } });
    await expect(fetch(`${server.url}/experiments/x`, { headers: { authorization: "Bearer local" } })).rejects.toThrow(
      "fetch failed",
    );
    await server.close();
  });
  it.each(["drop-after", "server-error-after"] as const)("%s leaves the change made", async (kind) => {
    const lines: string[] = [];
    const { client } = stage({
      faults: { rates: { [kind]: 1 } },
      journal: { read: () => [], append: (line) => void lines.push(line) },
    });
    const version = {
      model_id: "m",
      version: "1",
      description: "d",
      metadata: { context_window: 1, capabilities: [] },
    };
    await expect(client.createModelVersion(version)).rejects.toMatchObject({ transient: true });
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(["version-registered"]);
  });
  it.each(["drop", "server-error", "rate-limited"] as const)("%s leaves nothing done", async (kind) => {
    const lines: string[] = [];
    const { client } = stage({
      faults: { rates: { [kind]: 1 } },
      journal: { read: () => [], append: (line) => void lines.push(line) },
    });
    await expect(
      client.createModelVersion({
        model_id: "m",
        version: "1",
        description: "d",
        metadata: { context_window: 1, capabilities: [] },
      }),
    ).rejects.toMatchObject({ transient: true });
    expect(lines).toEqual([]);
  });
  it.each([[{ drop: 1.5 }], [{ drop: -0.1 }], [{ drop: 0.6, stale: 0.6 }]])("refuses the chances %j", (rates) => {
    expect(() => createEmulator({ faults: { rates } })).toThrow(RangeError);
  });
});

it("refuses a port that is taken", async () => {
  const server = await startEmulator();
  const { port } = new URL(server.url);
  await expect(startEmulator({ port: Number(port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await server.close();
});
