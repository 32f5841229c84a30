import { isDeepStrictEqual } from "node:util";
import {
  createClient,
  decisionDocument,
  decodePulled,
  enact,
  encodePulled,
  policyFromExperiment,
  pullExperiment,
  summarizeResults,
} from "../../src/api/index.ts";
import type {
  AuditEntry,
  AuditLog,
  DecisionDocument,
  ExperimentsClient,
  PulledExperiment,
} from "../../src/api/index.ts";
import { healthyTraffic, startEmulator } from "../../src/emulator/index.ts";
import type { EmulatorServer } from "../../src/emulator/index.ts";
import { analyze, createRandom, decide, planFor } from "../../src/index.ts";
import type { Random } from "../../src/index.ts";

const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const lastHour = 30;

/** What one run came to. */
export interface FaultRun {
  readonly seed: number;
  readonly verdict: string;
  /** What is wrong with the outcome; empty = nothing. */
  readonly problems: readonly string[];
  readonly faults: number;
  readonly crashes: number;
  readonly interruptions: number;
}

/** The end of a process at a random moment. */
class Crash extends Error {}

/** Every kind of fault, about 4 of 10 requests. */
const rates = {
  latency: 0.03,
  "rate-limited": 0.05,
  "server-error": 0.05,
  "server-error-after": 0.05,
  drop: 0.05,
  "drop-after": 0.05,
  truncated: 0.05,
  stale: 0.06,
  "clock-skew": 0.03,
};

/**
 * Pulls an experiment hour by hour until there is a verdict, and enacts it, on a server that fails in every way, in
 * processes that end at any moment and are started again. Even seeds plant a regression.
 */
export async function faultRun(seed: number): Promise<FaultRun> {
  const harm = seed % 2 === 0;
  const random = createRandom(seed);
  let now = start;
  const scenario = {
    ...healthyTraffic,
    requestsPerHour: 400,
    treatment: { ...healthyTraffic.treatment, successRate: harm ? 0.93 : 0.997 },
  };
  const server = await startEmulator({
    seed,
    now: () => now,
    scenario,
    hoursPerPage: 5,
    faults: { rates, seed, latencyMs: 0, retryAfterSeconds: 0 },
    sleep: async () => undefined,
  });
  const calm = createClient({
    baseUrl: server.url,
    token: server.token,
    sleep: async () => undefined,
    retry: { maxAttempts: 60 },
    rateLimit: { requestsPerSecond: 1e6, burst: 1e6 },
  });
  try {
    const id = await begin(calm);
    const disk = {
      pulled: undefined as string | undefined,
      audit: [] as string[],
      document: undefined as DecisionDocument | undefined,
    };
    let crashes = 0;
    let interruptions = 0;
    for (let finished = false; !finished;) {
      if (crashes + interruptions > 2000)
        return outcome(seed, disk.document, ["never finished"], server, crashes, interruptions);
      try {
        const process = startProcess(server, random, disk);
        while (disk.document === undefined) {
          now += hourMs;
          disk.pulled = encodePulled(
            await pullExperiment(
              process.client,
              id,
              disk.pulled === undefined ? undefined : decodePulled(disk.pulled),
              { signal: process.signal },
            ),
          );
          const pulled = decodePulled(disk.pulled);
          const verdict = verdictOf(pulled, id);
          if (verdict.verdict !== "keep-running" || now >= start + lastHour * hourMs) disk.document = verdict;
        }
        const done = await enact(process.client, disk.document, {
          apply: true,
          audit: process.audit,
          now: () => now,
          signal: process.signal,
          sleep: async () => undefined,
        });
        finished = done.outcome === "enacted" || done.outcome === "already-enacted" || done.outcome === "nothing-to-do";
      } catch (error) {
        if (error instanceof Crash) crashes += 1;
        else if (
          (error as { transient?: boolean }).transient === true ||
          ["stale-results", "inconsistent-pages", "unexpected-state"].includes((error as { code?: string }).code ?? "")
        )
          interruptions += 1;
        else if ((error as { code?: string }).code === "stale-decision") disk.document = undefined;
        else throw error;
      }
    }
    return outcome(
      seed,
      disk.document,
      problemsOf(server, id, disk.pulled as string, disk.document as DecisionDocument, harm),
      server,
      crashes,
      interruptions,
    );
  } finally {
    await server.close();
  }
}

