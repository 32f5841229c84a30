import { requireNumber } from "../errors.ts";
import { type LookTerms, type PowerCurve, powerCurveOf } from "./crossing.ts";
import { boundsOf, expectedRoot } from "./expected-root.ts";
import { type CheckedQuestion, checkQuestion, type PlanningQuestion } from "./question.ts";

/**
 * How likely is the experiment to show what it is meant to show?
 *
 * @param question - metric, goal, true effect, alpha, monitoring; see {@link PlanningQuestion}.
 * @param sampleSize - requests of the control, above 0; each treatment has `allocationRatio` times as many. Under
 * group-sequential and anytime monitoring the size at which the experiment ends at the latest.
 * @returns the probability that the goal of one treatment is established by then.
 *
 * Assumes independent requests, or units whose design effect is given. Asymptotic: the signed root of the expected
 * profile deviance is taken as normal with the standard deviation it has under the true effect; for a quantile the
 * expected counts of a sketch are used, so that its resolution counts too, and with 17 requests of an arm above its P99
 * the figure is up to two points too high. Sources: S. Self, R. Mauritsen, J. Ohara 1992, doi:10.2307/2532561 (deviance
 * of expected counts); Jennison and Turnbull 2000, chapter 19 (planned looks).
 * @throws {RangeError} naming the field of the question that can't be planned with.
 * @example
 * ```ts
 * power({ metric: { kind: "proportion", baseline: 0.99 }, goal: "different", effect: { absolute: -0.005 },
 *   monitoring: { kind: "fixed" } }, 10_400); // about 0.9
 * ```
 */
export function power(question: PlanningQuestion, sampleSize: number): number {
  const action = "compute power";
  requireNumber(action, "sampleSize", "a finite number above 0", sampleSize, (x) => x > 0 && x < Infinity);
  return powerAt(action, checkQuestion(action, question), sampleSize);
}

/** Power of a checked question. */
export function powerAt(action: string, question: CheckedQuestion, sampleSize: number): number {
  return powerCurve(action, question)(sampleSize);
}

/**
 * Power as a function of the size. Two one-sided claims are both established with at least the sum of their chances
 * less one.
 */
export function powerCurve(action: string, question: CheckedQuestion): PowerCurve {
  const terms = lookTerms(question);
  const claims = boundsOf(question).map(({ bound, side }) =>
    powerCurveOf(expectedRoot(action, question, bound), side, terms),
  );
  return (n) =>
    Math.max(
      0,
      claims.reduce((sum, curve) => sum + curve(n), 1 - claims.length),
    );
}

/** How a question's claims are looked at. */
export function lookTerms({ monitoring, alphaOneSided, goal }: CheckedQuestion): LookTerms {
  return { monitoring, alphaOneSided, twoSided: goal === "different" };
}
