import { durationOfText } from "../../records/duration.ts";
import { likelyUnit, parseTimestamp } from "../../records/timestamp.ts";
import { distinctValues, numbersOf, type SampleColumn } from "./sample-column.ts";

/** A field's expression, and why it was chosen. */
export interface Guess {
  readonly expression: string;
  readonly why: string;
}

/** Values that a condition on an outcome takes for a success. */
const good = /^(?:ok|success|successful|succeeded|passed|pass|completed|200)$/iu;
const bad = /^(?:error|failed|failure|fail|ko|timeout|exception|cancelled)$/iu;

/** Factors from units to milliseconds, by the ends of names. */
const unitsByName: readonly (readonly [ends: RegExp, factor: string, unit: string])[] = [
  [/(?:_|^)(?:ms|msec|millis|milliseconds)$/u, "", "milliseconds"],
  [/(?:_|^)(?:us|usec|micros|microseconds)$/u, "/1000", "microseconds"],
  [/(?:_|^)(?:ns|nanos|nanoseconds)$/u, "/1e6", "nanoseconds"],
  [/(?:_|^)(?:s|sec|secs|seconds)$/u, "*1000", "seconds"],
];

/** Whether a request succeeded, by the names and values of columns. */
export function guessSuccess(columns: readonly SampleColumn[]): Guess | undefined {
  for (const column of columns) {
    if (!/^(?:success|ok|succeeded|is_success|successful|passed)$/u.test(column.name)) continue;
    const values = distinctValues(column).map(([value]) => value.toLowerCase());
    if (values.length > 0 && values.every((value) => /^(?:true|false|0|1)$/u.test(value)))
      return { expression: column.expression, why: `${column.expression} is true or false` };
  }
  for (const column of columns) {
    if (!/(?:^|_)(?:status|code|status_code|response_code|http_status)$/u.test(column.name)) continue;
    const numbers = numbersOf(column);
    const statuses = numbers.filter((number) => number === 0 || (number >= 100 && number < 600));
    if (numbers.length > 0 && statuses.length === numbers.length && numbers.some((number) => number >= 200))
      return {
        expression: `http_status(${column.expression})`,
        why: `${column.expression} is an HTTP status: 100 to 499 is a success`,
      };
  }
  for (const column of columns) {
    if (!/(?:^|_)(?:status|outcome|result|state|level|response)$/u.test(column.name)) continue;
    const values = distinctValues(column).map(([value]) => value);
    const success = values.find((value) => good.test(value));
    if (success !== undefined && values.length <= 12)
      return {
        expression: `${column.expression} == ${success}`,
        why: `${column.expression} is ${values.slice(0, 4).join(", ")}: ${success} is a success`,
      };
    const failure = values.find((value) => bad.test(value));
    if (failure !== undefined && values.length > 1 && values.length <= 12)
      return {
        expression: `${column.expression} != ${failure}`,
        why: `${column.expression} is ${values.slice(0, 4).join(", ")}: all but ${failure} is a success`,
      };
  }
  for (const column of columns)
    if (/(?:^|_)(?:error|exception|err|error_code|error_type)$/u.test(column.name))
      return { expression: `${column.expression} == null`, why: `${column.expression} is empty for a success` };
  return undefined;
}

/** How long a request took, in milliseconds. */
export function guessLatency(columns: readonly SampleColumn[]): Guess | undefined {
  const named = (pattern: RegExp): SampleColumn[] => columns.filter(({ name }) => pattern.test(name));
  const likely = [
    ...named(/^(?:latency|request_latency|total_time|end_to_end_latency|request_time|response_time|duration)/u),
    ...named(/latency|duration|elapsed|response_time|request_time|time_taken|^took|total_time|^rt$/u),
  ];
  for (const column of likely) {
    const texts = column.values.filter((value) => typeof value === "string");
    const durations = texts.filter((text) => Number.isFinite(durationOfText(text)));
    if (texts.length > 0 && 2 * durations.length >= texts.length)
      return {
        expression: `duration(${column.expression})`,
        why: `${column.expression} has its unit in it, as in ${String(durations[0])}`,
      };
    const numbers = numbersOf(column);
    if (2 * numbers.length < column.values.length || numbers.length === 0) continue;
    const [, factor = "", unit] = unitsByName.find(([ends]) => ends.test(column.name)) ?? unitByValues(numbers);
    return { expression: `${column.expression}${factor}`, why: `${column.expression} looks like ${unit as string}` };
  }
  return undefined;
}

/** The unit by the values: requests take between a hundredth of a millisecond and an hour. */
function unitByValues(numbers: readonly number[]): readonly [RegExp, string, string] {
  const sorted = [...numbers].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  const whole = sorted.every((number) => Number.isInteger(number));
  if (!whole && median < 30) return [/$/u, "*1000", `seconds (half of them are below ${median})`];
  if (whole && median >= 1e6) return [/$/u, "/1e6", `nanoseconds (half of them are below ${median})`];
  if (whole && median >= 20_000) return [/$/u, "/1000", `microseconds (half of them are below ${median})`];
  return [/$/u, "", `milliseconds (half of them are below ${median})`];
}

/** Names of columns that hold instants, beside those with `timestamp` in them or `_at` at their end. */
const instantNames: ReadonlySet<string> = new Set([
  "ts",
  "time",
  "datetime",
  "date_time",
  "start",
  "start_time",
  "time_local",
  "request_time_utc",
]);

/** When a request began. */
export function guessTimestamp(columns: readonly SampleColumn[]): Guess | undefined {
  const likely = columns.filter(
    ({ name }) => instantNames.has(name) || name.endsWith("_at") || name.includes("timestamp"),
  );
  for (const column of likely) {
    const filled = column.values.filter((value) => value !== null);
    if (filled.length === 0) continue;
    const instants = filled.filter((value) => Number.isFinite(parseTimestamp(value)));
    if (instants.length === filled.length)
      return { expression: column.expression, why: `${column.expression} is an instant, as in ${String(filled[0])}` };
    const numbers = numbersOf(column);
    const unit = numbers.length === filled.length ? likelyUnit(numbers[0] as number) : undefined;
    const factors = { seconds: "*1000", milliseconds: "", microseconds: "/1000", nanoseconds: "/1e6" } as const;
    if (unit !== undefined)
      return {
        expression: `${column.expression}${factors[unit as keyof typeof factors]}`,
        why: `${column.expression} is ${unit} since 1970`,
      };
  }
  return undefined;
}

/** By what traffic may be split: who sent the request. */
export function guessUnit(columns: readonly SampleColumn[]): Guess | undefined {
  for (const column of columns) {
    if (
      !/^(?:user|user_id|account|account_id|tenant|tenant_id|customer|customer_id|session|session_id|end_user)$/u.test(
        column.name,
      )
    )
      continue;
    const values = distinctValues(column);
    const rows = values.reduce((sum, [, count]) => sum + count, 0);
    if (values.length >= 10 && rows > 1.2 * values.length && 2 * rows >= column.values.length)
      return {
        expression: column.expression,
        why: `${column.expression} names who sent a request; ${values.length} sent ${rows}`,
      };
  }
  return undefined;
}
