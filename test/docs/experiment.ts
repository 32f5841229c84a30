import { createClient, decideExperiment, pullExperiment } from "../../src/api/index.ts";
import type { DecisionDocument, ExperimentsClient } from "../../src/api/index.ts";
import { createEmulator } from "../../src/emulator/index.ts";

/** An experiment `exp_0001` of two equal versions that ran for eight hours, and what was decided about it. */
let now = Date.UTC(2026, 0, 5);
const emulator = createEmulator({ seed: 1, now: () => now });
export const client: ExperimentsClient = createClient({
  baseUrl: "http://localhost",
  token: emulator.token,
  fetch: emulator.fetch,
});
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
await client.createExperiment({
  experiment_name: "e",
  status: "active",
  traffic_allocation: { control: arm("1"), treatment: arm("2") },
  success_metrics: { primary: "latency_p99" },
});
now += 8 * 3_600_000;
export const document: DecisionDocument = decideExperiment(await pullExperiment(client, "exp_0001"), { now }).document;
