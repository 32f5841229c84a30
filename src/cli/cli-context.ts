/** What a command uses of its surroundings; tests pass their own. */
export interface CliContext {
  /** Data goes here. */
  readonly stdout: Output;
  /** Progress and errors go here. */
  readonly stderr: Output;
  /** Environment variables; the process's own where absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends commands that run until interrupted. */
  readonly signal?: AbortSignal;
  /** Clock in milliseconds since 1970; the real one where absent. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A stream of text. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** Exit codes of the command line. */
export const exitCodes = {
  ship: 0,
  failure: 1,
  usage: 2,
  "keep-running": 10,
  inconclusive: 11,
  rollback: 20,
  invalid: 30,
  interrupted: 130,
} as const;

/** A command line that can't be honoured as written. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
