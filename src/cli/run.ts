import { Command, CommanderError } from "commander";
import { AssayError, PolicyError } from "../errors.ts";
import { printableLines } from "../report/words/escape.ts";
import { type CliContext, exitCodes, UsageError } from "./cli-context.ts";

/** Adds a command to the program; running it sets the exit code. */
type AddCommand = (program: Command, context: CliContext, exit: (code: number) => void) => void;

/** Every command, in the order of the flow. Only the code of the one that is called is loaded. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import("./commands/init.ts")).addInit,
  analyze: async () => (await import("./commands/analyze.ts")).addAnalyze,
  compare: async () => (await import("./commands/compare.ts")).addCompare,
  presets: async () => (await import("./commands/presets.ts")).addPresets,
  summarize: async () => (await import("./commands/summarize.ts")).addSummarize,
  merge: async () => (await import("./commands/merge.ts")).addMerge,
  decide: async () => (await import("./commands/decide.ts")).addDecide,
  report: async () => (await import("./commands/report.ts")).addReport,
  gate: async () => (await import("./commands/gate.ts")).addGate,
  sql: async () => (await import("./commands/sql.ts")).addSql,
  pull: async () => (await import("./commands/pull.ts")).addPull,
  watch: async () => (await import("./commands/watch.ts")).addWatch,
  enact: async () => (await import("./commands/enact.ts")).addEnact,
  emulator: async () => (await import("./commands/emulator.ts")).addEmulator,
  demo: async () => (await import("./commands/demo.ts")).addDemo,
  plan: async () => (await import("./commands/plan.ts")).addPlan,
  aa: async () => (await import("./commands/aa.ts")).addAa,
  simulate: async () => (await import("./commands/simulate.ts")).addSimulate,
  policy: async () => (await import("./commands/policy.ts")).addPolicy,
};

/**
 * Runs a command line.
 *
 * @param argv - the arguments after the program's name.
 * @returns the exit code: 0 ship, 10 keep-running, 11 inconclusive, 20 rollback, 30 invalid, 1 failure, 2 usage, 130
 * interrupted.
 */
export async function runCommandLine(argv: readonly string[], context: CliContext): Promise<number> {
  let exitCode = 0;
  const program = new Command("assay")
    .description("Says from per-request records whether to ship, roll back or keep running")
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) })
    .showHelpAfterError("(assay --help lists the commands)");
  try {
    const [name = ""] = argv;
    const wanted = Object.hasOwn(commands, name)
      ? [commands[name] as () => Promise<AddCommand>]
      : Object.values(commands);
    for (const load of wanted) (await load())(program, context, (code) => (exitCode = code));
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (error instanceof UsageError || error instanceof PolicyError) return fail(error, exitCodes.usage, context);
    if (error instanceof AssayError && error.code === "interrupted") return fail(error, exitCodes.interrupted, context);
    if (error instanceof AssayError || error instanceof RangeError) return fail(error, exitCodes.failure, context);
    return fail(
      new Error(`Unexpected failure, please report it: ${(error as Error).stack ?? String(error)}`),
      exitCodes.failure,
      context,
    );
  }
}

function fail(error: Error, code: number, context: CliContext): number {
  context.stderr.write(`assay: ${printableLines(error.message)}\n`);
  return code;
}
