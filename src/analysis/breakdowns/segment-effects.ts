import { isNotComputable } from "../../errors.ts";
import { chiSquareSurvival } from "../../math/chi-square.ts";
import { findMinimum } from "../../math/minimum.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import { mixtureLnEvidence } from "../../stats/anytime/mixtures/normal-mixture.ts";
import { noEffect } from "../../stats/effect.ts";
import type { EffectKind } from "../../stats/effect.ts";
import { adjustPValues } from "../../stats/multiplicity/adjust.ts";
import { symmetricPValue } from "../../stats/p-value.ts";
import type { Summary } from "../../summary/summary.ts";
import type { SegmentedEffect, SegmentEffect } from "../analysis.ts";
import type { ArmReader } from "../data/arm-reader.ts";
import type { MetricContext } from "../evidence/claim-evaluator.ts";
import { estimatesOf, smallCountsUnder } from "../evidence/estimates.ts";
import { displayScale } from "../evidence/goals-and-rules.ts";
import { dependentEngine } from "../metrics/dependent-engine.ts";
import type { MetricEngine } from "../metrics/engine.ts";
import { exactEquality } from "../metrics/small-counts.ts";

/**
 * The effect of every metric in every segment, and whether segments differ. Requests of a segment are taken to depend
 * on each other as all requests of the arms do.
 */
export function segmentedEffects(
  summary: Summary,
  read: ArmReader,
  policy: Policy,
  treatment: string,
  context: MetricContext,
): SegmentedEffect[] {
  return policy.segments.flatMap((field) => {
    const values = [
      ...new Set(summary.cells.flatMap(({ segment }) => (segment?.field === field ? [segment.value] : []))),
    ].sort();
    return policy.metrics.map((metric) => segmentsOf(metric, field, values, read, policy, treatment, context));
  });
}

function segmentsOf(
  metric: Metric,
  field: string,
  values: readonly string[],
  read: ArmReader,
  policy: Policy,
  treatment: string,
  { look }: MetricContext,
): SegmentedEffect {
  const kind = displayScale(metric);
  const { dependence } = dependentEngine(metric, policy, read(metric, policy.control), read(metric, treatment));
  const notComputable: string[] = [];
  const engines: MetricEngine[] = [];
  const found: Omit<SegmentEffect, "adjustedPValue">[] = [];
  for (const value of values) {
    const arm = (name: string): ReturnType<ArmReader> => read(metric, name, { field, value });
    const { engine } = dependentEngine(metric, policy, arm(policy.control), arm(treatment), dependence);
    const { control, treatment: treated, effect } = estimatesOf(engine, kind, policy, { look });
    if (isNotComputable(effect)) {
      notComputable.push(value);
      continue;
    }
    engines.push(engine);
    found.push({
      value,
      control,
      treatment: treated,
      estimate: effect.estimate,
      interval: effect.interval,
      pValue: noEffectPValue(engine, kind, policy),
    });
  }
  const adjusted = adjustPValues(
    found.map(({ pValue }) => pValue),
    "benjamini-hochberg",
  );
  return {
    metric: metric.name,
    field,
    kind,
    segments: found.map((segment, index) => ({ ...segment, adjustedPValue: adjusted[index] as number })),
    notComputable,
    heterogeneity: heterogeneity(engines, kind),
  };
}

function noEffectPValue(engine: MetricEngine, kind: EffectKind, policy: Policy): number {
  const small = smallCountsUnder(policy, engine);
  if (small !== undefined) return exactEquality(small).pValue;
  const { deviance } = engine.deviance(kind, noEffect(kind));
  if (policy.monitoring.kind === "anytime")
    return Math.min(1, Math.exp(-mixtureLnEvidence(deviance, engine.information, engine.prior)));
  return symmetricPValue(Math.sqrt(deviance), "two-sided").pValue;
}

/**
 * The deviance of the best common effect, which has a chi-square distribution when all segments share it (W. Cochran
 * 1954, doi:10.2307/3001666).
 */
function heterogeneity(engines: readonly MetricEngine[], kind: EffectKind): SegmentedEffect["heterogeneity"] {
  if (engines.length < 2) return null;
  const estimates = engines
    .map((engine) => engine.estimate(kind))
    .filter((effect): effect is number => Number.isFinite(effect));
  const misfit = (effect: number): number =>
    engines.reduce((sum, engine) => sum + engine.deviance(kind, effect).deviance, 0);
  if (estimates.length === 0) return null;
  const common = findMinimum(misfit, Math.min(...estimates), Math.max(...estimates), { maximumSteps: 60 });
  const statistic = misfit(common.position);
  const degreesOfFreedom = engines.length - 1;
  return Number.isFinite(statistic)
    ? { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) }
    : null;
}
