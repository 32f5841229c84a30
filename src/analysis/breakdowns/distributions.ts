import { isNotComputable, type NotComputable } from "../../errors.ts";
import type { Policy, QuantileMetric } from "../../policy/policy.ts";
import type { QuantileSketch } from "../../sketch/quantile-sketch.ts";
import type { Summary } from "../../summary/summary.ts";
import type { Bounds, EffectEstimate } from "../analysis.ts";
import { analyzeMetric } from "../analyze-metric.ts";
import { armData } from "../data/arm-data.ts";

/** How the values of one arm are spread. */
export interface ArmDistribution {
  readonly arm: string;
  /** Number of values. */
  readonly n: number;
  /** Non-empty bins in ascending order, in the metric's unit; `share` of all values. */
  readonly bins: readonly { readonly lower: number; readonly upper: number; readonly share: number }[];
  readonly quantiles: readonly { readonly probability: number; readonly value: number }[];
}

/** Bins of a distribution are this fine: 8 to a doubling of the value, 9 % wide. */
const binScale = 3;

/**
 * How are the values of a metric spread in each arm?
 *
 * @param metric - a quantile metric of the summary's plan.
 * @param probabilities - which quantiles to tell, in (0, 1).
 * @returns one distribution per arm that has values, control first. Descriptive: shares and sample quantiles within the
 * sketch's relative error, no claim about what repeats.
 * @throws {SummaryError} when the summary does not keep the metric's distribution.
 */
export function armDistributions(
  summary: Summary,
  metric: QuantileMetric,
  probabilities: readonly number[],
): ArmDistribution[] {
  return summary.plan.arms.flatMap((arm) => {
    const sketches = armData(summary, metric, arm).epochs.flatMap((statistic) =>
      statistic?.kind === "sketch" ? [statistic.sketch] : [],
    );
    const [first, ...others] = sketches;
    if (first === undefined) return [];
    const whole = others.reduce((merged, sketch) => merged.absorb(sketch), first.clone());
    return whole.count === 0 ? [] : [distributionOf(arm, whole, probabilities)];
  });
}

function distributionOf(arm: string, sketch: QuantileSketch, probabilities: readonly number[]): ArmDistribution {
  const quantiles = probabilities.flatMap((probability) => {
    const found = sketch.quantile(probability);
    return isNotComputable(found) ? [] : [{ probability, value: found.value }];
  });
  const coarse = sketch.scale > binScale ? sketch.clone().scaleDown(binScale) : sketch;
  const { lower, upper, count } = coarse.bins();
  const bins = Array.from(count, (n, index) => ({
    lower: lower[index] as number,
    upper: upper[index] as number,
    share: n / sketch.count,
  }));
  return { arm, n: sketch.count, bins, quantiles };
}

/** The effect on one quantile of many. */
export interface QuantileEffect {
  readonly probability: number;
  readonly effect: EffectEstimate | NotComputable;
  readonly control: { readonly value: number | null; readonly interval: Bounds };
}

/**
 * At which quantiles do the arms differ?
 *
 * @param metric - a quantile metric of the policy; its scale (margin) is kept, its probability is replaced.
 * @param probabilities - the quantiles, in (0, 1).
 * @returns the effect at each, treatment - control or treatment / control, with the policy's interval. The intervals
 * hold for each quantile on its own (pointwise), not for the whole curve at once.
 * @throws {SummaryError} when the summary does not keep the metric's distribution.
 */
export function quantileEffects(
  summary: Summary,
  policy: Policy,
  metric: QuantileMetric,
  treatment: string,
  probabilities: readonly number[],
): QuantileEffect[] {
  const control = armData(summary, metric, policy.control);
  const treated = armData(summary, metric, treatment);
  return probabilities.map((probability) => {
    const found = analyzeMetric({ ...metric, probability }, policy, control, treated);
    return {
      probability,
      effect: found.effect,
      control: { value: found.control.value, interval: found.control.interval },
    };
  });
}
