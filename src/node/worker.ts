import { parentPort } from "node:worker_threads";
import { RecordsError, type ErrorDetails } from "../errors.ts";
import { type RangeTask, summarizeRange } from "./range-summary.ts";

/** What a worker answers. */
export type WorkerAnswer = { readonly result: Awaited<ReturnType<typeof summarizeRange>> } | { readonly refused: ErrorDetails & { readonly message: string } } | { readonly failed: string };

parentPort?.on("message", (task: RangeTask) => {
  summarizeRange(task).then(
    (result) => parentPort?.postMessage({ result } satisfies WorkerAnswer),
    (error: unknown) => {
      const { message, code, field, value } = error as RecordsError;
      parentPort?.postMessage(error instanceof RecordsError ? { refused: { message, code, field, value } } : { failed: (error as Error).stack ?? String(error) });
    },
  );
});
