import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, decideExperiment, type ExperimentsClient, pullExperiment } from "../../src/api/index.ts";
import { startEmulator, trafficScenario } from "../../src/emulator/index.ts";
import { analyze, SummaryError } from "../../src/index.ts";

const hourMs = 3_600_000;
const hours = 24;
const start = Date.UTC(2026, 0, 5);
const version = { successRate: 0.997, latency: { medianMs: 420, sigma: 0.5 } };

/**
 * Follows an experiment on an emulator of its own, whose hours pass in `hourTakesMs` each, and tells of it by
 * server-sent events: `look` for every hour with decision, policy and the newest point of the sequence, then `done`;
 * `failed` with the reason when it can't go on. The token for the gateway stays here.
 */
export async function streamResults(seed: number, hourTakesMs: number, response: ServerResponse): Promise<void> {
  const send = (event: string, data: unknown): void =>
    void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  let now = start;
  const treatment = { ...version, latency: { ...version.latency, slowShare: 1 / 16, slowFactor: 3.6 } };
  const server = await startEmulator({
    seed,
    scenario: trafficScenario({ requestsPerHour: 200_000 / hours, control: version, treatment }),
    now: () => now,
  });
  try {
    const client = createClient({
      baseUrl: server.url,
      token: server.token,
      rateLimit: { requestsPerSecond: 1000, burst: 1000 },
    });
    const id = await begin(client);
    let pulled = await pullExperiment(client, id);
    for (let hour = 1; hour <= hours && !response.destroyed; hour++) {
      const due = performance.now() + hourTakesMs;
      now += hourMs;
      pulled = await pullExperiment(client, id, pulled);
      const look = lookAt(pulled, now);
      if (look !== undefined) send("look", { ...look, share: hour / hours });
      await sleep(Math.max(0, due - performance.now()));
    }
    send("done", {});
  } catch (error) {
    send("failed", { message: error instanceof Error ? error.message : String(error) });
  } finally {
    response.end();
    await server.close();
  }
}

/** The decision so far, or undefined before the first requests of both arms. */
function lookAt(pulled: Parameters<typeof decideExperiment>[0], now: number): object | undefined {
  try {
    const { decision, policy, summary } = decideExperiment(pulled, { now });
    return {
      decision,
      policy,
      point: { until: now, records: decision.checks.sampleSize.records, analysis: analyze(summary, policy) },
    };
  } catch (error) {
    if (error instanceof SummaryError && error.code === "arm-without-records") return undefined;
    throw error;
  }
}

async function begin(client: ExperimentsClient): Promise<string> {
  const arm = (name: string): { model_id: string; version: string; percentage: number } => ({
    model_id: "chat-large",
    version: name,
    percentage: 50,
  });
  for (const name of ["2.0.0", "2.1.0"])
    await client.createModelVersion({
      model_id: "chat-large",
      version: name,
      description: "made up",
      metadata: { context_window: 128_000, capabilities: ["chat"] },
    });
  const { experiment_id } = await client.createExperiment({
    experiment_name: "chat-large 2.1.0 against 2.0.0",
    status: "active",
    traffic_allocation: { control: arm("2.0.0"), treatment: arm("2.1.0") },
    success_metrics: { primary: "latency_p99", secondary: ["success_rate"], minimum_sample_size: 10_000 },
  });
  return experiment_id;
}
