import { Command, CommanderError } from "commander";
import { AssayError, PolicyError } from "../index.ts";
import { InterruptedError } from "../node/index.ts";
import { addAnalyze } from "./analyze.ts";
import { addDecide } from "./decide.ts";
import { addDemo } from "./demo.ts";
import { addEmulator } from "./emulator.ts";
import { addEnact } from "./enact.ts";
import { addMerge } from "./merge.ts";
import { addPlan } from "./plan.ts";
import { addPolicy } from "./policy.ts";
import { addSimulate } from "./simulate.ts";
import { addGate } from "./gate.ts";
import { addReport } from "./report.ts";
import { addPull } from "./pull.ts";
import { addSql } from "./sql.ts";
import { addSummarize } from "./summarize.ts";
import { addWatch } from "./watch.ts";
import { UsageError, type World, exitCodes } from "./world.ts";

/** Every command, in the order of the flow. Each sets the exit code by what it returns. */
const commands = [addAnalyze, addSummarize, addMerge, addDecide, addReport, addGate, addSql, addPull, addWatch, addEnact, addEmulator, addDemo, addPlan, addSimulate, addPolicy] as const;

/**
 * Runs a command line.
 *
 * @param argv - the arguments after the program's name.
 * @returns the exit code: 0 ship, 10 keep-running, 11 inconclusive, 20 rollback, 30 invalid, 1 failure, 2 usage, 130 interrupted.
 */
export async function runCommandLine(argv: readonly string[], world: World): Promise<number> {
  let exitCode = 0;
  const program = new Command("assay")
    .description("Says from per-request records whether to ship, roll back or keep running")
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.stdout.write(text), writeErr: (text) => world.stderr.write(text) })
    .showHelpAfterError("(assay --help lists the commands)");
  for (const add of commands) add(program, world, (code) => (exitCode = code));
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (error instanceof UsageError || error instanceof PolicyError) return fail(error, exitCodes.usage, world);
    if (error instanceof InterruptedError) return fail(error, exitCodes.interrupted, world);
    if (error instanceof AssayError || error instanceof RangeError) return fail(error, exitCodes.failure, world);
    return fail(new Error(`Unexpected failure, please report it: ${(error as Error).stack ?? String(error)}`), exitCodes.failure, world);
  }
}

function fail(error: Error, code: number, world: World): number {
  world.stderr.write(`assay: ${error.message}\n`);
  return code;
}
