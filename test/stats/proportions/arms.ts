import fc from "fast-check";
import type { ProportionCounts } from "../../../src/stats/proportions/counts.ts";

/** An arm with so many successes of so many trials. */
export function arm(successes: number, trials: number): ProportionCounts {
  return { successes, trials };
}

/** The same arm with failures counted as successes. */
export function mirrored({ successes, trials }: ProportionCounts): ProportionCounts {
  return { successes: trials - successes, trials };
}

/** Arms with at least one success and one failure. */
export const mixedArm: fc.Arbitrary<ProportionCounts> = fc
  .integer({ min: 2, max: 200 })
  .chain((trials) => fc.record({ successes: fc.integer({ min: 1, max: trials - 1 }), trials: fc.constant(trials) }));
