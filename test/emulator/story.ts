import {
  createClient,
  decideExperiment,
  decisionHash,
  enact,
  memoryAuditLog,
  pullExperiment,
} from "../../src/api/index.ts";
import type { DecisionDocument, PulledExperiment } from "../../src/api/index.ts";
import { regressedTraffic, startEmulator } from "../../src/emulator/index.ts";

/**
 * The whole story over real HTTP on a failing server, in whatever runtime runs this file; prints one line, the same in
 * all of them.
 */
let now = Date.UTC(2026, 0, 5);
const rates = {
  "rate-limited": 0.05,
  "server-error": 0.05,
  drop: 0.08,
  "drop-after": 0.08,
  truncated: 0.05,
  stale: 0.05,
};
const server = await startEmulator({
  seed: 1,
  now: () => now,
  scenario: regressedTraffic,
  faults: { rates, retryAfterSeconds: 0 },
});
const client = createClient({ baseUrl: server.url, token: server.token, retry: { maxAttempts: 12, baseDelayMs: 1 } });
for (const version of ["1", "2"]) {
  await client.createModelVersion(
    { model_id: "m", version, description: "d", metadata: { context_window: 1, capabilities: [] } },
    { idempotencyKey: version },
  );
}
const arm = (version: string): { model_id: string; version: string; percentage: number } => ({
  model_id: "m",
  version,
  percentage: 50,
});
const { experiment_id: id } = await client.createExperiment(
  {
    experiment_name: "e",
    status: "active",
    traffic_allocation: { control: arm("1"), treatment: arm("2") },
    success_metrics: { primary: "latency_p99" },
  },
  { idempotencyKey: "e" },
);
let pulled: PulledExperiment | undefined;
for (let hour = 0; hour < 10; hour += 1) {
  now += 3_600_000;
  pulled = await pullExperiment(client, id, pulled);
}
const { document } = decideExperiment(pulled as PulledExperiment, { now });
const { outcome } = await enact(client, document, {
  apply: true,
  audit: memoryAuditLog(),
  now: () => now,
  sleep: async () => undefined,
});
const actions = server
  .inspect(id)
  ?.actions.map(({ kind }) => kind)
  .join(" ");
const faults = [...server.faultCounts.values()].reduce((sum, count) => sum + count, 0);
await server.close();
/** Engines differ in the last digit of their logarithms and powers; in twelve digits they must agree. */
const rounded = JSON.parse(JSON.stringify(document), (_, value: unknown) =>
  typeof value === "number" ? Number(value.toPrecision(12)) : value,
) as DecisionDocument;
console.log(
  JSON.stringify({ verdict: document.verdict, outcome, actions, faults, decisionHash: await decisionHash(rounded) }),
);
