import { type Command, Option } from "commander";
import {
  ApiError,
  type DecidedExperiment,
  decideExperiment,
  type ExperimentsClient,
  signDecisionDocument,
  sleep,
} from "../../api/index.ts";
import { AssayError, type Decision, type Policy, SummaryError } from "../../index.ts";
import { buildReport, renderText } from "../../report/index.ts";
import { addApiOptions, type ApiOptions, clientOf } from "../api-options.ts";
import { type CliContext, exitCodes, UsageError } from "../cli-context.ts";
import { emitDecision, type Format, formats, writeOutput } from "../emit.ts";
import { maxAgeOf, requireFresh, staleCodes } from "../freshness.ts";
import { interruption } from "../interrupt.ts";
import { numberOption } from "../number-option.ts";
import {
  addReadOptions,
  inputsOf,
  type OutputOptions,
  outputsOf,
  policyOf,
  type PolicyOptions,
  type ReadOptions,
} from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";
import { pullWithState } from "../pull-state.ts";
import { signKeyHelp, signKeyOf } from "../sign-key.ts";
import { liveBlock, textOptions } from "../terminal.ts";
import { watchFiles } from "../watch-files.ts";

type WatchOptions = ApiOptions &
  OutputOptions &
  PolicyOptions &
  ReadOptions & {
    readonly experiment?: string;
    readonly state?: string;
    readonly policy?: string;
    readonly interval: string;
    readonly once?: boolean;
    readonly maxAge?: string;
    readonly decisionFile?: string;
    readonly signKeyEnv?: string;
    readonly format: Format;
  };

/** Waits grow to this many intervals while nothing new comes. */
const longestWait = 10;

/**
 * `assay watch --experiment ID`, or `assay watch FILES…`: look again and again, and stop on the first decision, which
 * stands.
 */
