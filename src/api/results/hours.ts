import { millisecondsPerHour } from "../../time.ts";
import { contradiction } from "./check-results.ts";
import type { PulledHour } from "./pulled.ts";
import type { ExperimentResults } from "./results-payload.ts";

/** The hourly series of both arms side by side. */
export interface PairedHours {
  /** Hours that are over by the server's clock. */
  readonly closed: readonly PulledHour[];
  /** Number of hours that are not. */
  readonly unfinished: number;
}

/**
 * Puts the hours of both arms side by side, after those known before, and checks them against the totals. A server that
 * doesn't know `from` sends known hours again; they are passed over.
 *
 * @throws {ResultsError} on an hour of one arm only, a gap, or totals that the hours don't add up to
 */
export function pairHours(results: ExperimentResults, known: readonly PulledHour[] = []): PairedHours {
  const [control, treatment] = [results.control.hourly ?? [], results.treatment.hourly ?? []];
  if (control.length !== treatment.length) {
    throw contradiction(
      "hours-contradict",
      "treatment.hourly",
      `as long as control.hourly (${control.length} hours)`,
      treatment.length,
    );
  }
  const read = control.map(({ hour, ...figures }, i): PulledHour => {
    const { hour: other, ...others } = treatment[i] as { hour: string };
    if (Date.parse(other) !== Date.parse(hour))
      throw contradiction("hours-contradict", `treatment.hourly.${i}.hour`, `that of control (${hour})`, other);
    return { hour: new Date(Date.parse(hour)).toISOString(), control: figures, treatment: others };
  });
  const last = known.at(-1)?.hour;
  const all = [...known, ...read.filter(({ hour }) => last === undefined || Date.parse(hour) > Date.parse(last))];
  requireNoGap(all);
  requireTotals(results, all);
  const until = closedUntil(results, read);
  const closed = all.filter(({ hour }) => Date.parse(hour) + millisecondsPerHour <= until);
  return { closed, unfinished: all.length - closed.length };
}

function requireNoGap(hours: readonly PulledHour[]): void {
  for (const [i, { hour }] of hours.entries()) {
    const before = hours[i - 1];
    if (before !== undefined && Date.parse(hour) !== Date.parse(before.hour) + millisecondsPerHour) {
      throw contradiction(
        "hours-contradict",
        "hourly",
        `without gaps, hours without requests included; after ${before.hour} comes`,
        hour,
      );
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
      if (sum !== total)
        throw contradiction(
          "totals-contradict-series",
          `${arm}.${field}`,
          `the sum of its ${hours.length} hours (${sum})`,
          total,
        );
    }
  }
}

/** Until when hours are over. Without the server's clock the last hour may be unfinished. */
function closedUntil(results: ExperimentResults, read: readonly PulledHour[]): number {
  if (results.as_of !== undefined) return Date.parse(results.as_of);
  const last = read.at(-1);
  return last === undefined ? Infinity : Date.parse(last.hour);
}
