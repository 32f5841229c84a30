import type { Policy } from "../policy/policy.ts";
import type { Summary } from "../summary/summary.ts";
import { analyze } from "./analyze.ts";
import { type TrajectoryOptions, type TrajectoryPoint, trajectoryWith } from "./trajectory-with.ts";

export { periodCount, type TrajectoryOptions, type TrajectoryPoint } from "./trajectory-with.ts";

/**
 * How did estimates, intervals and checks develop, period by period?
 *
 * @param summary - of a plan made by `planFor` from the same policy.
 * @param policy - metrics, margins, rules, monitoring.
 * @returns one point per period end, in order of time; the last one is `analyze(summary, policy)`. Without timestamps
 * it is the only one.
 *
 * Under anytime monitoring the intervals of a metric hold at all points at once with confidence 1 - alpha (asymptotic,
 * see docs/guarantees.md); the fixed-horizon ones hold at one point only. With units, the design effect of the whole
 * data is used at every point, because a summary does not keep units by period; what was read and rejected is told of
 * the whole data, too.
 * @throws {SummaryError} when the summary does not fit the policy; RangeError for `maximumPoints` below 2.
 * @example
 * ```ts
 * const points = trajectory(summary, policy);
 * points.at(-1)?.analysis; // the same as analyze(summary, policy)
 * ```
 */
export function trajectory(summary: Summary, policy: Policy, options: TrajectoryOptions = {}): TrajectoryPoint[] {
  return trajectoryWith(summary, policy, analyze, options);
}
