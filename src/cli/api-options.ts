import { readFile } from "node:fs/promises";
import process from "node:process";
import { type Command, Option } from "commander";
import { createClient, type ExperimentsClient } from "../api/index.ts";
import { type CliContext, UsageError } from "./cli-context.ts";

/** Options that say where the experiments API is and how to be let in. */
export interface ApiOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly allowInsecure?: boolean;
  readonly token?: unknown;
  readonly quiet?: boolean;
}

export function addApiOptions(command: Command): Command {
  return command
    .option("--url <address>", "address of the gateway, e.g. https://gateway.example/v1; without it: ASSAY_API_URL")
    .option("--token-file <file>", "file that holds the bearer token; without it: ASSAY_API_TOKEN")
    .addOption(new Option("--token [text]").hideHelp())
    .option("--allow-insecure", "accept plain http to another machine, where anyone on the way can read the token")
    .option("--quiet", "no progress");
}

/**
 * A client as the options and the environment say. The token comes from a file or the environment, never from the
 * command line.
 */
export async function clientOf(options: ApiOptions, context: CliContext): Promise<ExperimentsClient> {
  if (options.token !== undefined) {
    throw new UsageError(
      "Cannot read the options: a token on the command line can be read by every user of this machine; put it " +
        "in ASSAY_API_TOKEN or a file (--token-file)",
    );
  }
  const env = context.env ?? process.env;
  const baseUrl = options.url ?? env["ASSAY_API_URL"];
  if (baseUrl === undefined || baseUrl === "")
    throw new UsageError("Cannot reach the experiments API: its address is missing; give --url or ASSAY_API_URL");
  const token = options.tokenFile === undefined ? env["ASSAY_API_TOKEN"] : await tokenIn(options.tokenFile);
  if (token === undefined || token === "")
    throw new UsageError(
      "Cannot reach the experiments API: the token is missing; give ASSAY_API_TOKEN or --token-file",
    );
  return createClient({
    baseUrl,
    token,
    allowInsecure: options.allowInsecure ?? false,
    onRetry: ({ operation, attempt, delayMs, error }) => {
      if (options.quiet !== true)
        context.stderr.write(
          `${operation}: ${error.code}, attempt ${attempt + 1} in ${(delayMs / 1000).toFixed(1)} s\n`,
        );
    },
  });
}

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new UsageError(
      `Cannot read the token: --token-file must be a readable file, current value is ${JSON.stringify(file)} ` +
        `(${(cause as { code?: string }).code ?? "unreadable"})`,
    );
  }
}
