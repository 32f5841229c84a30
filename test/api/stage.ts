import { createClient } from "../../src/api/index.ts";
import type { ClientOptions, ExperimentInput, ExperimentsClient } from "../../src/api/index.ts";
import { createEmulator, healthyTraffic } from "../../src/emulator/index.ts";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.ts";

export const hourMs = 3_600_000;
export const start = Date.UTC(2026, 0, 5);

/** An emulator with a clock that moves when told to, and a client that reaches it. */
export interface Stage {
  readonly emulator: Emulator;
  readonly client: ExperimentsClient;
  readonly id: string;
  /** Paths asked for so far. */
  readonly asked: string[];
  readonly now: () => number;
  pass(hours: number): void;
  another(options: Partial<ClientOptions>): ExperimentsClient;
}

export async function stage(options: EmulatorOptions = {}, input: Partial<ExperimentInput> = {}): Promise<Stage> {
  let now = start;
  const asked: string[] = [];
  const emulator = createEmulator({
    now: () => now,
    scenario: { ...healthyTraffic, requestsPerHour: 100 },
    ...options,
  });
  const another = (changes: Partial<ClientOptions>): ExperimentsClient =>
    createClient({
      baseUrl: "http://localhost",
      token: emulator.token,
      sleep: async () => undefined,
      rateLimit: { requestsPerSecond: 1e6, burst: 1e6 },
      fetch: async (url, init) => {
        asked.push(`${init?.method} ${String(url).replace("http://localhost/v1", "")}`);
        return emulator.fetch(url, init);
      },
      ...changes,
    });
  const client = another({});
  for (const version of ["1", "2"])
    await client.createModelVersion({
      model_id: "m",
      version,
      description: "d",
      metadata: { context_window: 8000, capabilities: [] },
    });
  const arm = (version: string): { model_id: string; version: string; percentage: number } => ({
    model_id: "m",
    version,
    percentage: 50,
  });
  const { experiment_id: id } = await client.createExperiment({
    experiment_name: "e",
    status: "active",
    traffic_allocation: { control: arm("1"), treatment: arm("2") },
    success_metrics: { primary: "success_rate" },
    ...input,
  });
  return { emulator, client, id, asked, now: () => now, pass: (hours) => void (now += hours * hourMs), another };
}
