import { cannot, type NotComputable, notComputable, requireNumber, requireProbability } from "../errors.ts";
import { findRoot } from "../math/root.ts";
import type { Margin } from "../policy/policy.ts";
import { powerAt } from "./power.ts";
import { type CheckedQuestion, checkQuestion, type PlanningQuestion } from "./question.ts";

/** How large an effect must be to be shown with a given size. */
export interface MinimumEffectOptions {
  /** Scale of the answer. Default `absolute`. */
  readonly scale?: "absolute" | "relative";
  /** Probability to show it. Default 0.8. */
  readonly power?: number;
}

/**
 * Which is the smallest effect that an experiment of this size shows?
 *
 * @param question - as {@link PlanningQuestion}, for the goals `superior` and `different`; its `effect` is ignored.
 * @param sampleSize - requests of the control.
 * @returns the effect, treatment - control or treatment / control - 1, in the good direction for `superior`, upwards
 * for `different`; not computable when even the largest possible one is not shown.
 *
 * Assumptions, guarantee and sources as `power`.
 * @throws {RangeError} naming the field that can't be planned with.
 * @example
 * ```ts
 * minimumDetectableEffect({ metric: { kind: "mean", mean: 4, standardDeviation: 1 }, goal: "different",
 *   monitoring: { kind: "fixed" } }, 1000);
 * ```
 */
export function minimumDetectableEffect(
  question: PlanningQuestion,
  sampleSize: number,
  options: MinimumEffectOptions = {},
): Margin | NotComputable {
  const action = "compute the minimum detectable effect";
  const { goal } = question;
  if (goal !== "superior" && goal !== "different")
    throw new RangeError(
      `${cannot(action, "goal", `"superior" or "different"`, goal)}. For non-inferiority and equivalence ask ` +
        "for the smallest margin",
    );
  const { effect: _ignored, ...rest } = question;
  const checked = checkQuestion(action, rest);
  const scale = options.scale ?? "absolute";
  const sign = goal === "superior" && checked.better === "lower" ? -1 : 1;
  const distance = (size: number): Margin =>
    scale === "absolute" ? { absolute: sign * size } : { relative: sign * size };
  const base = levelOf(checked);
  const room = roomOf(checked, sign);
  const limit = scale === "absolute" ? room : room / Math.abs(base);
  const size = smallest(
    action,
    (effect) => ({ ...checked, effect: distance(effect) }),
    sampleSize,
    options.power ?? 0.8,
    limit,
  );
  return size === null
    ? notComputable(
        "method-does-not-apply",
        `even the largest possible effect is not shown with ${sampleSize} requests`,
      )
    : distance(size);
}

/**
 * Which is the smallest margin that an experiment of this size can rule out?
 *
 * @param question - for the goals `non-inferior` and `equivalent`; its margin says on which scale, its size is ignored.
 * @param sampleSize - requests of the control.
 * @returns the margin; not computable when no margin is.
 *
 * Assumptions, guarantee and sources as `power`.
 * @throws {RangeError} naming the field that can't be planned with.
 * @example
 * ```ts
 * smallestMargin({ metric: { kind: "proportion", baseline: 0.997 }, better: "higher", goal: "non-inferior",
 *   margin: { absolute: 1 }, monitoring: { kind: "fixed" } }, 20_000);
 * ```
 */
export function smallestMargin(
  question: PlanningQuestion,
  sampleSize: number,
  targetPower = 0.8,
): Margin | NotComputable {
  const action = "compute the smallest margin";
  const { goal } = question;
  if (goal !== "non-inferior" && goal !== "equivalent")
    throw new RangeError(
      `${cannot(action, "goal", `"non-inferior" or "equivalent"`, goal)}. For other goals ask for the minimum ` +
        "detectable effect",
    );
  const checked = checkQuestion(action, question);
  const relative = checked.margin !== undefined && "relative" in checked.margin;
  const distance = (size: number): Margin => (relative ? { relative: size } : { absolute: size });
  const share = checked.metric.kind === "proportion";
  const upwards = checked.better === "lower" && goal === "non-inferior";
  const limit = !relative ? (share ? 1 : Infinity) : upwards ? Infinity : 1;
  const size = smallest(action, (margin) => ({ ...checked, margin: distance(margin) }), sampleSize, targetPower, limit);
  return size === null
    ? notComputable("method-does-not-apply", `no margin is shown with ${sampleSize} requests`)
    : distance(size);
}

/** The smallest size whose question has the power; `null` when none below the limit has. */
function smallest(
  action: string,
  questionAt: (size: number) => CheckedQuestion,
  sampleSize: number,
  targetPower: number,
  limit: number,
): number | null {
  requireNumber(action, "sampleSize", "a finite number above 0", sampleSize, (x) => x > 0 && x < Infinity);
  requireProbability(action, "power", targetPower);
  const lacking = (size: number): number => powerAt(action, questionAt(size), sampleSize) - targetPower;
  const end = Math.min(limit * (1 - 1e-9), 1e12);
  let low = Math.min(1e-6, end / 4);
  while (lacking(low) > 0 && low > 1e-15) low /= 16;
  let high = low;
  while (lacking(high) < 0) {
    if (high >= end) return null;
    low = high;
    high = Math.min(end, high * 2);
  }
  return Math.exp(findRoot((lnSize) => lacking(Math.exp(lnSize)), Math.log(low), Math.log(high), { tolerance: 1e-11 }));
}

function levelOf({ metric }: CheckedQuestion): number {
  switch (metric.kind) {
    case "proportion":
      return metric.baseline;
    case "mean":
      return metric.mean;
    case "ratio":
      return metric.ratio;
    case "quantile":
      return metric.distribution.kind === "lognormal" ? metric.distribution.median : 1;
  }
}

/** How far the treatment's level can move in a direction. */
function roomOf(question: CheckedQuestion, sign: 1 | -1): number {
  const { metric } = question;
  if (metric.kind === "proportion") return sign === 1 ? 1 - metric.baseline : metric.baseline;
  if (metric.kind === "quantile" && sign === -1) return levelOf(question);
  return Infinity;
}
