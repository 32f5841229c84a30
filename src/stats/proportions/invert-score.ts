import { findRoot } from "../../math/root.ts";
import type { Interval } from "../interval.ts";

/**
 * The values whose score statistic stays within the critical value: walks from the estimate towards both ends of the
 * range. `statistic` falls from +infinity at `range[0]` through 0 at the estimate to -infinity at `range[1]`.
 */
export function invertScore(
  statistic: (value: number) => number,
  estimate: number,
  critical: number,
  range: Interval,
): Interval {
  // Squashed to (-1, 1), because Brent's method interpolates and the statistic is unbounded.
  const squash = (z: number): number => (Number.isFinite(z) ? z / Math.sqrt(1 + z * z) : Math.sign(z));
  const target = squash(critical);
  const limit = (end: number, sign: 1 | -1): number => {
    if (!(Math.abs(end - estimate) > 0)) return end;
    if (sign * statistic(end) <= critical) return end;
    return findRoot((value) => sign * squash(statistic(value)) - target, estimate, end);
  };
  return [limit(range[0], 1), limit(range[1], -1)];
}
