import type { Metric, Policy } from "../../policy/policy.ts";
import { defaultPriorDeviation } from "../../stats/anytime/mixtures/normal-mixture.ts";
import { meanFactor } from "../../stats/dependence/variance-correction.ts";
import type { MetricNote } from "../analysis.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { Dependence } from "../data/dependence.ts";
import type { MetricEngine } from "../metrics/engine.ts";
import { valuesToBound } from "../metrics/quantile.ts";
import { intervalThreshold } from "./estimates.ts";

/** What a reader of this metric should know: values that are missing, a quantile that the sample can't bound. */
export function notesOf(
  metric: Metric,
  engine: MetricEngine,
  control: ArmData,
  treatment: ArmData,
  policy: Policy,
  { slices, shown, levels }: Dependence,
): MetricNote[] {
  const notes: MetricNote[] = [];
  if (slices?.found === true)
    notes.push({ code: "dependence-found", seconds: slices.seconds, factor: meanFactor(shown) });
  for (const [data, which] of [
    [control, "control"],
    [treatment, "treatment"],
  ] as const) {
    const arm = engine.arms[which];
    if (data.records > arm.n) notes.push({ code: "missing-values", arm: data.arm, count: data.records - arm.n });
    if (metric.kind !== "quantile" || arm.n === 0) continue;
    const threshold = intervalThreshold(policy, arm.information, engine.prior);
    const [lower, upper] = arm.interval(threshold);
    if (Number.isFinite(lower) && Number.isFinite(upper)) continue;
    notes.push({
      code: "quantile-unbounded",
      arm: data.arm,
      n: arm.n,
      needed: valuesNeeded(metric.probability, policy, meanFactor(levels[which])),
    });
  }
  return notes;
}

/**
 * How many values an arm needs before its quantile is bounded: the threshold falls as the sample grows, so it is
 * searched for.
 */
function valuesNeeded(probability: number, policy: Policy, factor: number): number {
  let n = 1;
  for (let round = 0; round < 60; round++) {
    const threshold = intervalThreshold(policy, (n * probability * (1 - probability)) / factor, defaultPriorDeviation);
    const needed = valuesToBound(probability, threshold, factor);
    if (needed <= n) break;
    n = Math.ceil(n * 1.25);
  }
  return n;
}
