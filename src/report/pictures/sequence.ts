import type { Analysis, MetricAnalysis } from "../../analysis/analysis.ts";
import type { TrajectoryPoint } from "../../analysis/trajectory.ts";
import { decide } from "../../decision/decide.ts";
import type { Verdict } from "../../decision/decision.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { type EffectPicture, effectPicture } from "./effect-scale.ts";

/** One metric of one treatment at the end of a period. */
export interface SequenceStep {
  readonly until: number | null;
  readonly records: number;
  readonly metric: MetricAnalysis;
  readonly picture: EffectPicture | undefined;
  /**
   * The treatment's verdict, had one looked then; `null` where fixed monitoring, which looks once, at the end, did not
   * look.
   */
  readonly verdict: Verdict | null;
}

/** The pictures of a metric along the trajectory, without the verdicts, which cost a decision each. */
export function picturesOf(
  points: readonly TrajectoryPoint[],
  policy: Policy,
  treatment: string,
  name: string,
): (EffectPicture | undefined)[] {
  return points.flatMap(({ analysis }) => {
    const metric = isNotComputable(analysis) ? undefined : metricOf(analysis, treatment, name);
    return metric === undefined ? [] : [effectPicture(metric, policy)];
  });
}

/** A metric along the trajectory; periods in which an arm has no records yet are left out. */
export function sequenceOf(
  points: readonly TrajectoryPoint[],
  policy: Policy,
  treatment: string,
  name: string,
): SequenceStep[] {
  const lookedAt = (index: number): boolean => policy.monitoring.kind !== "fixed" || index === points.length - 1;
  return points.flatMap(({ until, records, analysis }, index): SequenceStep[] => {
    if (isNotComputable(analysis)) return [];
    const metric = metricOf(analysis, treatment, name);
    if (metric === undefined) return [];
    const verdict = lookedAt(index)
      ? (decide(analysis, policy).comparisons.find((one) => one.treatment === treatment)?.decision ?? "invalid")
      : null;
    return [
      {
        until,
        records: (records[policy.control] ?? 0) + (records[treatment] ?? 0),
        metric,
        picture: effectPicture(metric, policy),
        verdict,
      },
    ];
  });
}

function metricOf(analysis: Analysis, treatment: string, name: string): MetricAnalysis | undefined {
  return analysis.comparisons.find((one) => one.treatment === treatment)?.metrics.find(({ metric }) => metric === name);
}
