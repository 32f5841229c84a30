import { writeFile } from "node:fs/promises";
import { type Decision, type Policy } from "../index.ts";
import { buildReport, renderText } from "../report/index.ts";
import { UsageError, type World, exitCodes } from "./world.ts";

/** How a decision can be written. */
export const formats = ["text", "json"] as const;

/** A way to write a decision. */
export type Format = (typeof formats)[number];

/** Writes a decision to the standard output or a file, and returns its exit code. */
export async function emitDecision(decision: Decision, policy: Policy, format: Format, file: string | undefined, world: World): Promise<number> {
  const width = world.stdout.isTTY ? Math.min(120, world.stdout.columns) : 80;
  const text = format === "json" ? `${JSON.stringify(decision, null, 2)}\n` : renderText(buildReport(decision, policy), { width });
  await emit(text, file, world);
  return exitCodes[decision.decision];
}

/** Writes data to the standard output, or to a file. */
export async function emit(text: string, file: string | undefined, world: World): Promise<void> {
  if (file === undefined) {
    world.stdout.write(text);
    return;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new UsageError(`Cannot write the result: --output must be a writable file, current value is ${JSON.stringify(file)} (${(cause as { code?: string }).code ?? String(cause)})`);
  }
}
