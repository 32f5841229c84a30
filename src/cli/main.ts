#!/usr/bin/env node
import process from "node:process";
import type { Output } from "./cli-context.ts";
import { runCommandLine } from "./run.ts";

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY ?? false,
    columns: stream.columns ?? 80,
  };
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
});
