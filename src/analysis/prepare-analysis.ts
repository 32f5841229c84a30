import { isNotComputable, type NotComputable, notComputable } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import type { Summary } from "../summary/summary.ts";
import type { AnalysisFeatures } from "./all-features.ts";
import type { Analysis, Comparison, ComparisonSample, MetricAnalysis, PlannedLook } from "./analysis.ts";
import { analyzeMetric, metricWithoutData } from "./analyze-metric.ts";
import { failureLatencyNote } from "./breakdowns/failure-latency.ts";
import { coverageCheck, wholeCyclesOf } from "./checks/coverage.ts";
import type { DataFault } from "./checks/data-fault.ts";
import { dataFaults } from "./checks/data-faults.ts";
import { occupiedTime } from "./checks/occupied-time.ts";
import { mismatchedTreatments, sampleRatioCheck } from "./checks/sample-ratio.ts";
import { reachesMaximum, reachesMinimum, sampleSizeCheck } from "./checks/sample-size.ts";
import { type ArmReader, armReader } from "./data/arm-reader.ts";
import { qualityReport } from "./data/quality-report.ts";
import { type RecentParts, recentParts } from "./data/recent-parts.ts";
import { recordsByArm } from "./data/record-counts.ts";
import { requireArms } from "./data/require-arms.ts";
import { type TimeParts, timePartsOf } from "./data/time-parts.ts";
import type { MetricContext } from "./evidence/claim-evaluator.ts";
import { withConfidenceBounds } from "./evidence/confidence-bound.ts";
import { stepDown } from "./evidence/step-down.ts";
import { requireFeatures } from "./features.ts";
import type { ReachedLook } from "./looks/planned-look.ts";
import type { MetricEngine } from "./metrics/engine.ts";

/** What a decision needs, without tables, segments and trends; and what those are made from. */
export interface PreparedAnalysis {
  readonly analysis: Analysis;
  /** The data of each comparison, in the order of the policy's treatments. */
  readonly views: readonly ComparisonView[];
}

/** The data of one comparison as far as they count: all, or those of its planned look. */
export interface ComparisonView {
  readonly data: Summary;
  /** `null` when only claims were asked for. */
  readonly timeParts: TimeParts | null;
  readonly read: ArmReader;
  /** The latest records, read where harm that began late is looked for. */
  readonly recent: RecentParts;
  readonly look: ReachedLook | null;
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
  const sampleSize = sampleSizeCheck(summary, policy);
  const views = viewsOf(summary, policy, features, sampleSize.reachedEnd, claimsOnly);
  const sampleRatio = sampleRatioCheck(summary, policy);
  const mismatched = mismatchedTreatments(summary, policy, sampleRatio);
  const engines = new Map<string, MetricEngine>();
  const comparisons = policy.treatments.map((treatment, index): Comparison => {
    const view = views[index] as ComparisonView;
    const sample = sampleOf(summary, policy, treatment, view, mismatched.has(treatment));
    const metrics = policy.metrics.map((metric) =>
      sample.treatment === 0
        ? metricWithoutData(metric, policy, notComputable("no-data", `${treatment} has no records yet`), sample)
        : analyzeOne({
            ...view,
            metric,
            treatment,
            policy,
            features,
            contextOf: (exact) => ({
              ...view.contextOf(exact),
              recentParts: (one) => view.recent(one, policy.control, treatment),
              onEngine: (engine) => engines.set(JSON.stringify([treatment, metric.name]), engine),
            }),
          }),
    );
    return { treatment, sample, metrics, table: [], segments: [], trends: [], later: [] };
  });
  const stepped = stepDown(comparisons, policy, (treatment, alpha) => {
    const view = views[policy.treatments.indexOf(treatment)];
    return view?.contextOf(null).look?.oneSided(alpha) ?? alpha;
  });
  const engineOf = (treatment: string, { metric, role }: MetricAnalysis): MetricEngine | null =>
    policy.guarantee === "exact" && role !== "secondary"
      ? null
      : (engines.get(JSON.stringify([treatment, metric])) ?? null);
  const whole = views.find(({ data }) => data === summary)?.timeParts?.whole ?? summary;
  const analysis: Analysis = {
    specVersion: 1,
    control: policy.control,
    comparisons: claimsOnly
      ? stepped
      : stepped.map((comparison, index) => {
          const faults = faultsOf(summary, policy, comparison, views[index] as ComparisonView);
          return {
            ...comparison,
            metrics: comparison.metrics.map((metric) =>
              withConfidenceBounds(metric, engineOf(comparison.treatment, metric), policy.monitoring.kind),
            ),
            ...(faults.length === 0 ? {} : { dataFaults: faults }),
          };
        }),
    checks: { sampleRatio, sampleSize, coverage: coverageCheck(summary, policy) },
    quality: qualityReport(summary, claimsOnly ? null : whole),
    look: comparisons.find(({ sample }) => sample.look !== null)?.sample.look ?? null,
  };
  return { analysis, views };
}

