#!/usr/bin/env node
import process from "node:process";
import { exitCodes, type Output } from "./cli-context.ts";
import { runCommandLine } from "./run.ts";

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY ?? false,
    columns: stream.columns ?? 80,
  };
}

let failed = false;

/** A reader that stops early, as `head` does, wants no more; the exit code still tells the verdict. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE" || failed) return;
  failed = true;
  process.exitCode = exitCodes.failure;
  process.stderr.write(`assay: Cannot write the result: the standard output must be writable (${error.code})\n`);
}

process.stdout.on("error", onOutputError);
process.stderr.on("error", () => undefined);
const code = await runCommandLine(process.argv.slice(2), {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
});
process.exitCode = failed ? exitCodes.failure : code;
