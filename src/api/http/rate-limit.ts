/** A client-side limit: at most `burst` requests at once, `requestsPerSecond` in the long run. */
export interface RateLimit {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** Waits for its turn. */
export type Turn = (signal: AbortSignal | undefined) => Promise<void>;

/**
 * Keeps a client below a server's rate limit by making each request wait for its turn (a token bucket).
 *
 * @param now - clock in milliseconds
 * @param sleep - waits, and rejects when the signal aborts
 */
export function createRateLimit(
  limit: RateLimit,
  now: () => number,
  sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>,
): Turn {
  let available = limit.burst;
  let last = now();
  return async (signal) => {
    const time = now();
    available = Math.min(limit.burst, available + (Math.max(0, time - last) * limit.requestsPerSecond) / 1000);
    last = time;
    available -= 1;
    if (available < 0) await sleep((-available * 1000) / limit.requestsPerSecond, signal);
  };
}
