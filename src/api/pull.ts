import { checkResults, contradiction } from "./check-results.ts";
import type { ExperimentsClient } from "./client.ts";
import { ResultsError } from "./errors.ts";
import type { PulledExperiment, PulledHour } from "./pulled.ts";
import { readResults } from "./read-results.ts";
import type { ArmFigures, ArmResults, ExperimentResults } from "./results-payload.ts";

const hourMs = 3_600_000;

/** How to pull. */
export interface PullOptions {
  readonly signal?: AbortSignal;
}

/**
 * What has the experiment shown since the last time?
 *
 * Reads the new hours only. An hour is taken once it is over by the server's clock, and never read again; hours and totals must agree each time. When they don't,
 * hours were corrected afterwards, and the whole series is read anew once.
 *
 * @param client see `createClient`
 * @param id the experiment
 * @param previous what was pulled before; `undefined` = from the start
 * @returns all that is known now; `previous` isn't changed
 * @throws {ResultsError} on results that contradict themselves, or are of another experiment than `previous`
 * @example
 * const pulled = await pullExperiment(client, "exp_0001");
 * const later = await pullExperiment(client, "exp_0001", pulled);
 */
export async function pullExperiment(client: ExperimentsClient, id: string, previous?: PulledExperiment, options: PullOptions = {}): Promise<PulledExperiment> {
  if (previous !== undefined && previous.experiment.experiment_id !== id) {
    throw new ResultsError(`Cannot pull experiment ${id}: the earlier pull must be of the same experiment, current value is ${previous.experiment.experiment_id}`, {
      code: "other-experiment",
      fix: "Use another file, or delete this one",
    });
  }
  const known = previous?.hours ?? [];
  const last = known.at(-1);
  const from = last === undefined ? undefined : new Date(Date.parse(last.hour) + hourMs).toISOString();
  try {
    return await pullFrom(client, id, known, from, previous?.asOf ?? undefined, options);
  } catch (error) {
    if (from === undefined || !(error instanceof ResultsError) || error.code !== "totals-contradict-series") throw error;
    return pullFrom(client, id, [], undefined, previous?.asOf ?? undefined, options);
  }
}

async function pullFrom(client: ExperimentsClient, id: string, known: readonly PulledHour[], from: string | undefined, notBefore: string | undefined, options: PullOptions): Promise<PulledExperiment> {
  const passed = options.signal === undefined ? {} : { signal: options.signal };
  const results = await readResults(client, id, { ...passed, ...(from === undefined ? {} : { from }), ...(notBefore === undefined ? {} : { notBefore }) });
  const experiment = await client.getExperiment(id, passed);
  checkResults(results);
  const read = pairHours(results);
  const pulled = [...known, ...read];
  requireNoGap(pulled);
  requireTotals(results, pulled);
  const closed = closedUntil(results, read);
  return {
    kind: "assay-pulled-experiment",
    specVersion: 1,
    experiment,
    allocationHistory: results.allocation_history ?? experiment.allocation_history ?? [],
    asOf: results.as_of ?? null,
    totals: { control: withoutSeries(results.control), treatment: withoutSeries(results.treatment) },
    hours: pulled.filter(({ hour }) => Date.parse(hour) + hourMs <= closed),
  };
}

/** The hours of both arms side by side; an hour of one arm only is a contradiction. */
function pairHours(results: ExperimentResults): PulledHour[] {
  const [control, treatment] = [results.control.hourly ?? [], results.treatment.hourly ?? []];
  if (control.length !== treatment.length) {
    throw contradiction("hours-contradict", "treatment.hourly", `as long as control.hourly (${control.length} hours)`, treatment.length);
  }
  return control.map(({ hour, ...figures }, i) => {
    const { hour: other, ...others } = treatment[i] as { hour: string };
    if (Date.parse(other) !== Date.parse(hour)) throw contradiction("hours-contradict", `treatment.hourly.${i}.hour`, `that of control (${hour})`, other);
    return { hour: new Date(Date.parse(hour)).toISOString(), control: figures, treatment: others };
  });
}

function requireNoGap(hours: readonly PulledHour[]): void {
  for (const [i, { hour }] of hours.entries()) {
    const before = hours[i - 1];
    if (before !== undefined && Date.parse(hour) !== Date.parse(before.hour) + hourMs) {
      throw contradiction("hours-contradict", "hourly", `without gaps, an hour without requests included; after ${before.hour} comes`, hour);
    }
  }
}

/** Totals that the series doesn't add up to: something was lost, counted twice, or corrected. */
function requireTotals(results: ExperimentResults, hours: readonly PulledHour[]): void {
  if (hours.length === 0) return;
  for (const arm of ["control", "treatment"] as const) {
    for (const field of ["request_count", "success_count"] as const) {
      const total = results[arm][field];
      const parts = hours.map((hour) => hour[arm][field]);
      if (total === undefined || parts.includes(undefined)) continue;
      const sum = parts.reduce<number>((all, part) => all + (part ?? 0), 0);
      if (sum !== total) throw contradiction("totals-contradict-series", `${arm}.${field}`, `the sum of its ${hours.length} hours (${sum})`, total);
    }
  }
}

/** Until when hours are over. Without the server's clock the last hour may be unfinished. */
function closedUntil(results: ExperimentResults, read: readonly PulledHour[]): number {
  if (results.as_of !== undefined) return Date.parse(results.as_of);
  const last = read.at(-1);
  return last === undefined ? Number.POSITIVE_INFINITY : Date.parse(last.hour);
}

function withoutSeries(results: ArmResults): ArmFigures {
  const { hourly: _, ...figures } = results;
  return figures;
}
