import process from "node:process";
import { type CliContext, UsageError } from "./cli-context.ts";

/** What `--sign-key-env` is for, in the help. */
export const signKeyHelp: string =
  "environment variable with a secret of at least 16 characters: decisions are signed with it, and only those signed " +
  "with it are enacted";

/** The key in the environment variable that the option names. @throws {UsageError} when it is missing or short */
export function signKeyOf(name: string | undefined, context: Pick<CliContext, "env">): string | undefined {
  if (name === undefined) return undefined;
  const key = (context.env ?? process.env)[name] ?? "";
  if (key.length >= 16) return key;
  throw new UsageError(
    `Cannot read the options: --sign-key-env must name a variable with at least 16 characters, current value is ` +
      `${JSON.stringify(name)} with ${key.length} (not shown)`,
  );
}
