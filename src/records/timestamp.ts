/** Numbers below this are seconds, or not instants of this age at all: 1e11 ms is the year 1973. */
const earliestMilliseconds = 1e11;
/** Numbers above this are micro- or nanoseconds: 1e14 ms is the year 5138. */
const latestMilliseconds = 1e14;

const isoInstant = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u;

/**
 * When was this? Milliseconds since 1970-01-01 UTC, or NaN when the value is not an instant.
 *
 * Takes numbers in milliseconds (after `factor`), ISO 8601 texts (UTC when they name no zone) and Dates. Numbers that can
 * only be seconds or microseconds are NaN, so that a wrong unit is seen and not guessed.
 */
export function parseTimestamp(raw: unknown, factor = 1): number {
  if (raw instanceof Date) return raw.getTime();
  if (typeof raw === "number") return plausible(raw * factor);
  if (typeof raw !== "string") return Number.NaN;
  const text = raw.trim();
  if (/^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/u.test(text)) return plausible(Number(text) * factor);
  if (!isoInstant.test(text)) return Number.NaN;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/u.test(text.slice(10));
  return Date.parse(text.length === 10 || zoned ? text.replace(" ", "T") : `${text.replace(" ", "T")}Z`);
}

function plausible(milliseconds: number): number {
  return milliseconds >= earliestMilliseconds && milliseconds <= latestMilliseconds ? milliseconds : Number.NaN;
}
