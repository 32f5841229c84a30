import { cannot, requireFinite, requireNumber, requireProbability } from "../errors.ts";
import type { Direction, Margin, Monitoring } from "../policy/policy.ts";
import type { LatencyDistribution } from "./latency-distribution.ts";

/** What a metric is like in the control arm, from a pilot or from experience. */
export type PlannedMetric =
  /** A share of requests, e.g. a success rate of 0.997. */
  | { readonly kind: "proportion"; readonly baseline: number }
  /** A mean; `standardDeviation` is that of a single request (of the treatment's too, unless given). */
  | {
      readonly kind: "mean";
      readonly mean: number;
      readonly standardDeviation: number;
      readonly treatmentStandardDeviation?: number;
    }
  /**
   * A ratio of sums; `standardDeviation` is that of (numerator - ratio x denominator) / mean denominator of a single
   * request.
   */
  | { readonly kind: "ratio"; readonly ratio: number; readonly standardDeviation: number }
  /** A quantile; the treatment's distribution is the control's, stretched. */
  | { readonly kind: "quantile"; readonly probability: number; readonly distribution: LatencyDistribution };

/** What is to be shown. `different` is two-sided, `equivalent` means within the margin on both sides. */
export type PlannedGoal = "superior" | "non-inferior" | "equivalent" | "different";

/** The test that is planned for: `profile-deviance` is what `analyze` computes, the Wald tests are the textbook's. */
export type PlannedTest = "profile-deviance" | "wald" | "wald-pooled";

/** An experiment to be planned. */
export interface PlanningQuestion {
  readonly metric: PlannedMetric;
  /** Which direction is good; needed for `superior` and `non-inferior`. */
  readonly better?: Direction;
  readonly goal: PlannedGoal;
  /** How much worse (for `equivalent`: different) is still acceptable; needed for `non-inferior` and `equivalent`. */
  readonly margin?: Margin;
  /** The true effect that is planned for: treatment - control, or treatment / control - 1. Default none. */
  readonly effect?: Margin;
  /** Error probability of the claim: one-sided, but for `different`. Default 0.05. */
  readonly alpha?: number;
  /** Default `{ kind: "anytime" }`. */
  readonly monitoring?: Monitoring;
  /** Treatments that share the control; alpha is divided among them. Default 1. */
  readonly treatments?: number;
  /** Requests of each treatment per request of the control. Default 1. */
  readonly allocationRatio?: number;
  /** Variance with units over variance with independent requests, from a pilot. Default 1. */
  readonly designEffect?: number;
  /** Default `profile-deviance`. */
  readonly test?: PlannedTest;
}

/** A question with everything filled in and checked. */
export interface CheckedQuestion extends Required<Omit<PlanningQuestion, "margin" | "better" | "effect">> {
  readonly margin: Margin | undefined;
  readonly better: Direction;
  readonly effect: Margin;
  /** Level of one side of one comparison. */
  readonly alphaOneSided: number;
}

/** Fills in defaults. @throws {RangeError} naming the field that can't be planned with. */
export function checkQuestion(action: string, question: PlanningQuestion): CheckedQuestion {
  const { metric, goal, margin, better } = question;
  const {
    alpha = 0.05,
    treatments = 1,
    allocationRatio = 1,
    designEffect = 1,
    test = "profile-deviance",
    monitoring = { kind: "anytime" },
  } = question;
  requireProbability(action, "alpha", alpha);
  requireNumber(action, "treatments", "a whole number from 1", treatments, (x) => Number.isSafeInteger(x) && x >= 1);
  requireNumber(action, "allocationRatio", "a positive finite number", allocationRatio, (x) => x > 0 && x < Infinity);
  requireNumber(action, "designEffect", "a finite number of at least 1", designEffect, (x) => x >= 1 && x < Infinity);
  requireMetric(action, metric);
  const needsMargin = goal === "non-inferior" || goal === "equivalent";
  if (needsMargin && margin === undefined)
    throw new RangeError(
      `${cannot(action, "margin", `given for the goal ${goal}`, margin)}. State how much worse is still acceptable`,
    );
  if (!needsMargin && margin !== undefined)
    throw new RangeError(
      `${cannot(action, "margin", `absent for the goal ${goal}`, margin)}. Remove it or change the goal`,
    );
  if (margin !== undefined) requireNumber(action, "margin", "above 0", sizeOf(margin), (x) => x > 0);
  if ((goal === "superior" || goal === "non-inferior") && better === undefined)
    throw new RangeError(
      `${cannot(action, "better", `"higher" or "lower" for the goal ${goal}`, better)}. Say which direction is good`,
    );
  const effect = question.effect ?? { absolute: 0 };
  requireFinite(action, "effect", sizeOf(effect));
  if (
    margin !== undefined &&
    question.effect !== undefined &&
    sizeOf(effect) !== 0 &&
    "absolute" in margin !== "absolute" in effect
  ) {
    throw new RangeError(
      `${cannot(action, "effect", `on the scale of the margin (${JSON.stringify(margin)})`, effect)}. State ` +
        "both as absolute or both as relative",
    );
  }
  if (test !== "profile-deviance" && metric.kind === "quantile")
    throw new RangeError(
      `${cannot(action, "test", "profile-deviance for a quantile", test)}. There is no Wald test of a quantile ` +
        "that holds",
    );
  if (test === "wald-pooled" && metric.kind !== "proportion")
    throw new RangeError(cannot(action, "test", "profile-deviance or wald unless the metric is a proportion", test));
  const sides = goal === "different" ? 2 : 1;
  return {
    metric,
    goal,
    margin,
    better: better ?? "higher",
    effect,
    alpha,
    treatments,
    allocationRatio,
    designEffect,
    test,
    monitoring,
    alphaOneSided: alpha / treatments / sides,
  };
}

/** The number in a margin or effect. */
export function sizeOf(distance: Margin): number {
  return "absolute" in distance ? distance.absolute : distance.relative;
}

function requireMetric(action: string, metric: PlannedMetric): void {
  switch (metric.kind) {
    case "proportion":
      return requireProbability(action, "metric.baseline", metric.baseline);
    case "mean":
      requireFinite(action, "metric.mean", metric.mean);
      return requireNumber(
        action,
        "metric.standardDeviation",
        "a positive finite number",
        metric.standardDeviation,
        (x) => x > 0 && x < Infinity,
      );
    case "ratio":
      requireFinite(action, "metric.ratio", metric.ratio);
      return requireNumber(
        action,
        "metric.standardDeviation",
        "a positive finite number",
        metric.standardDeviation,
        (x) => x > 0 && x < Infinity,
      );
    case "quantile":
      return requireProbability(action, "metric.probability", metric.probability);
  }
}
