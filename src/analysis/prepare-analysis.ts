import { cannot, isNotComputable, type NotComputable, SummaryError } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import { findingsOf } from "../summary/findings.ts";
import { planFor } from "../summary/plan.ts";
import type { Summary } from "../summary/summary.ts";
import type { AnalysisFeatures } from "./all-features.ts";
import type { Analysis, Comparison, MetricAnalysis, QualityReport } from "./analysis.ts";
import { analyzeMetric } from "./analyze-metric.ts";
import { failureLatencyNote } from "./breakdowns/failure-latency.ts";
import { coverageCheck } from "./checks/coverage.ts";
import { sampleRatioCheck } from "./checks/sample-ratio.ts";
import { sampleSizeCheck } from "./checks/sample-size.ts";
import { type ArmReader, armReader } from "./data/arm-reader.ts";
import { recordsByArm } from "./data/record-counts.ts";
import { type TimeParts, timePartsOf } from "./data/time-parts.ts";
import type { MetricContext } from "./evidence/claim-evaluator.ts";
import { stepDown } from "./evidence/step-down.ts";
import { requireFeatures } from "./features.ts";

/** What a decision needs, without tables, segments and trends; and what those are made from. */
export interface PreparedAnalysis {
  readonly analysis: Analysis;
  /** The data as far as they count: all, or those of the planned look. `null` when only claims were asked for. */
  readonly timeParts: TimeParts | null;
  readonly read: ArmReader;
  contextOf(exact: MetricContext["exact"] | null): MetricContext;
}

/** Analyses what a decision needs; `claimsOnly` leaves out even intervals and tests. */
export function prepareAnalysis(
  summary: Summary,
  policy: Policy,
  features: AnalysisFeatures | null,
  claimsOnly: boolean,
): PreparedAnalysis {
  requireFeatures(policy, features);
  requireArms(summary, policy);
  const { monitoring } = policy;
  const sampleSize = sampleSizeCheck(summary, policy);
  const reached = features?.reachedLook(summary, policy, sampleSize.reachedEnd) ?? null;
  const data = reached?.summary ?? summary;
  const levels =
    reached !== null && monitoring.kind === "group-sequential"
      ? features?.levelsOfLook(reached, monitoring)
      : undefined;
  const timeParts = claimsOnly ? null : timePartsOf(data);
  const read = armReader(timeParts?.whole ?? data);
  const contextOf: PreparedAnalysis["contextOf"] = (exact) => ({
    look: levels,
    exact: exact ?? undefined,
    claimsOnly,
  });
  const comparisons = policy.treatments.map((treatment): Comparison => {
    const metrics = policy.metrics.map((metric) =>
      analyzeOne({ metric, treatment, policy, features, data, read, contextOf }),
    );
    return { treatment, metrics, table: [], segments: [], trends: [] };
  });
  const analysis: Analysis = {
    specVersion: 1,
    control: policy.control,
    comparisons: stepDown(comparisons, policy),
    checks: { sampleRatio: sampleRatioCheck(summary, policy), sampleSize, coverage: coverageCheck(summary, policy) },
    quality: qualityReport(summary, timeParts === null ? null : data === summary ? timeParts.whole : summary),
    look:
      reached === null
        ? null
        : { number: reached.number, of: reached.of, fraction: reached.fraction, final: reached.final },
  };
  return { analysis, timeParts, read, contextOf };
}

/** One metric of one treatment, and everything that its analysis reads. */
interface MetricTask extends Pick<PreparedAnalysis, "read" | "contextOf"> {
  readonly metric: Metric;
  readonly treatment: string;
  readonly policy: Policy;
  readonly features: AnalysisFeatures | null;
  readonly data: Summary;
}

function analyzeOne({ metric, treatment, policy, features, data, read, contextOf }: MetricTask): MetricAnalysis {
  const [control, treated] = [read(metric, policy.control), read(metric, treatment)];
  const exact =
    policy.guarantee === "exact" && metric.role !== "secondary"
      ? (features?.exactMethodsFor(metric, policy, data, control, treated) ?? null)
      : null;
  if (isNotComputable(exact))
    return withoutExact(analyzeMetric(metric, policy, control, treated, contextOf(null)), exact);
  const context = contextOf(exact);
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
  const records = Object.entries(recordsByArm(summary));
  const empty = records.filter(([, count]) => count === 0).map(([arm]) => arm);
  if (empty.length === 0) return;
  const seen = Object.keys(summary.quality.otherArms);
  const present = records.filter(([, count]) => count > 0).map(([arm]) => arm);
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
