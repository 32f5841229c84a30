import process from "node:process";
import type { Command } from "commander";
import { planFor } from "../../index.ts";
import { expandFiles } from "../../node/index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { maxAgeOf } from "../freshness.ts";
import { gateDecision } from "../gate-decision.ts";
import { startGate } from "../gate-server.ts";
import { interruption } from "../interrupt.ts";
import { numberWithin } from "../number-option.ts";
import {
  addPolicyOptions,
  addReadOptions,
  inputsOf,
  mappingOf,
  maxRejectedOf,
  outputsOf,
  policyOf,
  type PolicyOptions,
  type ReadOptions,
} from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { readSummaries } from "../read-summaries.ts";
import { summarizeFiles } from "../read-summary.ts";
import { verdictFile, verdictPathOf } from "../verdict-file.ts";

type GateCommandOptions = PolicyOptions &
  ReadOptions & {
    readonly summaries?: boolean;
    readonly host: string;
    readonly port: string;
    readonly tokenEnv: string;
    readonly timeout: string;
    readonly maxAge?: string;
  };

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

/** `assay gate FILES…`: answers a rollout controller over HTTP, until interrupted. */
export function addGate(program: Command, context: CliContext, exit: (code: number) => void): void {
  const command = program
    .command("gate")
    .description("answer Argo Rollouts and Flagger over HTTP with the decision on these files as they are now")
    .argument("<files...>", "records, or summaries with --summaries; read again when they have changed");
  addReadOptions(addPolicyOptions(command))
    .option("--summaries", "the files are summaries, from assay summarize, merge or pull")
    .option("--host <address>", "address to listen on; any but this machine's own needs a token", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 for any free one", "8788")
    .option("--token-env <name>", "environment variable that holds the token callers must send", "ASSAY_GATE_TOKEN")
    .option("--timeout <seconds>", "longest time that a decision may take", "20")
    .option(
      "--max-age <minutes>",
      "oldest data that are decided on, and 503 beyond; where absent two periods of the policy",
    )
    .action(async (patterns: string[], options: GateCommandOptions) => {
      const policy = await policyOf(options);
      const token = (context.env ?? process.env)[options.tokenEnv] ?? "";
      if (token === "" && !loopback.has(options.host)) {
        throw new UsageError(
          "Cannot serve the gate: --host must be this machine's own address while there is no token, current " +
            `value is ${JSON.stringify(options.host)}. Set ${options.tokenEnv}`,
        );
      }
      const maxAgeMs = maxAgeOf(options.maxAge, policy);
      const port = numberWithin("--port", options.port, 0, 65_535);
      const timeoutMs = 1000 * numberWithin("--timeout", options.timeout, 0.1, 3600);
      maxRejectedOf(options);
      const mapping = mappingOf(options, policy);
      const quiet = { ...options, quiet: true };
      await requireSeparateOutputs(outputsOf(options), await inputsOf(patterns, options));
      const stop = interruption(context);
      try {
        const gate = await startGate({
          decide: gateDecision({
            files: () => (options.summaries === true ? Promise.resolve(patterns) : expandFiles(patterns)),
            read: (files) =>
              options.summaries === true
                ? readSummaries(files, context)
                : summarizeFiles(files, planFor(policy), mapping, quiet, context),
            policy,
            maxAgeMs,
            now: context.now ?? Date.now,
            firstVerdict: options.state === undefined ? undefined : verdictFile(verdictPathOf(options.state), policy),
          }),
          token: token === "" ? null : token,
          host: options.host,
          port,
          timeoutMs,
        }).catch((error: unknown) => {
          if ((error as { code?: string }).code === "EADDRINUSE")
            throw new UsageError(
              `Cannot serve the gate: port ${options.port} must be free, and another program listens there. ` +
                "Give another --port",
            );
          throw error;
        });
        context.stdout.write(`${gate.url}\n`);
        await new Promise<void>((resolve) =>
          stop.signal.aborted ? resolve() : stop.signal.addEventListener("abort", () => resolve(), { once: true }),
        );
        await gate.close();
      } finally {
        stop.end();
      }
      exit(0);
    });
}
