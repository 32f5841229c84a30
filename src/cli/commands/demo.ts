import { type Command, Option } from "commander";
import {
  createClient,
  type DecidedExperiment,
  decideExperiment,
  enact,
  type ExperimentsClient,
  memoryAuditLog,
  pullExperiment,
} from "../../api/index.ts";
import { startEmulator, type TrafficScenario, trafficScenario } from "../../emulator/index.ts";
import { SummaryError } from "../../index.ts";
import { millisecondsPerHour } from "../../time.ts";
import { type CliContext, exitCodes } from "../cli-context.ts";
import { emitDecision, type Format, formats } from "../emit.ts";
import { wholeOption } from "../number-option.ts";
import type { OutputOptions } from "../options.ts";
import { sentenceOf } from "./enact.ts";

interface DemoOptions extends OutputOptions {
  readonly seed: string;
  readonly records: string;
  readonly healthy?: boolean;
  readonly format: Format;
}

const hours = 24;
const start = Date.UTC(2026, 0, 5);

/** `assay demo`: the whole story on a made-up gateway, from registering two versions to enacting what was decided. */
export function addDemo(program: Command, context: CliContext, exit: (code: number) => void): void {
  program
    .command("demo")
    .description(
      "roll out a new version, whose P99 is about 90 % higher, on a made-up gateway: watch, decide, roll back",
    )
    .option("--seed <number>", "seed of the made-up traffic", "1")
    .option("--records <number>", "how many requests in 24 hours", "200000")
    .option("--healthy", "leave the regression out")
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (options: DemoOptions) => {
      const [seed, records] = [wholeOption("--seed", options.seed, 1), wholeOption("--records", options.records, 1)];
      const say = (text: string): void => context.stderr.write(`${text}\n`);
      let now = start;
      const server = await startEmulator({
        seed,
        scenario: demoTraffic(records, options.healthy ?? false),
        now: () => now,
      });
      try {
        const client = createClient({
          baseUrl: server.url,
          token: server.token,
          rateLimit: { requestsPerSecond: 1000, burst: 1000 },
        });
        const id = await beginRollout(client);
        say(`registered two versions and created ${id} on a made-up gateway (${server.url}, seed ${seed}):`);
        say(
          `half of ${records.toLocaleString("en")} requests in ${hours} hours to each version; a look after every hour`,
        );
        const decided = await watch(client, id, () => (now += millisecondsPerHour), say);
        const enactment = await enact(client, decided.document, {
          apply: true,
          audit: memoryAuditLog(),
          now: () => now,
        });
        say(sentenceOf(id, decided.document, enactment));
        const code = await emitDecision(
          decided.decision,
          decided.policy,
          options.format,
          options.output,
          context,
          decided.summary,
        );
        say(`exit code of watch on this experiment: ${code}`);
        exit(exitCodes.ship);
      } finally {
        await server.close();
      }
    });
}

/** Two equal versions, but that one in 16 requests to the new one meets a slow path, unless it is healthy. */
function demoTraffic(records: number, healthy: boolean): TrafficScenario {
  const version = { successRate: 0.997, latency: { medianMs: 420, sigma: 0.5 } };
  const treatment = healthy
    ? version
    : { ...version, latency: { ...version.latency, slowShare: 1 / 16, slowFactor: 3.6 } };
  return trafficScenario({ requestsPerHour: records / hours, control: version, treatment });
}

async function beginRollout(client: ExperimentsClient): Promise<string> {
  const arm = (version: string): { model_id: string; version: string; percentage: number } => ({
    model_id: "chat-large",
    version,
    percentage: 50,
  });
  for (const version of ["2.0.0", "2.1.0"]) {
    await client.createModelVersion({
      model_id: "chat-large",
      version,
      description: "made up",
      metadata: { context_window: 128_000, capabilities: ["chat"] },
    });
  }
  const { experiment_id } = await client.createExperiment({
    experiment_name: "chat-large 2.1.0 against 2.0.0",
    status: "active",
    traffic_allocation: { control: arm("2.0.0"), treatment: arm("2.1.0") },
    success_metrics: { primary: "latency_p99", secondary: ["success_rate"], minimum_sample_size: 10_000 },
  });
  return experiment_id;
}

/** Looks after every hour until there is a decision, or the day is over. */
async function watch(
  client: ExperimentsClient,
  id: string,
  nextHour: () => number,
  say: (text: string) => void,
): Promise<DecidedExperiment> {
  let pulled = await pullExperiment(client, id);
  for (let hour = 1; ; hour += 1) {
    const now = nextHour();
    pulled = await pullExperiment(client, id, pulled);
    try {
      const decided = decideExperiment(pulled, { now });
      const count = Object.values(decided.decision.checks.sampleSize.records).reduce(
        (sum, records) => sum + records,
        0,
      );
      say(
        `hour ${String(hour).padStart(2)}: ${count.toLocaleString("en").padStart(7)} requests: ` +
          `${decided.decision.decision}`,
      );
      if (decided.decision.decision !== "keep-running" || hour >= hours) return decided;
    } catch (error) {
      if (!(error instanceof SummaryError) || error.code !== "arm-without-records" || hour >= hours) throw error;
      say(`hour ${String(hour).padStart(2)}: no requests of both arms yet`);
    }
  }
}
