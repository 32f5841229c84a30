import type { Bounds, EffectEstimate, MetricAnalysis } from "../../analysis/analysis.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import type { EffectKind } from "../../stats/effect.ts";
import { isShare } from "../words/format.ts";
import { metricUnit } from "../words/metric-unit.ts";

/**
 * An effect on the scale that people read: percent for ratios, percentage points for shares, else the metric's unit. 0
 * is "no effect".
 */
export interface EffectPicture {
  readonly estimate: number;
  /** `null` where the data do not bound that side. */
  readonly interval: Bounds;
  /** How much worse is still acceptable; `null` without a non-inferiority goal. */
  readonly margin: number | null;
  /** Beyond it the treatment is rolled back; `null` without such a rule. */
  readonly rollback: number | null;
  readonly better: "higher" | "lower";
  /** Unit of all numbers here: `%`, `points`, `ms`, or empty. */
  readonly unit: string;
}

/** The effect of a metric on the scale that people read; undefined when it could not be computed. */
export function effectPicture(metric: MetricAnalysis, policy: Policy): EffectPicture | undefined {
  const { effect, goal, rules, kind, better } = metric;
  if (isNotComputable(effect)) return undefined;
  const onScale = scaleOf(kind, effect.kind);
  const margin =
    goal !== null && goal.goal === "non-inferior" && goal.kind === effect.kind ? onScale(goal.bound) : null;
  const rule = rules.find((one) => one.rule === "worse-by" && one.kind === effect.kind);
  return {
    estimate: onScale(effect.estimate),
    interval: intervalOnScale(kind, effect),
    margin,
    rollback: rule === undefined ? null : onScale(rule.bound),
    better,
    unit: effect.kind === "ratio" ? "%" : isShare(kind) ? "points" : metricUnit(metric.metric, policy),
  };
}

/** From an effect to the scale that people read. */
export function scaleOf(kind: MetricAnalysis["kind"], effect: EffectKind): (value: number) => number {
  if (effect === "ratio") return (value) => 100 * (value - 1);
  return isShare(kind) ? (value) => 100 * value : (value) => value;
}

/** An interval on the scale that people read; a ratio's lower end of 0 bounds nothing. */
export function intervalOnScale(
  kind: MetricAnalysis["kind"],
  { kind: effect, interval: [lower, upper] }: Pick<EffectEstimate, "kind" | "interval">,
): Bounds {
  const onScale = scaleOf(kind, effect);
  const unbounded = lower === null || (effect === "ratio" && lower <= 0);
  return [unbounded ? null : onScale(lower), upper === null ? null : onScale(upper)];
}
