import { millisecondsPerHour } from "../../time.ts";
import type { ExperimentsClient } from "../http/client.ts";
import { ResultsError } from "../http/errors.ts";
import { checkResults } from "./check-results.ts";
import { pairHours } from "./hours.ts";
import type { PulledExperiment, PulledHour } from "./pulled.ts";
import { readResults } from "./read-results.ts";
import type { ArmFigures, ArmResults } from "./results-payload.ts";

/** How to pull. */
export interface PullOptions {
  readonly signal?: AbortSignal;
}

/**
 * What has the experiment shown since the last time?
 *
 * Reads the new hours only. An hour is taken once it is over by the server's clock, and never read again; hours and
 * totals must agree each time. When they don't, hours were corrected afterwards, and the whole series is read anew
 * once.
 *
 * @param client - see `createClient`
 * @param id - the experiment
 * @param previous - what was pulled before; `undefined` = from the start
 * @returns all that is known now; `previous` isn't changed
 * @throws {ResultsError} on results that contradict themselves, or are of another experiment than `previous`
 * @example
 * ```ts
 * const pulled = await pullExperiment(client, "exp_0001");
 * const later = await pullExperiment(client, "exp_0001", pulled);
 * later.hours.length; // 8
 * ```
 */
export async function pullExperiment(
  client: ExperimentsClient,
  id: string,
  previous?: PulledExperiment,
  options: PullOptions = {},
): Promise<PulledExperiment> {
  if (previous !== undefined && previous.experiment.experiment_id !== id) {
    throw new ResultsError(
      `Cannot pull experiment ${id}: the earlier pull must be of the same experiment, current value is ` +
        `${previous.experiment.experiment_id}`,
      {
        code: "other-experiment",
        fix: "Use another file, or delete this one",
      },
    );
  }
  const known = previous?.hours ?? [];
  const last = known.at(-1);
  const from = last === undefined ? undefined : new Date(Date.parse(last.hour) + millisecondsPerHour).toISOString();
  try {
    return await pullFrom(client, id, known, from, previous?.asOf ?? undefined, options);
  } catch (error) {
    if (from === undefined || !(error instanceof ResultsError) || error.code !== "totals-contradict-series")
      throw error;
    return pullFrom(client, id, [], undefined, previous?.asOf ?? undefined, options);
  }
}

async function pullFrom(
  client: ExperimentsClient,
  id: string,
  known: readonly PulledHour[],
  from: string | undefined,
  notBefore: string | undefined,
  options: PullOptions,
): Promise<PulledExperiment> {
  const passed = options.signal === undefined ? {} : { signal: options.signal };
  const results = await readResults(client, id, {
    ...passed,
    ...(from === undefined ? {} : { from }),
    ...(notBefore === undefined ? {} : { notBefore }),
  });
  const experiment = await client.getExperiment(id, passed);
  checkResults(results);
  const { closed } = pairHours(results, known);
  return {
    kind: "assay-pulled-experiment",
    specVersion: 1,
    experiment,
    allocationHistory: results.allocation_history ?? experiment.allocation_history ?? [],
    asOf: results.as_of ?? null,
    totals: { control: withoutSeries(results.control), treatment: withoutSeries(results.treatment) },
    hours: closed,
  };
}

function withoutSeries(results: ArmResults): ArmFigures {
  const { hourly: _, ...figures } = results;
  return figures;
}
