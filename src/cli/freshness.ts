import { AssayError, type Policy, type Summary } from "../index.ts";
import { millisecondsPerHour } from "../time.ts";
import { numberOption } from "./number-option.ts";

/** First and last instant of the data behind a decision, as ISO 8601; `null` where the records have no timestamps. */
export interface DataExtent {
  readonly first: string | null;
  readonly last: string | null;
}

/** How far the clocks of a log writer and of this machine may be apart, in milliseconds. */
const clockToleranceMs: number = 5 * 60_000;

/** Periods after which data count as too old, where `--max-age` is not given. */
const periodsOfAge = 2;

/** First and last instant of the records in a summary. */
export function extentOf({ quality: { extent } }: Summary): DataExtent {
  return extent === null ? { first: null, last: null } : { first: iso(extent.first), last: iso(extent.last) };
}

/** The oldest data that may be acted upon where the command line does not say: two periods, in milliseconds. */
function defaultMaxAgeMs(policy: Policy): number {
  return periodsOfAge * policy.periodHours * millisecondsPerHour;
}

/**
 * The instant up to which a comparison has data: the last record of the control, or that of the treatment with the
 * latest record, whichever is earlier.
 *
 * @returns milliseconds since 1970-01-01 UTC; `null` when the records have no timestamps.
 */
function lastComparedInstant({ quality: { extents, extent } }: Summary, policy: Policy): number | null {
  if (extent === null) return null;
  const lastOf = (arm: string): number => (Object.hasOwn(extents, arm) ? (extents[arm]?.last ?? -Infinity) : -Infinity);
  return Math.min(lastOf(policy.control), Math.max(...policy.treatments.map(lastOf)));
}

/** Codes of the errors of {@link requireFresh}. */
export const staleCodes: ReadonlySet<string> = new Set(["data-too-old", "data-from-the-future"]);

/**
 * Checks the data of a summary; records without timestamps have no age.
 *
 * @throws {AssayError} as {@link requireFresh}.
 */
export function requireFreshSummary(summary: Summary, policy: Policy, now: number, maxAgeMs: number): void {
  const last = lastComparedInstant(summary, policy);
  if (last !== null) requireFresh(last, summary.quality.extent?.last ?? last, now, maxAgeMs);
}

/** The age that `--max-age` allows, in milliseconds; where it is not given two periods of the policy. */
export function maxAgeOf(minutesText: string | undefined, policy: Policy): number {
  if (minutesText === undefined) return defaultMaxAgeMs(policy);
  return 60_000 * numberOption("--max-age", minutesText, "a positive number of minutes", (value) => value > 0);
}

/**
 * Checks that data are neither older than allowed nor from the future.
 *
 * @param last - the last instant of the data; -Infinity when an arm has none.
 * @param latest - the latest instant of all, which must not lie in the future.
 * @param maxAgeMs - the largest allowed age in milliseconds.
 * @throws {AssayError} code `data-too-old` or `data-from-the-future`; it names both instants.
 */
export function requireFresh(last: number, latest: number, now: number, maxAgeMs: number): void {
  if (!(latest <= now + clockToleranceMs))
    throw new AssayError(
      `Cannot decide: the last record must not be in the future, current value is ${shown(latest)}, and this ` +
        `machine's clock says ${shown(now)}`,
      {
        code: "data-from-the-future",
        field: "timestamp",
        value: latest,
        fix: "Set the clocks right, or the time zone",
      },
    );
  if (now - last <= maxAgeMs) return;
  throw new AssayError(
    `Cannot decide: the data must be at most ${minutes(maxAgeMs)} minutes old, current value is ` +
      (Number.isFinite(last)
        ? `${minutes(now - last)} minutes (last record of an arm at ${shown(last)})`
        : "no record of an arm"),
    {
      code: "data-too-old",
      field: "timestamp",
      value: last,
      fix: "Check that the log is still written and complete; --max-age MINUTES allows older data",
    },
  );
}

function minutes(ms: number): string {
  return Math.floor(ms / 60_000).toLocaleString("en");
}

function shown(instant: number): string {
  return Math.abs(instant) <= 8.64e15 ? iso(instant) : String(instant);
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