export function addWatch(program: Command, context: CliContext, exit: (code: number) => void): void {
  const command = program
    .command("watch")
    .description(
      "look at a running experiment, or at files of records that grow, until the first decision, which stands " +
        "whatever later data say",
    )
    .argument("[files...]", "files, patterns and folders to follow");
  addReadOptions(addApiOptions(command), { quiet: false, state: false })
    .option("--control <arm>", "with files: arm in production, where there is no policy")
    .option(
      "--treatment <arm>",
      "with files: arm that wants to replace it; may be repeated",
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option("--experiment <id>", "identifier of the experiment on the gateway")
    .option(
      "--policy <file>",
      "policy as JSON; without it: the experiment's own configuration, or safe-rollout for files",
    )
    .option("--state <file>", "keep what was read here, and read only what is new")
    .option("--interval <seconds>", "how long to wait between looks; longer while nothing new comes", "60")
    .option("--max-age <minutes>", "oldest data that are decided on; where absent two periods of the policy")
    .option("--once", "look once and stop")
    .option("--decision-file <file>", "write the decision there, for assay enact")
    .option("--sign-key-env <name>", signKeyHelp)
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write the decision there instead of to the standard output")
    .action(async (files: string[], options: WatchOptions) => {
      if ((options.experiment === undefined) === (files.length === 0))
        throw new UsageError("Cannot watch: give either --experiment ID or files");
      const intervalMs =
        1000 * numberOption("--interval", options.interval, "a positive number of seconds", (seconds) => seconds > 0);
      await requireSeparateOutputs(outputsOf(options), await inputsOf(files, options));
      if (options.experiment === undefined) return exit(await followFiles(files, options, intervalMs, context));
      const signKey = signKeyOf(options.signKeyEnv, context);
      const client = await clientOf(options, context);
      const policy = options.policy === undefined ? undefined : await policyOf({ policy: options.policy });
      const stop = interruption(context);
      try {
        const decided = await watchExperiment(client, options.experiment, options, {
          policy,
          intervalMs,
          signal: stop.signal,
          context,
        });
        if (decided === undefined) {
          context.stderr.write("stopped before the first requests of both arms\n");
          return exit(exitCodes["keep-running"]);
        }
        if (options.decisionFile !== undefined) {
          const { document } = decided;
          const signed = signKey === undefined ? document : await signDecisionDocument(document, signKey);
          await writeOutput("--decision-file", options.decisionFile, `${JSON.stringify(signed, null, 2)}\n`);
        }
        exit(
          await emitDecision(
            decided.decision,
            decided.policy,
            options.format,
            options.output,
            context,
            decided.summary,
          ),
        );
      } finally {
        stop.end();
      }
    });
}

/** Follows files until there is a decision; returns its exit code. */
async function followFiles(
  files: readonly string[],
  options: WatchOptions,
  intervalMs: number,
  context: CliContext,
): Promise<number> {
  const policy = await policyOf(options);
  const stop = interruption(context);
  const block = liveBlock(context.stderr);
  try {
    const maxAgeMs = maxAgeOf(options.maxAge, policy);
    const last = await watchFiles(files, policy, { ...options, intervalMs, maxAgeMs }, context, stop.signal, (look) => {
      if (options.quiet === true) return;
      if (typeof look === "string") return block.draw(`${look}\n`);
      block.draw(lookText(look.decision, policy, look.at, context));
    });
    if (last === undefined) {
      context.stderr.write("stopped before the first requests of all arms\n");
      return exitCodes["keep-running"];
    }
    return await emitDecision(last.decision, policy, options.format, options.output, context, last.summary);
  } finally {
    stop.end();
  }
}

/** One look: a line, and on a terminal the verdict table. */
function lookText(decision: Decision, policy: Policy, at: number, context: CliContext, asOf?: string): string {
  const records = Object.entries(decision.checks.sampleSize.records)
    .map(([arm, count]) => `${arm} ${count.toLocaleString("en")}`)
    .join(", ");
  const head =
    `${new Date(at).toISOString()}${asOf === undefined ? "" : ` data as of ${asOf}`}: ${decision.decision} ` +
    `(${records})\n`;
  return context.stderr.isTTY
    ? `${head}\n${renderText(buildReport(decision, policy), textOptions(context.stderr, context))}`
    : head;
}

interface Watching {
  readonly policy: Policy | undefined;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly context: CliContext;
}

/** Looks until there is a decision, the experiment is over, or it is interrupted; returns the last look. */
async function watchExperiment(
  client: ExperimentsClient,
  id: string,
  options: WatchOptions,
  { policy, intervalMs, signal, context }: Watching,
): Promise<DecidedExperiment | undefined> {
  const screen = liveScreen(context, options.quiet ?? false);
  let last: DecidedExperiment | undefined;
  let idle = 0;
  while (!signal.aborted) {
    try {
      const { pulled, newHours } = await pullWithState(client, id, options.state, signal);
      const lookedAt = context.now?.() ?? Date.now();
      const decided = decideExperiment(pulled, { policy, now: lookedAt });
      const asOf = Date.parse(decided.document.asOf);
      requireFresh(asOf, asOf, lookedAt, maxAgeOf(options.maxAge, decided.policy));
      last = decided;
      screen.show(last, lookedAt);
      idle = newHours > 0 ? 0 : idle + 1;
      if (
        last.decision.decision !== "keep-running" ||
        pulled.experiment.status === "completed" ||
        options.once === true
      )
        return last;
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof SummaryError && error.code === "arm-without-records") {
        screen.say("no requests of both arms yet");
        if (options.once === true) return undefined;
      } else if (options.once !== true && isPassing(error)) screen.say(error.message);
      else throw error;
      idle += 1;
    }
    await (context.sleep ?? sleep)(intervalMs * Math.min(longestWait, 2 ** Math.max(0, idle - 1)), signal).catch(
      (reason: unknown) => {
        if (!signal.aborted) throw reason;
      },
    );
  }
  return last;
}

/** Whether a failure may be gone at the next look. */
function isPassing(error: unknown): error is AssayError {
  return error instanceof ApiError ? error.transient : error instanceof AssayError && staleCodes.has(error.code);
}

interface Screen {
  show(decided: DecidedExperiment, at: number): void;
  say(text: string): void;
}

/** The verdict table, redrawn in place on a terminal; one line a look elsewhere. */
function liveScreen(context: CliContext, quiet: boolean): Screen {
  const { stderr } = context;
  const block = liveBlock(stderr);
  const draw = (text: string): void => {
    if (!quiet) block.draw(text);
  };
  return {
    show: ({ decision, policy, document }, at) => draw(lookText(decision, policy, at, context, document.asOf)),
    say: (text) => draw(`${text}\n`),
  };
}
