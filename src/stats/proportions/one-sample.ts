import { type NotComputable, notComputable, requireProbability } from "../../errors.ts";
import type { Interval } from "../interval.ts";
import { testOptions } from "../options.ts";
import type { Alternative, TestOptions } from "../result.ts";
import { type ProportionCounts, requireCounts } from "./counts.ts";

/** Options of the one-sample methods. */
export interface OneSampleOptions extends TestOptions {
  /** Success rate under the null, in (0, 1); default 0.5. */
  readonly nullProportion?: number;
}

/** The outcome of an arm without trials. */
export const noTrials: NotComputable = notComputable("no-data", "the arm has 0 trials");

/** Checks the counts and the options, which come back with their defaults. */
export function checkOneSample(
  action: string,
  counts: ProportionCounts,
  options: OneSampleOptions,
): { readonly alternative: Alternative; readonly level: number; readonly nullProportion: number } {
  requireCounts(action, "counts", counts);
  const { nullProportion = 0.5 } = options;
  requireProbability(action, "nullProportion", nullProportion);
  return { ...testOptions(action, options), nullProportion };
}

/** The probability beyond each end of an interval. */
export function tailOf(level: number, alternative: Alternative): number {
  return alternative === "two-sided" ? (1 - level) / 2 : 1 - level;
}

/** A share is bounded by 0 and 1, so that is where the open end of a one-sided interval lies. */
export function within(interval: Interval, alternative: Alternative): Interval {
  if (alternative === "greater") return [interval[0], 1];
  return alternative === "less" ? [0, interval[1]] : interval;
}
