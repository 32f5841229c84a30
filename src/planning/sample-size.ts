import { type NotComputable, notComputable, requireProbability } from "../errors.ts";
import { scaleUntil } from "../math/bracket.ts";
import { findRoot } from "../math/root.ts";
import { sizeBy, stoppingCurve } from "./crossing.ts";
import { boundsOf, expectedRoot } from "./expected-root.ts";
import { lookTerms, powerAt, powerCurve } from "./power.ts";
import { type CheckedQuestion, checkQuestion, type PlanningQuestion } from "./question.ts";

/** How many requests an experiment needs. */
export interface SampleSize {
  /** Requests of the control; under group-sequential and anytime monitoring at the latest. */
  readonly control: number;
  /** Requests of each treatment. */
  readonly treatment: number;
  /** Requests of all arms. */
  readonly total: number;
  /** Probability to show the goal with so many. */
  readonly power: number;
  /** When it is shown under the true effect, in requests of the control; `null` under fixed monitoring. */
  readonly stopping: StoppingSummary | null;
}

/** Distribution of the sample size at which the goal is shown, in requests of the control. */
export interface StoppingSummary {
  readonly median: number;
  readonly p90: number;
}

const largest = 2 ** 50;

/**
 * How many requests does the experiment need?
 *
 * @param question - metric, goal, true effect, alpha, monitoring; see {@link PlanningQuestion}.
 * @param targetPower - probability to show the goal of one treatment, in (0, 1); default 0.8.
 * @returns requests per arm, rounded up, and for monitoring with several looks when it will have stopped; not
 * computable when no number of requests shows it (the true effect lies at or beyond the bound).
 *
 * Assumptions, guarantee and sources as {@link power}.
 * @throws {RangeError} naming the field of the question that can't be planned with.
 * @example
 * ```ts
 * requiredSampleSize({ metric: { kind: "proportion", baseline: 0.997 }, better: "higher", goal: "non-inferior",
 *   margin: { absolute: 0.001 }, monitoring: { kind: "fixed" } });
 * ```
 */
export function requiredSampleSize(question: PlanningQuestion, targetPower = 0.8): SampleSize | NotComputable {
  const action = "compute the sample size";
  requireProbability(action, "targetPower", targetPower);
  const checked = checkQuestion(action, question);
  const exact = exactSampleSize(action, checked, targetPower);
  if (exact === null)
    return notComputable(
      "method-does-not-apply",
      "the true effect is at or beyond the bound, so no number of requests shows the goal",
    );
  const control = Math.max(1, Math.ceil(exact - 1e-9));
  const treatment = Math.ceil(control * checked.allocationRatio - 1e-9);
  return {
    control,
    treatment,
    total: control + checked.treatments * treatment,
    power: powerAt(action, checked, control),
    stopping: stoppingOf(action, checked, control),
  };
}

/** The size, not rounded, at which the power is reached; `null` when it never is. */
export function exactSampleSize(action: string, question: CheckedQuestion, targetPower: number): number | null {
  const roots = boundsOf(question).map(({ bound, side }) => side * expectedRoot(action, question, bound).root);
  if (!roots.every((root) => root > 0)) return null;
  const powerOf = powerCurve(action, question);
  const lacking = (n: number): number => powerOf(n) - targetPower;
  const high = scaleUntil((n) => lacking(n) >= 0, 9 / Math.min(...roots) ** 2, { limit: largest });
  if (high === null) return null;
  const low = scaleUntil((n) => n <= 1e-6 || lacking(n) <= 0, high / 2, { factor: 0.5 }) ?? 0;
  return Math.exp(findRoot((lnN) => lacking(Math.exp(lnN)), Math.log(low), Math.log(high), { tolerance: 1e-13 }));
}

/** The slowest claim sets the pace. */
function stoppingOf(action: string, question: CheckedQuestion, control: number): StoppingSummary | null {
  if (question.monitoring.kind === "fixed") return null;
  const claims = boundsOf(question).map(({ bound, side }) => ({
    side,
    expected: expectedRoot(action, question, bound),
  }));
  const slowest = claims.reduce((a, b) => (a.side * a.expected.root < b.side * b.expected.root ? a : b));
  const curve = stoppingCurve(slowest.expected, slowest.side, control, lookTerms(question));
  const by = (share: number): number =>
    Math.ceil(
      question.monitoring.kind === "group-sequential"
        ? (curve.n[curve.probability.findIndex((p) => p >= share)] ?? control)
        : sizeBy(curve, share),
    );
  return { median: by(0.5), p90: by(0.9) };
}
