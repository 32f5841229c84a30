import { runCommandLine } from "../../src/cli/run.ts";

/** What a command line printed and returned. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function runCli(...argv: string[]): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const code = await runCommandLine(argv, {
    stdout: { write: (text) => (stdout += text), isTTY: false, columns: 80 },
    stderr: { write: (text) => (stderr += text), isTTY: false, columns: 80 },
  });
  return { code, stdout, stderr };
}
