import type { Experiment } from "../experiment.ts";
import type { ExperimentsClient } from "../http/client.ts";
import { ApiError, ConflictError, EnactError } from "../http/errors.ts";
import { sameSplit, shownSplit, type Split, splitOf } from "./split.ts";

/** What an enactment that failed found, and what it did about it. */
export interface LeftBehind {
  /** The experiment as it was read back; `undefined` when that failed, too. */
  readonly experiment: Experiment | undefined;
  /** Whether traffic runs again at the split from before. */
  readonly resumedAsBefore: boolean;
}

/**
 * Reads back what a failed enactment left, and takes traffic up again at the old split where the server refuses the new
 * one for good: a pause must not outlive the change it was made for.
 */
export async function lookBack(
  client: ExperimentsClient,
  id: string,
  from: Split,
  error: unknown,
  idempotencyKey: string,
): Promise<LeftBehind> {
  const read = (): Promise<Experiment | undefined> => client.getExperiment(id).catch(() => undefined);
  const experiment = await read();
  if (experiment?.status !== "paused" || !sameSplit(splitOf(experiment), from) || !isFinal(error))
    return { experiment, resumedAsBefore: false };
  await client.resumeExperiment(id, { idempotencyKey }).catch(() => undefined);
  const after = await read();
  return { experiment: after, resumedAsBefore: after?.status === "active" && sameSplit(splitOf(after), from) };
}

/** Whether the server refused for good: the same request would be refused again. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError) || error instanceof ConflictError || error.transient) return false;
  return error.status !== undefined && error.status >= 400 && error.status < 500;
}

/** The error of an enactment that failed, with the state of the traffic first. */
export function stoppedError(client: ExperimentsClient, id: string, cause: ApiError, left: LeftBehind): EnactError {
  const { experiment, resumedAsBefore } = left;
  const again = cause.transient || cause.code === "unexpected-state";
  const details = { status: cause.status, requestId: cause.requestId, transient: again };
  if (resumedAsBefore)
    return new EnactError(
      `The split of ${id} was not changed, and traffic runs as before ` +
        `(${shownSplit(splitOf(experiment as Experiment))}): ${cause.message}`,
      { ...details, code: "not-enacted", transient: false },
    );
  const state =
    experiment === undefined
      ? `Traffic of ${id} MAY BE PAUSED, its state can't be read`
      : `Traffic of ${id} is PAUSED (${shownSplit(splitOf(experiment))})`;
  return new EnactError(
    `${state}. Run this again to finish, or end the pause: curl -X POST -H "Authorization: Bearer $ASSAY_API_TOKEN" ` +
      `${client.baseUrl}/experiments/${encodeURIComponent(id)}/resume. Reason: ${cause.message}`,
    { ...details, code: "left-paused" },
  );
}
