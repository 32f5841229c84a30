import process from "node:process";
import { type Command, Option } from "commander";
import {
  type FaultKind,
  fileJournal,
  healthyTraffic,
  type Journal,
  type Mutation,
  regressedTraffic,
  startEmulator,
} from "../../emulator/index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { interruption } from "../interrupt.ts";
import { numberWithin } from "../number-option.ts";

interface EmulatorCommandOptions {
  readonly port: string;
  readonly seed: string;
  readonly speed: string;
  readonly scenario: "healthy" | "regressed";
  readonly detail: "rates" | "counts" | "percentiles" | "histograms";
  readonly faults: string;
  readonly state?: string;
}

const kinds: readonly FaultKind[] = [
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

/** `assay emulator`: the experiments API on this machine, until interrupted. */
export function addEmulator(program: Command, context: CliContext, exit: (code: number) => void): void {
  program
    .command("emulator")
    .description(
      "run the experiments API on this machine, with made-up traffic; its token is ASSAY_API_TOKEN, or 'local'",
    )
    .option("--port <number>", "port to listen on; 0 for any free one", "8787")
    .option("--seed <number>", "seed of traffic and faults", "1")
    .option("--speed <factor>", "how much faster than the real clock its clock runs, e.g. 3600: an hour a second", "1")
    .addOption(
      new Option("--scenario <name>", "how the treatment behaves").choices(["healthy", "regressed"]).default("healthy"),
    )
    .addOption(
      new Option("--detail <level>", "how much results tell")
        .choices(["rates", "counts", "percentiles", "histograms"])
        .default("histograms"),
    )
    .option("--faults <share>", "share of the requests that go wrong, evenly over all kinds", "0")
    .option("--state <file>", "keep everything in a file of JSON lines, and go on from there the next time")
    .action(async (options: EmulatorCommandOptions) => {
      const seed = numberWithin("--seed", options.seed, 0, Number.MAX_SAFE_INTEGER);
      const speed = numberWithin("--speed", options.speed, Number.MIN_VALUE, 1e6);
      const share = numberWithin("--faults", options.faults, 0, 1);
      const journal = options.state === undefined ? undefined : fileJournal(options.state);
      const began = Date.now();
      const resumed = Math.max(began, lastChange(journal));
      const stop = interruption(context);
      const server = await startEmulator({
        port: numberWithin("--port", options.port, 0, 65_535),
        seed,
        token: (context.env ?? process.env)["ASSAY_API_TOKEN"] ?? "local",
        scenario: options.scenario === "regressed" ? regressedTraffic : healthyTraffic,
        detail: options.detail,
        now: () => resumed + (Date.now() - began) * speed,
        faults: { seed, rates: Object.fromEntries(kinds.map((kind) => [kind, share / kinds.length])) },
        ...(journal === undefined ? {} : { journal }),
      }).catch((error: unknown) => {
        stop.end();
        if ((error as { code?: string }).code === "EADDRINUSE")
          throw new UsageError(
            `Cannot start the emulator: port ${options.port} must be free, and another program listens there; ` +
              "give another --port",
          );
        throw error;
      });
      context.stdout.write(`${server.url}\n`);
      context.stderr.write("Ctrl-C stops it\n");
      await new Promise<void>((resolve) =>
        stop.signal.aborted ? resolve() : stop.signal.addEventListener("abort", () => resolve(), { once: true }),
      );
      stop.end();
      await server.close();
      exit(0);
    });
}

/** A clock that ran fast is ahead of the real one: it goes on from where it was. */
function lastChange(journal: Journal | undefined): number {
  const last = journal?.read().at(-1);
  if (last === undefined) return 0;
  try {
    return (JSON.parse(last) as Mutation).at;
  } catch {
    return 0;
  }
}
