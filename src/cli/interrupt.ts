import process from "node:process";
import type { CliContext } from "./cli-context.ts";

/** A signal that aborts on Ctrl-C or when the system asks the process to stop; `end` stops listening for both. */
export function interruption(context: CliContext): { readonly signal: AbortSignal; end(): void } {
  const control = new AbortController();
  const stop = (): void => control.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  context.signal?.addEventListener("abort", stop, { once: true });
  if (context.signal?.aborted === true) stop();
  return {
    signal: control.signal,
    end: () => {
      process.removeListener("SIGINT", stop);
      process.removeListener("SIGTERM", stop);
      context.signal?.removeEventListener("abort", stop);
    },
  };
}
