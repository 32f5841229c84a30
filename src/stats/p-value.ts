import { lnErfc } from "../math/erfc.ts";
import { normalLogSurvival, normalSurvival, normalSurvivalQuantile } from "../math/normal.ts";
import { studentTLogSurvival, studentTSurvival, studentTSurvivalQuantile } from "../math/student-t.ts";
import type { Interval } from "./interval.ts";
import type { Alternative } from "./result.ts";

/** A p-value and its natural logarithm. */
export interface PValue {
  readonly pValue: number;
  readonly lnPValue: number;
}

/**
 * The p-value of a statistic that is Student t (or normal, for infinite degrees of freedom) under the null hypothesis.
 */
export function symmetricPValue(
  statistic: number,
  alternative: Alternative,
  degreesOfFreedom: number = Infinity,
): PValue {
  const doubled = alternative === "two-sided";
  const x = doubled ? Math.abs(statistic) : alternative === "greater" ? statistic : -statistic;
  const survival = degreesOfFreedom === Infinity ? normalSurvival(x) : studentTSurvival(x, degreesOfFreedom);
  const log = degreesOfFreedom === Infinity ? normalLogSurvival(x) : studentTLogSurvival(x, degreesOfFreedom);
  if (!doubled) return { pValue: survival, lnPValue: log };
  const lnPValue = degreesOfFreedom === Infinity ? lnErfc(x * Math.SQRT1_2) : x === 0 ? 0 : Math.min(0, Math.LN2 + log);
  return { pValue: Math.min(1, 2 * survival), lnPValue };
}

/** The multiple of the standard error that an interval of this level reaches out to. */
export function criticalValue(level: number, alternative: Alternative, degreesOfFreedom: number = Infinity): number {
  const tail = alternative === "two-sided" ? (1 - level) / 2 : 1 - level;
  return degreesOfFreedom === Infinity
    ? normalSurvivalQuantile(tail)
    : studentTSurvivalQuantile(tail, degreesOfFreedom);
}

/** Keeps the end of an interval that the alternative asks for; the other one is unbounded. */
export function sided(interval: Interval, alternative: Alternative): Interval {
  if (alternative === "greater") return [interval[0], Infinity];
  return alternative === "less" ? [-Infinity, interval[1]] : interval;
}
