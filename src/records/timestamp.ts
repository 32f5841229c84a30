/** Numbers below this are seconds, or not instants of this age at all: 1e11 ms is the year 1973. */
export const earliestMilliseconds = 1e11;
/** Numbers above this are micro- or nanoseconds: 1e14 ms is the year 5138. */
export const latestMilliseconds = 1e14;

const clock = String.raw`(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?`;
const zone = String.raw`(?: ?(?:Z|UTC|GMT|(?<sign>[+-])(?<zoneHour>\d{2})(?::?(?<zoneMinute>\d{2}))?))?`;
/** `2026-10-10T13:55:36.25Z` and its relatives, with `/` for `-` and a blank for `T`. */
const isoForm = new RegExp(
  String.raw`^(?<year>\d{4})(?<mark>[-/])(?<month>\d{2})\k<mark>(?<day>\d{2})(?:[T ]${clock}${zone})?$`,
  "u",
);
/** `[10/Oct/2026:13:55:36 -0700]`, as web servers write it, with or without its brackets. */
const webServerForm = new RegExp(
  String.raw`^\[?(?<day>\d{2})/(?<monthName>[A-Z][a-z]{2})/(?<year>\d{4}):${clock}${zone}\]?$`,
  "u",
);
const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * When was this? Milliseconds since 1970-01-01 UTC, or NaN when the value is not an instant.
 *
 * Takes numbers in milliseconds (after `factor`), Dates, and texts: `2026-10-10`, `2026-10-10T13:55`,
 * `2026-10-10 13:55:36.250`, `2026/10/10 13:55:36`, `2026-10-10T13:55:36,250` and `[10/Oct/2026:13:55:36 -0700]`; with
 * the zone `Z`, `UTC`, `GMT`, `+02`, `+0200` or `+02:00`, UTC when there is none. A day that the Gregorian calendar
 * does not have is NaN; numbers that can only be seconds or microseconds are too, so that a wrong unit is seen and not
 * guessed.
 */
export function parseTimestamp(raw: unknown, factor = 1): number {
  if (raw instanceof Date) return raw.getTime();
  if (typeof raw === "number") return plausible(raw * factor);
  if (typeof raw !== "string") return Number.NaN;
  const text = raw.trim();
  if (/^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/u.test(text)) return plausible(Number(text) * factor);
  const parts = (isoForm.exec(text) ?? webServerForm.exec(text))?.groups;
  return parts === undefined ? Number.NaN : instantOf(parts);
}

/** The instant of a date and a time of day given as texts; NaN when there is no such day, time or zone. */
function instantOf(parts: Readonly<Record<string, string | undefined>>): number {
  const part = (name: string): number => Number(parts[name] ?? 0);
  const [year, day, hour, minute, second] = [part("year"), part("day"), part("hour"), part("minute"), part("second")];
  const named = parts["monthName"];
  const month = named === undefined ? part("month") : monthNames.indexOf(named) + 1;
  const leap = month === 2 && (year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0)) ? 1 : 0;
  const exists = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= (daysInMonth[month - 1] as number) + leap;
  if (!exists || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  if (part("zoneHour") > 23 || part("zoneMinute") > 59) return Number.NaN;
  const offset = (parts["sign"] === "-" ? -1 : 1) * (60 * part("zoneHour") + part("zoneMinute"));
  const milliseconds = Number((parts["fraction"] ?? "").slice(0, 3).padEnd(3, "0"));
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + milliseconds;
}

/** The instant in milliseconds, or NaN when it can only be in another unit. */
export function plausible(milliseconds: number): number {
  return milliseconds >= earliestMilliseconds && milliseconds <= latestMilliseconds ? milliseconds : Number.NaN;
}

/** The unit in which a number would be an instant between 1973 and 5138, if any. */
export function likelyUnit(value: number): string | undefined {
  const units = ["seconds", "milliseconds", "microseconds", "nanoseconds"];
  return units.find(
    (_, step) =>
      value >= 1000 ** step * (earliestMilliseconds / 1000) && value < 1000 ** step * (latestMilliseconds / 1000),
  );
}

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * The instant that ASCII bytes spell as `YYYY-MM-DDTHH:MM:SS`, with an optional fraction and zone; NaN for anything
 * else, which `parseTimestamp` may still understand.
 */
export function timestampOfBytes(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < 19) return Number.NaN;
  const year = 100 * twoDigits(bytes, from) + twoDigits(bytes, from + 2);
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  const separator = bytes[from + 10];
  const formed =
    bytes[from + 4] === 45 &&
    bytes[from + 7] === 45 &&
    (separator === 84 || separator === 32) &&
    bytes[from + 13] === 58 &&
    bytes[from + 16] === 58;
  const exists =
    year > 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= (daysInMonth[month - 1] as number) &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!formed || !exists) return Number.NaN;
  let at = from + 19;
  let milliseconds = 0;
  if (bytes[at] === 46) {
    const first = ++at;
    for (let digit = digitAt(bytes, at); at < to && digit >= 0 && digit <= 9; digit = digitAt(bytes, at)) {
      if (at - first < 3) milliseconds += digit * (at === first ? 100 : at === first + 1 ? 10 : 1);
      at++;
    }
    if (at === first) return Number.NaN;
  }
  const offset = at === to || (bytes[at] === 90 && at + 1 === to) ? 0 : zoneOffset(bytes, at, to);
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + milliseconds;
}

/** Minutes east of Greenwich of `+HH:MM` or `-HHMM`; NaN when it is neither. */
function zoneOffset(bytes: Uint8Array, at: number, to: number): number {
  const sign = bytes[at] === 43 ? 1 : bytes[at] === 45 ? -1 : Number.NaN;
  const colon = bytes[at + 3] === 58 ? 1 : 0;
  if (at + 5 + colon !== to) return Number.NaN;
  const hours = twoDigits(bytes, at + 1);
  const minutes = twoDigits(bytes, at + 3 + colon);
  return hours < 24 && minutes < 60 ? sign * (60 * hours + minutes) : Number.NaN;
}

/** Days from 1970-01-01 to a date of the Gregorian calendar, years counted from March so that a leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    365 * shifted +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    dayOfYear -
    719_468
  );
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = digitAt(bytes, at);
  const ones = digitAt(bytes, at + 1);
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

function digitAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) - 48;
}
