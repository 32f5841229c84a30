import { isNotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import { QuantileSketch } from "../../sketch/quantile-sketch.ts";
import type { Statistic, Summary } from "../../summary/summary.ts";
import type { MetricAnalysis, MetricNote } from "../analysis.ts";
import { analyzeMetric } from "../analyze-metric.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { MetricContext } from "../evidence/claim-evaluator.ts";

/**
 * Would counting failed requests as slower than all others change what is established about a latency?
 *
 * Where failures were recorded with their latency, the fastest values of the arm are taken to be theirs: that is how a
 * version that fails fast looks faster than it is. Only then does the answer matter, so no note is given for equal
 * failure rates.
 */
export function failureLatencyNote(
  metric: Metric,
  policy: Policy,
  summary: Summary,
  control: ArmData,
  treatment: ArmData,
  found: MetricAnalysis,
  context: MetricContext,
): MetricNote[] {
  if (
    metric.kind !== "quantile" ||
    metric.field !== "latencyMs" ||
    policy.latencyOfFailures === "slowest" ||
    context.exact !== undefined
  )
    return [];
  if (found.goal === null && found.rules.length === 0) return [];
  const failures = {
    [control.arm]: summary.quality.failures[control.arm]?.count ?? 0,
    [treatment.arm]: summary.quality.failures[treatment.arm]?.count ?? 0,
  };
  const share = (arm: ArmData): number => (failures[arm.arm] as number) / Math.max(1, arm.records);
  if (share(control) === share(treatment)) return [];
  const slowest = (arm: ArmData): ArmData =>
    withFailuresSlowest(arm, failures[arm.arm] as number, policy.latencyOfFailures === "as-recorded");
  const other = analyzeMetric(metric, policy, slowest(control), slowest(treatment), {
    ...context,
    claimsOnly: true,
    onEngine: undefined,
  });
  const changes = (
    [
      ["goal", goalOf],
      ["rollback-rule", ruleOf],
    ] as const
  )
    .filter(([, read]) => read(found) !== read(other))
    .map(([name]) => name);
  return changes.length === 0 ? [] : [{ code: "failures-change-latency", failures, changes }];
}

function goalOf({ goal }: MetricAnalysis): boolean {
  return goal !== null && !isNotComputable(goal.claim) && goal.claim.established;
}

function ruleOf({ rules }: MetricAnalysis): boolean {
  return rules.some(({ claim }) => !isNotComputable(claim) && claim.established);
}

/**
 * The arm with its failures above all values; those recorded are taken from the fastest. Failures spread over epochs as
 * records do.
 */
function withFailuresSlowest(arm: ArmData, failures: number, recorded: boolean): ArmData {
  const counts = arm.epochs.map((statistic) => (statistic?.kind === "sketch" ? statistic.sketch.count : 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const epochs = arm.epochs.map((statistic, index): Statistic | null => {
    if (statistic?.kind !== "sketch") return statistic;
    const count = counts[index] as number;
    const moved = Math.min(recorded ? count : Infinity, Math.round((failures * count) / Math.max(1, total)));
    return { kind: "sketch", sketch: slowestOf(statistic.sketch, moved, recorded) };
  });
  return { ...arm, epochs };
}

function slowestOf(sketch: QuantileSketch, moved: number, recorded: boolean): QuantileSketch {
  if (moved === 0) return sketch;
  const rest = recorded ? sketch.diff(fastestOf(sketch, moved)) : sketch.clone();
  rest.add(Infinity, moved);
  return rest;
}

/** The lowest values of a sketch, up to their bins. */
function fastestOf(sketch: QuantileSketch, values: number): QuantileSketch {
  const { upper, count } = sketch.bins();
  const fastest = new QuantileSketch({ scale: sketch.scale, maxBuckets: sketch.maxBuckets });
  let left = values;
  for (let i = 0; left > 0; i++) {
    const taken = Math.min(left, count[i] as number);
    fastest.add(upper[i] as number, taken);
    left -= taken;
  }
  return fastest;
}
