import { type Command, Option } from "commander";
import { type RequestRecord, analyze, createRandom, decide, definePolicy, planFor, requireAcceptable, safeRollout, sampleNormal, summarize, defaultMaxRejected } from "../index.ts";
import { type Format, emitDecision, formats } from "./emit.ts";
import type { OutputOptions } from "./options.ts";
import { UsageError, type World } from "./world.ts";

interface DemoOptions extends OutputOptions {
  readonly seed: string;
  readonly records: string;
  readonly healthy?: boolean;
  readonly format: Format;
}

/** `assay demo`: a made-up experiment with a planted P99 regression, decided. */
export function addDemo(program: Command, world: World, exit: (code: number) => void): void {
  program
    .command("demo")
    .description("make up an experiment in which the new version's P99 is about 90 % higher, and decide it")
    .option("--seed <number>", "seed of the made-up traffic", "1")
    .option("--records <number>", "how many requests", "200000")
    .option("--healthy", "leave the regression out")
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (options: DemoOptions) => {
      const policy = definePolicy({ ...safeRollout({ control: "v1", treatments: ["v2"] }), allocation: { v1: 50, v2: 50 }, unit: "user" });
      const records = whole(options.records, "records");
      world.stderr.write(`made up ${records.toLocaleString("en")} requests of two versions over 24 hours, seed ${options.seed}\n`);
      const summary = summarize(demoRecords(whole(options.seed, "seed"), records, options.healthy ?? false), planFor(policy));
      requireAcceptable(summary.quality.records, defaultMaxRejected);
      const code = await emitDecision(decide(analyze(summary, policy), policy), policy, options.format, options.output, world);
      world.stderr.write(`exit code of analyze on these records: ${code}\n`);
      exit(0);
    });
}

/** Requests of users who differ in speed, hour by hour; of v2 one in 16 meets a slow path, unless it is healthy. */
function* demoRecords(seed: number, count: number, healthy: boolean): Generator<RequestRecord> {
  const random = createRandom(seed);
  const start = Date.UTC(2026, 0, 5);
  const users = 5000;
  const speed = Float64Array.from({ length: users }, () => 0.25 * sampleNormal(random));
  const slowPath = healthy ? 0 : 1 / 16;
  for (let i = 0; i < count; i++) {
    const user = Math.floor(random() * users);
    const treated = user % 2 === 1;
    const slow = random() < (treated ? slowPath : 0) ? 3.6 : 1;
    const latencyMs = 420 * slow * Math.exp((speed[user] as number) + 0.45 * sampleNormal(random));
    yield {
      arm: treated ? "v2" : "v1",
      timestamp: start + Math.floor((i / count) * 86_400_000),
      unit: `user-${user}`,
      success: random() < 0.997,
      latencyMs,
    };
  }
}

function whole(text: string, name: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`Cannot read the options: --${name} must be a whole number from 1, current value is ${JSON.stringify(text)}`);
}
