import { type Command, Option } from "commander";
import { ApiError, type DecidedExperiment, type ExperimentsClient, decideExperiment, sleep } from "../api/index.ts";
import { type Policy, SummaryError } from "../index.ts";
import { buildReport, renderText } from "../report/index.ts";
import { type ApiOptions, addApiOptions, clientOf } from "./api-options.ts";
import { writeAtomically } from "./atomic-write.ts";
import { type Format, emitDecision, formats } from "./emit.ts";
import { interruption } from "./interrupt.ts";
import { type OutputOptions, policyOf } from "./options.ts";
import { pullWithState } from "./pull-state.ts";
import { liveBlock, textOptions } from "./terminal.ts";
import { UsageError, type World, exitCodes } from "./world.ts";

type WatchOptions = ApiOptions & OutputOptions & { readonly experiment?: string; readonly state?: string; readonly policy?: string; readonly interval: string; readonly once?: boolean; readonly decisionFile?: string; readonly format: Format };

/** Waits grow to this many intervals while nothing new comes. */
const longestWait = 10;

/** `assay watch --experiment ID`: look again and again, and stop on a decision. */
export function addWatch(program: Command, world: World, exit: (code: number) => void): void {
  addApiOptions(program.command("watch").description("look at a running experiment until there is a decision"))
    .option("--experiment <id>", "identifier of the experiment on the gateway")
    .option("--policy <file>", "policy as JSON; without it: the experiment's own configuration")
    .option("--state <file>", "keep the hours read here, and read only new ones")
    .option("--interval <seconds>", "how long to wait between looks; longer while nothing new comes", "60")
    .option("--once", "look once and stop")
    .option("--decision-file <file>", "write the decision there, for assay enact")
    .addOption(new Option("--format <format>", "how to print the decision").choices([...formats]).default("text"))
    .option("--output <file>", "write the decision there instead of to the standard output")
    .action(async (options: WatchOptions) => {
      if (options.experiment === undefined) throw new UsageError("Cannot watch: give --experiment ID");
      const intervalMs = Number(options.interval) * 1000;
      if (!(intervalMs > 0)) throw new UsageError(`Cannot watch: --interval must be a positive number of seconds, current value is ${JSON.stringify(options.interval)}`);
      const client = await clientOf(options, world);
      const policy = options.policy === undefined ? undefined : await policyOf({ policy: options.policy });
      const stop = interruption(world);
      try {
        const decided = await watchExperiment(client, options.experiment, options, { policy, intervalMs, signal: stop.signal, world });
        if (decided === undefined) {
          world.stderr.write("stopped before the first requests of both arms\n");
          return exit(exitCodes["keep-running"]);
        }
        if (options.decisionFile !== undefined) await writeAtomically(options.decisionFile, `${JSON.stringify(decided.document, null, 2)}\n`);
        exit(await emitDecision(decided.decision, decided.policy, options.format, options.output, world));
      } finally {
        stop.end();
      }
    });
}

interface Watching {
  readonly policy: Policy | undefined;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly world: World;
}

/** Looks until there is a decision, the experiment is over, or it is interrupted; returns the last look. */
async function watchExperiment(client: ExperimentsClient, id: string, options: WatchOptions, { policy, intervalMs, signal, world }: Watching): Promise<DecidedExperiment | undefined> {
  const screen = liveScreen(world, options.quiet ?? false);
  let last: DecidedExperiment | undefined;
  let idle = 0;
  while (!signal.aborted) {
    try {
      const { pulled, newHours } = await pullWithState(client, id, options.state, signal);
      const lookedAt = world.now?.() ?? Date.now();
      last = decideExperiment(pulled, { policy, now: lookedAt });
      screen.show(last, lookedAt);
      idle = newHours > 0 ? 0 : idle + 1;
      if (last.decision.decision !== "keep-running" || pulled.experiment.status === "completed" || options.once === true) return last;
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof SummaryError && error.code === "arm-without-records") {
        screen.say("no requests of both arms yet");
        if (options.once === true) return undefined;
      } else if (error instanceof ApiError && error.transient && options.once !== true) screen.say(error.message);
      else throw error;
      idle += 1;
    }
    await (world.sleep ?? sleep)(intervalMs * Math.min(longestWait, 2 ** Math.max(0, idle - 1)), signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
  }
  return last;
}

interface Screen {
  show(decided: DecidedExperiment, at: number): void;
  say(text: string): void;
}

/** The verdict table, redrawn in place on a terminal; one line a look elsewhere. */
function liveScreen(world: World, quiet: boolean): Screen {
  const { stderr } = world;
  const block = liveBlock(stderr);
  const draw = (text: string): void => {
    if (!quiet) block.draw(text);
  };
  return {
    show: ({ decision, policy, document }, at) => {
      const records = Object.entries(decision.checks.sampleSize.records).map(([arm, count]) => `${arm} ${count.toLocaleString("en")}`).join(", ");
      const head = `${new Date(at).toISOString()} data as of ${document.asOf}: ${decision.decision} (${records})\n`;
      draw(stderr.isTTY ? `${head}\n${renderText(buildReport(decision, policy), textOptions(stderr, world))}` : head);
    },
    say: (text) => draw(`${text}\n`),
  };
}
