/** How a client waits between attempts; all times in milliseconds. */
export interface RetryPolicy {
  /** How often a request is sent at most, the first time included. */
  readonly maxAttempts: number;
  /** Upper bound of the first wait; doubles with every further one. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** A server that asks for a longer wait than this ends the retries. */
  readonly maxRetryAfterMs: number;
}

/** Five attempts over at most about a quarter of a minute. */
export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 5,
  baseDelayMs: 250,
  maxDelayMs: 10_000,
  maxRetryAfterMs: 120_000,
};

/**
 * How long to wait before the next attempt?
 *
 * Full jitter (uniform between 0 and an exponentially growing bound), so that clients that failed together don't come
 * back together; a server's Retry-After is waited for in full, with up to one base delay of jitter on top.
 *
 * @param failed - how many attempts failed so far, from 1
 * @param random - uniform number in [0, 1)
 * @returns milliseconds, or `undefined` when no further attempt should be made
 */
export function retryDelay(
  policy: RetryPolicy,
  failed: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number | undefined {
  if (failed >= policy.maxAttempts) return undefined;
  if (retryAfterMs !== undefined)
    return retryAfterMs > policy.maxRetryAfterMs ? undefined : retryAfterMs + random() * policy.baseDelayMs;
  return random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failed - 1));
}

/**
 * What does a Retry-After header ask for?
 *
 * @param value - seconds or an HTTP date
 * @param serverDate - the answer's Date header: a date is measured against the server's own clock, so a skewed clock
 * here doesn't matter
 * @param nowMs - this machine's clock, used where the server sent no Date
 * @returns milliseconds from now, or `undefined` where the header is absent or unreadable
 */
export function parseRetryAfter(value: string | null, serverDate: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const server = serverDate === null ? Number.NaN : Date.parse(serverDate);
  if (Number.isNaN(until)) return undefined;
  return Math.max(0, until - (Number.isNaN(server) ? nowMs : server));
}
