import { type NotComputable, notComputable, requireProbability } from "../errors.ts";
import { findRoot } from "../math/root.ts";
import { anytimeCrossings, crossings, plannedLooks, spendingBounds } from "./crossing.ts";
import { type ExpectedRoot, boundsOf, expectedRoot } from "./expected-root.ts";
import { powerAt } from "./power.ts";
import { type CheckedQuestion, type PlanningQuestion, checkQuestion } from "./question.ts";

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
 * @returns requests per arm, rounded up, and for monitoring with several looks when it will have stopped; not computable
 * when no number of requests shows it (the true effect lies at or beyond the bound).
 *
 * Assumptions, guarantee and sources as {@link power}.
 * @throws RangeError naming the field of the question that can't be planned with.
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
  if (exact === null) return notComputable("method-does-not-apply", "the true effect is at or beyond the bound, so no number of requests shows the goal");
  const control = Math.max(1, Math.ceil(exact - 1e-9));
  const treatment = Math.ceil(control * checked.allocationRatio - 1e-9);
  return { control, treatment, total: control + checked.treatments * treatment, power: powerAt(action, checked, control), stopping: stoppingOf(action, checked, control) };
}

/** The size, not rounded, at which the power is reached; `null` when it never is. */
export function exactSampleSize(action: string, question: CheckedQuestion, targetPower: number): number | null {
  const roots = boundsOf(question).map(({ bound, side }) => side * expectedRoot(action, question, bound).root);
  if (!roots.every((root) => root > 0)) return null;
  const lacking = (n: number): number => powerAt(action, question, n) - targetPower;
  let high = 9 / Math.min(...roots) ** 2;
  while (lacking(high) < 0) {
    high *= 2;
    if (high > largest) return null;
  }
  let low = high / 2;
  while (low > 1e-6 && lacking(low) > 0) low /= 2;
  return Math.exp(findRoot((lnN) => lacking(Math.exp(lnN)), Math.log(low), Math.log(high), { tolerance: question.monitoring.kind === "anytime" ? 1e-6 : 1e-13 }));
}

function stoppingOf(action: string, question: CheckedQuestion, control: number): StoppingSummary | null {
  const { monitoring, alphaOneSided, goal } = question;
  if (monitoring.kind === "fixed") return null;
  const claims = boundsOf(question).map(({ bound, side }) => ({ side, expected: expectedRoot(action, question, bound) }));
  const slowest = claims.reduce((a, b) => (a.side * a.expected.root < b.side * b.expected.root ? a : b));
  if (monitoring.kind === "group-sequential") {
    const looks = plannedLooks(monitoring.looks);
    const bounds = spendingBounds(looks, alphaOneSided, goal === "different", monitoring.spending).map((z) => z / slowest.expected.deviation);
    const drift = (slowest.side * slowest.expected.root * Math.sqrt(control)) / slowest.expected.deviation;
    const curve = crossings(looks, bounds, drift, goal === "different");
    const at = (share: number): number => Math.ceil((looks[curve.findIndex((p) => p >= share)] ?? 1) * control);
    return { median: at(0.5), p90: at(0.9) };
  }
  const end = whereCertain(slowest.expected);
  const { n, probability } = anytimeCrossings(slowest.expected, slowest.side, Math.max(end, control), alphaOneSided);
  const at = (share: number): number => {
    const k = probability.findIndex((p) => p >= share);
    if (k <= 0) return Math.ceil(n[Math.max(0, k)] as number);
    const [before, after] = [probability[k - 1] as number, probability[k] as number];
    const weight = (share - before) / (after - before);
    return Math.ceil((n[k - 1] as number) ** (1 - weight) * (n[k] as number) ** weight);
  };
  return { median: at(0.5), p90: at(0.9) };
}

/** A size by which a claim is established almost surely. */
function whereCertain({ root, deviation }: ExpectedRoot): number {
  return ((4.2 + 3.5 * deviation) / root) ** 2;
}
