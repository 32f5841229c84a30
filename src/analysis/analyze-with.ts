import { cannot, isNotComputable, type NotComputable, SummaryError } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import { findingsOf } from "../summary/findings.ts";
import { planFor } from "../summary/plan.ts";
import type { Summary } from "../summary/summary.ts";
import type { Analysis, Comparison, MetricAnalysis, QualityReport } from "./analysis.ts";
import { analyzeMetric } from "./analyze-metric.ts";
import { comparisonTable } from "./breakdowns/comparison-table.ts";
import { effectTrends } from "./breakdowns/effect-trends.ts";
import { failureLatencyNote } from "./breakdowns/failure-latency.ts";
import { coverageCheck } from "./checks/coverage.ts";
import { sampleRatioCheck } from "./checks/sample-ratio.ts";
import { sampleSizeCheck } from "./checks/sample-size.ts";
import { type ArmReader, armReader } from "./data/arm-reader.ts";
import { type TimeParts, timePartsOf } from "./data/time-parts.ts";
import type { MetricContext } from "./evidence/claim-evaluator.ts";
import { stepDown } from "./evidence/step-down.ts";
import type { AnalysisFeatures } from "./features.ts";
import { requireFeatures } from "./methods-for.ts";

/**
 * What do the data say about each treatment? As `analyze`, with no other methods than these. @throws {PolicyError} when
 * the policy asks for others.
 */
export function analyzeWith(summary: Summary, policy: Policy, methods: AnalysisFeatures | null): Analysis {
  const { analysis, stretches, read, contextOf } = prepareAnalysis(summary, policy, methods, false);
  const { whole, parts } = stretches as TimeParts;
  return {
    ...analysis,
    comparisons: analysis.comparisons.map((comparison) => {
      const { treatment } = comparison;
      const context = contextOf(null);
      return {
        ...comparison,
        table: comparisonTable(read, policy, treatment, context),
        segments: methods?.segmentedEffects(whole, read, policy, treatment, context) ?? [],
        trends: effectTrends(parts, policy, treatment),
      };
    }),
  };
}

/** What a decision needs, without tables, segments and trends; and what those are made from. */
export interface PreparedAnalysis {
  readonly analysis: Analysis;
  /** The data as far as they count: all, or those of the planned look. `null` when only claims were asked for. */
  readonly stretches: TimeParts | null;
  readonly read: ArmReader;
  contextOf(exact: MetricContext["exact"] | null): MetricContext;
}

/** Analyses what a decision needs; `claimsOnly` leaves out even intervals and tests. */
export function prepareAnalysis(
  summary: Summary,
  policy: Policy,
  methods: AnalysisFeatures | null,
  claimsOnly: boolean,
): PreparedAnalysis {
  requireFeatures(policy, methods);
  requireArms(summary, policy);
  const { monitoring } = policy;
  const sampleSize = sampleSizeCheck(summary, policy);
  const reached = methods?.reachedLook(summary, policy, sampleSize.reachedEnd) ?? null;
  const data = reached?.summary ?? summary;
  const levels =
    reached !== null && monitoring.kind === "group-sequential" ? methods?.levelsOfLook(reached, monitoring) : undefined;
  const stretches = claimsOnly ? null : timePartsOf(data);
  const read = armReader(stretches?.whole ?? data);
  const contextOf: PreparedAnalysis["contextOf"] = (exactly) => ({
    look: levels,
    exact: exactly ?? undefined,
    claimsOnly,
  });
  const comparisons = policy.treatments.map((treatment): Comparison => {
    const metrics = policy.metrics.map((metric) =>
      analyzeOne(metric, policy, methods, data, read, treatment, contextOf),
    );
    return { treatment, metrics, table: [], segments: [], trends: [] };
  });
  const analysis: Analysis = {
    specVersion: 1,
    control: policy.control,
    comparisons: stepDown(comparisons, policy),
    checks: { sampleRatio: sampleRatioCheck(summary, policy), sampleSize, coverage: coverageCheck(summary, policy) },
    quality: qualityReport(summary, stretches === null ? null : data === summary ? stretches.whole : summary),
    look:
      reached === null
        ? null
        : { number: reached.number, of: reached.of, fraction: reached.fraction, final: reached.final },
  };
  return { analysis, stretches, read, contextOf };
}

function analyzeOne(
  metric: Metric,
  policy: Policy,
  methods: AnalysisFeatures | null,
  data: Summary,
  read: ArmReader,
  treatment: string,
  contextOf: PreparedAnalysis["contextOf"],
): MetricAnalysis {
  const [control, treated] = [read(metric, policy.control), read(metric, treatment)];
  const exactly =
    policy.guarantee === "exact" && metric.role !== "secondary"
      ? (methods?.exactMethods(metric, policy, data, control, treated) ?? null)
      : null;
  if (isNotComputable(exactly))
    return withoutExact(analyzeMetric(metric, policy, control, treated, contextOf(null)), exactly);
  const context = contextOf(exactly);
  const found = analyzeMetric(metric, policy, control, treated, context);
  if (context.claimsOnly === true) return found;
  const notes = failureLatencyNote(metric, policy, data, control, treated, found, context);
  return notes.length === 0 ? found : { ...found, notes: [...found.notes, ...notes] };
}

/** A metric whose exact evidence can't be had claims nothing; it is not weakened to the asymptotic one. */
function withoutExact(found: MetricAnalysis, why: NotComputable): MetricAnalysis {
  return {
    ...found,
    effect: why,
    anytime: why,
    goal: found.goal === null ? null : { ...found.goal, claim: why, ruledOut: false },
    rules: found.rules.map((rule) => ({ ...rule, claim: why })),
    limits: found.limits.map((limit) => ({ ...limit, claim: why, ruledOut: false })),
  };
}

function requireArms(summary: Summary, policy: Policy): void {
  const planned = planFor(policy).arms;
  if (JSON.stringify(summary.plan.arms) !== JSON.stringify(planned)) {
    throw new SummaryError(
      cannot("analyze the summary", "plan.arms", `the policy's arms ${JSON.stringify(planned)}`, summary.plan.arms),
      {
        code: "different-arms",
        field: "plan.arms",
        value: summary.plan.arms,
        fix: "Summarize the records again with this policy",
      },
    );
  }
  const records = new Map(planned.map((arm) => [arm, 0]));
  for (const { arm, segment, records: count } of summary.cells)
    if (segment === null) records.set(arm, (records.get(arm) ?? 0) + count);
  const empty = [...records].filter(([, count]) => count === 0).map(([arm]) => arm);
  if (empty.length === 0) return;
  const seen = Object.keys(summary.quality.otherArms);
  const present = [...records].filter(([, count]) => count > 0).map(([arm]) => arm);
  const field = empty.includes(policy.control)
    ? "control"
    : `treatments[${policy.treatments.indexOf(empty[0] as string)}]`;
  throw new SummaryError(
    cannot(
      "analyze the records",
      field,
      `an arm that has records; the data hold ${JSON.stringify([...present, ...seen].slice(0, 20))}`,
      empty[0],
    ),
    {
      code: "arm-without-records",
      field,
      value: empty[0],
      fix: "Correct the arm's name in the policy, or the mapping of arm",
    },
  );
}

/** @param merged - the same records in fewer cells; `null` leaves the findings out. */
function qualityReport(summary: Summary, merged: Summary | null): QualityReport {
  const { records, otherArms, outsideWindow, afterEnd, failures } = summary.quality;
  return {
    ...records,
    otherArms,
    outsideWindow,
    afterEnd,
    failures,
    findings: merged === null ? [] : findingsOf(summary, merged),
  };
}
