import { type NotComputable, notComputable } from "../errors.ts";
import type { Interval } from "./interval.ts";
import { criticalValue, sided, symmetricPValue } from "./p-value.ts";
import type { Alternative, TestResult } from "./result.ts";

/** An estimate that is about normal, or Student t after studentising, on some scale. */
export interface WaldInput {
  readonly method: string;
  readonly assumptions: readonly string[];
  /** The estimate to report. */
  readonly estimate: number;
  /** The centre of the interval on the scale of the statistic. */
  readonly centre: number;
  readonly standardError: number;
  /** Standard error of the test where it differs from the interval's. */
  readonly standardErrorUnderNull?: number;
  readonly nullValue: number;
  /** centre - null, where it is known better than by subtracting. */
  readonly distance?: number;
  /** `"log"`: centre and standard errors are of the logarithm of the parameter. */
  readonly scale?: "identity" | "log";
  /** Infinite for a normal reference. */
  readonly degreesOfFreedom?: number;
  /** Continuity correction: taken off the distance to the null, added to the reach of the interval. */
  readonly correction?: number;
  readonly alternative: Alternative;
  readonly level: number;
  /** What the data were, in words, in case there is no variance. */
  readonly data: string;
}

/** Distance to the null in standard errors, its p-value, and the interval of all values not so far away. */
export function waldResult(input: WaldInput): TestResult | NotComputable {
  const { method, assumptions, estimate, centre, standardError, nullValue, alternative, level, data } = input;
  const {
    standardErrorUnderNull = standardError,
    scale = "identity",
    degreesOfFreedom = Infinity,
    correction = 0,
  } = input;
  if (!(standardErrorUnderNull > 0)) return notComputable("zero-variance", data);
  const log = scale === "log";
  const { distance = centre - (log ? Math.log(nullValue) : nullValue) } = input;
  const shortened = Math.sign(distance) * Math.max(0, Math.abs(distance) - correction);
  const statistic = shortened / standardErrorUnderNull;
  const reach = criticalValue(level, alternative, degreesOfFreedom) * standardError + correction;
  const [lower, upper] = sided([centre - reach, centre + reach], alternative);
  const interval: Interval = log ? [Math.exp(lower), Math.exp(upper)] : [lower, upper];
  return {
    computable: true,
    method,
    guarantee: "asymptotic",
    assumptions,
    estimate,
    interval,
    level,
    alternative,
    nullValue,
    statistic,
    ...symmetricPValue(statistic, alternative, degreesOfFreedom),
  };
}
