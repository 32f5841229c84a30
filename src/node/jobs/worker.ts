import { parentPort } from "node:worker_threads";
import { type ErrorDetails, RecordsError } from "../../errors.ts";
import { encodeSummary } from "../../summary/encode.ts";
import type { FileRange } from "../read/range.ts";
import { lineAccelerator } from "../wasm/wasm-line-scanner.ts";
import { type PartRead, PartReader, type PartSource } from "./part-reader.ts";

/** What a worker is asked for. */
export type WorkerTask =
  { readonly open: PartSource } | { readonly read: FileRange; readonly part: number } | { readonly gather: true };

/** What a worker answers to all but `open`, in the order of the tasks; the summary is encoded. */
export type WorkerAnswer =
  | { readonly read: PartRead }
  | { readonly gathered: { readonly summary: string; readonly absent: readonly string[] | null } }
  | { readonly refused: ErrorDetails & { readonly message: string } }
  | { readonly failed: string };

const accelerator = lineAccelerator();
let reader: PartReader | undefined;
let last: Promise<void> = Promise.resolve();

parentPort?.on("message", (task: WorkerTask) => {
  last = last.then(async () => {
    const answer = await answerTo(task).catch(refusal);
    if (answer !== undefined) parentPort?.postMessage(answer);
  });
});

async function answerTo(task: WorkerTask): Promise<WorkerAnswer | undefined> {
  if ("open" in task) {
    reader = new PartReader(task.open, accelerator);
    return undefined;
  }
  if ("read" in task) return { read: await (reader as PartReader).read(task.part, task.read) };
  const { summary, absent } = await (reader as PartReader).gather();
  return { gathered: { summary: encodeSummary(summary), absent } };
}

function refusal(error: unknown): WorkerAnswer {
  const { message, code, field, value } = error as RecordsError;
  return error instanceof RecordsError
    ? { refused: { message, code, field, value } }
    : { failed: (error as Error).stack ?? String(error) };
}