/** What is wrong with the data of a comparison; nothing while its treatment has none. */
function faultsOf(summary: Summary, policy: Policy, comparison: Comparison, view: ComparisonView): DataFault[] {
  const { treatment, sample, metrics } = comparison;
  return sample.treatment === 0 ? [] : dataFaults(summary, view.read, policy, treatment, metrics, view.contextOf(null));
}

/** The views of all comparisons; those that have reached the same look share one. */
function viewsOf(
  summary: Summary,
  policy: Policy,
  features: AnalysisFeatures | null,
  reachedEnd: boolean,
  claimsOnly: boolean,
): ComparisonView[] {
  const { monitoring } = policy;
  const records = recordsByArm(summary);
  const known = new Map<string, ComparisonView>();
  return policy.treatments.map((treatment) => {
    const look =
      records[treatment] === 0
        ? null
        : (features?.reachedLook(summary, policy, [policy.control, treatment], reachedEnd) ?? null);
    const key = JSON.stringify(look === null ? null : [look.until, look.fractions, look.number]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const levels =
      look !== null && monitoring.kind === "group-sequential" ? features?.levelsOfLook(look, monitoring) : undefined;
    const data = look?.summary ?? summary;
    const timeParts = claimsOnly ? null : timePartsOf(data);
    const view: ComparisonView = {
      data,
      timeParts,
      read: armReader(timeParts?.whole ?? data),
      recent: recentParts(data),
      look,
      contextOf: (exact) => ({ look: levels, exact: exact ?? undefined, claimsOnly }),
    };
    known.set(key, view);
    return view;
  });
}

function sampleOf(
  summary: Summary,
  policy: Policy,
  treatment: string,
  { data, look }: ComparisonView,
  sampleRatioMismatch: boolean,
): ComparisonSample {
  const arms = [policy.control, treatment];
  const [control = 0, treated = 0] = arms.map((arm) => recordsByArm(data)[arm]);
  const [allControl = 0, allTreated = 0] = arms.map((arm) => recordsByArm(summary)[arm]);
  const time = occupiedTime(data, arms, policy.cycleHours);
  const hours = time?.hours ?? null;
  return {
    control,
    treatment: treated,
    laterRecords: allControl - control + allTreated - treated,
    hours,
    wholeCycles: time === null || policy.cycleHours === null ? null : wholeCyclesOf(time, policy.cycleHours),
    reachedMinimum: reachesMinimum([control, treated], hours, policy),
    reachedMaximum: reachesMaximum([control, treated], policy),
    sampleRatioMismatch,
    look: look === null ? null : plannedLook(look),
  };
}

function plannedLook({ number, of, fraction, final }: ReachedLook): PlannedLook {
  return { number, of, fraction, final };
}

/** One metric of one treatment, and everything that its analysis reads. */
interface MetricTask extends Pick<ComparisonView, "data" | "read" | "contextOf"> {
  readonly metric: Metric;
  readonly treatment: string;
  readonly policy: Policy;
  readonly features: AnalysisFeatures | null;
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
