import { requireNumber } from "../errors.ts";

/** The traffic an experiment gets. */
export interface Traffic {
  /** Requests per hour of all arms together, above 0. */
  readonly requestsPerHour: number;
  /** Length of the rhythm of traffic in hours; the duration is rounded up to whole ones. Default: not rounded. */
  readonly cycleHours?: number;
}

/**
 * How long does an experiment of this size take?
 *
 * @param totalRequests - requests of all arms, 0 or more.
 * @param traffic - requests per hour, and the cycle to round up to.
 * @returns hours, and whole cycles where a cycle is given.
 * @throws {RangeError} for a size, rate or cycle outside its range.
 * @example
 * ```ts
 * forecastDuration(90_000, { requestsPerHour: 500, cycleHours: 168 }); // { hours: 336, cycles: 2 }
 * ```
 */
export function forecastDuration(
  totalRequests: number,
  traffic: Traffic,
): { readonly hours: number; readonly cycles: number | null } {
  const action = "forecast the duration";
  const { requestsPerHour, cycleHours } = traffic;
  requireNumber(action, "totalRequests", "a finite number of at least 0", totalRequests, (x) => x >= 0 && x < Infinity);
  requireNumber(action, "requestsPerHour", "a finite number above 0", requestsPerHour, (x) => x > 0 && x < Infinity);
  const hours = totalRequests / requestsPerHour;
  if (cycleHours === undefined) return { hours, cycles: null };
  requireNumber(action, "cycleHours", "a finite number above 0", cycleHours, (x) => x > 0 && x < Infinity);
  const cycles = Math.ceil(hours / cycleHours - 1e-12);
  return { hours: cycles * cycleHours, cycles };
}
