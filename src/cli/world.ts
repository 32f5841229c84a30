/** All that a command needs of the world; tests give their own. */
export interface World {
  /** Data goes here. */
  readonly stdout: Output;
  /** Progress and errors go here. */
  readonly stderr: Output;
}

/** A stream of text. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** Exit codes of the command line. */
export const exitCodes = { ship: 0, failure: 1, usage: 2, "keep-running": 10, inconclusive: 11, rollback: 20, invalid: 30 } as const;

/** A command line that can't be honoured as written. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