async function begin(client: ExperimentsClient): Promise<string> {
  for (const version of ["1", "2"]) {
    await client.createModelVersion(
      { model_id: "m", version, description: "d", metadata: { context_window: 8000, capabilities: ["chat"] } },
      { idempotencyKey: `v${version}` },
    );
  }
  const arm = (version: string): { model_id: string; version: string; percentage: number } => ({
    model_id: "m",
    version,
    percentage: 50,
  });
  const input = {
    experiment_name: "faults",
    status: "active",
    traffic_allocation: { control: arm("1"), treatment: arm("2") },
    success_metrics: { primary: "success_rate", minimum_sample_size: 1500 },
  } as const;
  return (await client.createExperiment(input, { idempotencyKey: "e" })).experiment_id;
}

interface Process {
  readonly client: ExperimentsClient;
  readonly audit: AuditLog;
  readonly signal: AbortSignal;
}

/** A process that ends after a random number of requests or log lines, before or after the line is written. */
function startProcess(server: EmulatorServer, random: Random, disk: { audit: string[] }): Process {
  const control = new AbortController();
  const life = Math.floor(random() * 60);
  let steps = 0;
  const live = (): void => {
    steps += 1;
    if (steps <= life) return;
    control.abort(new Crash());
    throw new Crash();
  };
  const client = createClient({
    baseUrl: server.url,
    token: server.token,
    random,
    sleep: async () => undefined,
    retry: { maxAttempts: 4 },
    rateLimit: { requestsPerSecond: 1e6, burst: 1e6 },
    fetch: async (input, init) => {
      live();
      const response = await fetch(input, init);
      live();
      return response;
    },
  });
  const audit: AuditLog = {
    read: async () => disk.audit.map((line) => JSON.parse(line) as AuditEntry),
    append: async (entry) => {
      live();
      disk.audit.push(JSON.stringify(entry));
      live();
    },
  };
  return { client, audit, signal: control.signal };
}

/** What the policy says of what was pulled. */
export function verdictOf(pulled: PulledExperiment, experimentId: string): DecisionDocument {
  const policy = policyFromExperiment(pulled.experiment, {
    changes: {
      metrics: [
        {
          name: "success_rate",
          kind: "proportion",
          field: "success",
          better: "higher",
          role: "primary",
          goal: "non-inferior",
          margin: { absolute: 0.02 },
          rollbackWhen: { worseBy: { absolute: 0.02 } },
        },
      ],
    },
  });
  const decision = decide(analyze(summarizeResults(pulled, planFor(policy)).summary, policy), policy);
  const { control, treatment } = pulled.experiment.traffic_allocation;
  return decisionDocument({
    experimentId,
    asOf: pulled.asOf as string,
    allocation: { control: control.percentage, treatment: treatment.percentage },
    decision,
  });
}

function problemsOf(
  server: EmulatorServer,
  id: string,
  text: string,
  document: DecisionDocument,
  harm: boolean,
): string[] {
  const problems: string[] = [];
  const truth = server.inspect(id);
  if (truth === undefined) return ["the experiment is gone"];
  const { experiment, actions, hours } = truth;
  const treatment = experiment.traffic_allocation.treatment.percentage;
  const wanted = { rollback: 0, ship: 100 }[document.verdict as "rollback" | "ship"] ?? 50;
  if (experiment.status !== "active" || treatment !== wanted)
    problems.push(`${document.verdict} left it ${experiment.status} at ${treatment} %`);
  if (harm && document.verdict !== "rollback") problems.push(`planted harm gave ${document.verdict}`);
  const expected = wanted === 50 ? "" : "paused updated resumed";
  const happened = actions.map(({ kind }) => kind).join(" ");
  if (happened !== expected) problems.push(`actions were "${happened}"`);
  const pulled = decodePulled(text);
  const closed = hours.filter((hour) => hour.startMs + hourMs <= Date.parse(pulled.asOf as string));
  const counts = (arm: { request_count?: number | undefined; success_count?: number | undefined }): unknown => [
    arm.request_count,
    arm.success_count,
  ];
  const read = pulled.hours.map(({ hour, control, treatment }) => [
    Date.parse(hour),
    counts(control),
    counts(treatment),
  ]);
  const truly = closed.map(({ startMs, control, treatment }) => [
    startMs,
    [control.requests, control.successes],
    [treatment.requests, treatment.successes],
  ]);
  if (!isDeepStrictEqual(read, truly))
    problems.push(`pulled ${read.length} hours that aren't the ${truly.length} that were`);
  return problems;
}

function outcome(
  seed: number,
  document: DecisionDocument | undefined,
  problems: readonly string[],
  server: EmulatorServer,
  crashes: number,
  interruptions: number,
): FaultRun {
  const faults = [...server.faultCounts.values()].reduce((sum, count) => sum + count, 0);
  return { seed, verdict: document?.verdict ?? "none", problems, faults, crashes, interruptions };
}
