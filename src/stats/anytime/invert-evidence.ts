import { findRoot } from "../../math/root.ts";
import type { Interval } from "../interval.ts";

/** Where and how far to look for the ends of a confidence sequence. */
export interface InversionSearch {
  /** An effect near the best supported one. */
  readonly start: number;
  /** First step away from it, about a standard error. */
  readonly step: number;
  /** Effects beyond these do not exist; an end that reaches one is reported as it. */
  readonly limits: Interval;
}

/**
 * The effects a level-alpha test does not reject: those with ln E below the threshold, as an interval around the best
 * supported effect. Ends are found by walking outwards, because ln E need not be monotone far away.
 *
 * @param ends - which ends to look for; the other is the limit
 * @returns the interval, or null when every effect near the start is rejected
 */
export function invertEvidence(
  lnEvidence: (effect: number) => number,
  threshold: number,
  search: InversionSearch,
  ends: "both" | "lower" | "upper" = "both",
): Interval | null {
  const excess = (effect: number): number => lnEvidence(effect) - threshold;
  const [lowest, highest] = search.limits;
  const start = Math.min(Math.max(search.start, lowest + search.step / 8), highest - search.step / 8);
  const inside = acceptedNear(excess, { ...search, start });
  if (inside === null) return null;
  const end = (direction: -1 | 1): number => {
    const limit = search.limits[direction === -1 ? 0 : 1];
    let near = inside;
    for (let step = search.step; ; step *= 1.7) {
      const far = near + direction * step;
      if (direction * (limit - far) <= 0) {
        if (!Number.isFinite(limit) || excess(limit) < 0) return limit;
        return findRoot(excess, near, limit, { tolerance: search.step * 1e-7 });
      }
      if (excess(far) >= 0) return findRoot(excess, near, far, { tolerance: search.step * 1e-7 });
      near = far;
    }
  };
  return [ends === "upper" ? search.limits[0] : end(-1), ends === "lower" ? search.limits[1] : end(1)];
}

/**
 * An effect that is not rejected, found from the start by steps in both directions; null if there is none within 64
 * steps.
 */
function acceptedNear(excess: (effect: number) => number, { start, step, limits }: InversionSearch): number | null {
  if (excess(start) < 0) return start;
  for (let k = 1; k <= 64; k++) {
    for (const direction of [-1, 1]) {
      const effect = start + (direction * k * step) / 8;
      if (effect > limits[0] && effect < limits[1] && excess(effect) < 0) return effect;
    }
  }
  return null;
}
