import { showValue } from "../../errors.ts";
import { millisecondsPerHour } from "../../time.ts";
import { ResultsError } from "../http/errors.ts";
import type { ArmFigures, ExperimentResults } from "./results-payload.ts";

const arms = ["control", "treatment"] as const;

/** Rates are often rounded to two digits of a percent; half a percent forgives rounding and no more. */
const roundingOfRates = 0.005;

/**
 * Do these results make sense in themselves? Asked before they become statistics.
 *
 * Rates must be fractions (a percentage such as 99.7 is recognised and named), counts must add up within an arm, the
 * histogram must not hold more values than there were requests, hours must be in order and unique.
 *
 * @throws {ResultsError} naming the field: `rate-is-percentage`, `rate-out-of-range`, `counts-contradict`,
 * `hours-contradict`
 */
export function checkResults(results: ExperimentResults): void {
  for (const arm of arms) {
    checkFigures(results[arm], arm);
    let last = -Infinity;
    for (const [i, hour] of (results[arm].hourly ?? []).entries()) {
      const field = `${arm}.hourly.${i}`;
      checkFigures(hour, field);
      const start = Date.parse(hour.hour);
      if (start % millisecondsPerHour !== 0)
        throw contradiction("hours-contradict", `${field}.hour`, "the full hour at which it starts", hour.hour);
      if (results.as_of !== undefined && start > Date.parse(results.as_of))
        throw contradiction("hours-contradict", `${field}.hour`, `not after as_of (${results.as_of})`, hour.hour);
      if (start <= last)
        throw contradiction(
          "hours-contradict",
          `${field}.hour`,
          `after the hour before it (${new Date(last).toISOString()})`,
          hour.hour,
        );
      last = start;
    }
  }
}

function checkFigures(figures: ArmFigures, field: string): void {
  const {
    success_rate: rate,
    request_count: requests,
    success_count: successes,
    latency_histogram: histogram,
  } = figures;
  if (typeof rate === "number" && (rate < 0 || rate > 1)) {
    const percentage = rate > 1 && rate <= 100;
    throw new ResultsError(
      `Cannot use the results: ${field}.success_rate must be a fraction from 0 to 1, current value is ` +
        `${rate}${percentage ? ", which looks like a percentage" : ""}`,
      {
        code: percentage ? "rate-is-percentage" : "rate-out-of-range",
        field: `${field}.success_rate`,
        value: rate,
        fix: percentage
          ? "Divide rates by 100 where the results are produced; Assay doesn't guess, because 1 is both 1 % and 100 %"
          : undefined,
      },
    );
  }
  if (requests !== undefined && successes !== undefined && successes > requests) {
    throw contradiction(
      "counts-contradict",
      `${field}.success_count`,
      `at most request_count (${requests})`,
      successes,
    );
  }
  if (
    typeof rate === "number" &&
    requests !== undefined &&
    requests > 0 &&
    successes !== undefined &&
    Math.abs(rate - successes / requests) > roundingOfRates
  ) {
    throw contradiction(
      "counts-contradict",
      `${field}.success_rate`,
      `success_count / request_count (${successes / requests})`,
      rate,
    );
  }
  if (histogram === undefined) return;
  const { min, max, zero_count: zeros = 0 } = histogram;
  if (min !== undefined && max !== undefined && min > max)
    throw contradiction("counts-contradict", `${field}.latency_histogram.min`, `at most max (${max})`, min);
  if (zeros > histogram.count)
    throw contradiction(
      "counts-contradict",
      `${field}.latency_histogram.zero_count`,
      `at most count (${histogram.count})`,
      zeros,
    );
  const inBuckets = histogram.positive.bucket_counts.reduce((sum, count) => sum + count, histogram.zero_count ?? 0);
  if (inBuckets !== histogram.count)
    throw contradiction(
      "counts-contradict",
      `${field}.latency_histogram.count`,
      `the sum of its buckets (${inBuckets})`,
      histogram.count,
    );
  if (requests !== undefined && histogram.count > requests) {
    throw contradiction(
      "counts-contradict",
      `${field}.latency_histogram.count`,
      `at most request_count (${requests})`,
      histogram.count,
    );
  }
}

/** Results that contradict themselves. */
export function contradiction(code: string, field: string, requirement: string, value: unknown): ResultsError {
  return new ResultsError(
    `Cannot use the results: ${field} must be ${requirement}, current value is ${showValue(value)}`,
    { code, field, value },
  );
}
