import type { Analysis, Comparison, DataFault, MetricAnalysis } from "../analysis/analysis.ts";
import { isNotComputable, type NotComputable, type NotComputableReason } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { Verdict } from "./decision.ts";
import type { Reason } from "./reasons.ts";

/** A decision about one treatment, and why. */
export interface Judgement {
  readonly decision: Verdict;
  readonly reasons: readonly Reason[];
}

/** What do these data say should be done about one treatment? */
export function judge(comparison: Comparison, analysis: Analysis, policy: Policy): Judgement {
  const { treatment, sample } = comparison;
  if (sample.treatment === 0) return { decision: "keep-running", reasons: [{ code: "no-data-yet", treatment }] };
  const ended = endOf(comparison, analysis, policy);
  if (isBeforeLook(comparison, analysis, policy))
    return {
      decision: "keep-running",
      reasons: [{ code: "planned-look-not-reached" }, ...shortfalls(analysis, comparison)],
    };
  const rules = establishedRules(comparison, policy);
  const mismatch: readonly Reason[] = sample.sampleRatioMismatch ? [{ code: "sample-ratio-mismatch" }] : [];
  const faults = blockingFaults(comparison);
  if (rules.length > 0) return { decision: "rollback", reasons: [...rules, ...mismatch, ...faults] };
  if (mismatch.length > 0 || faults.length > 0) return { decision: "invalid", reasons: [...mismatch, ...faults] };
  const missed = [...missedGoals(comparison), ...unknownRules(comparison)];
  const unusable = missed.filter(
    (reason) =>
      (reason.code === "goal-not-computable" || reason.code === "rule-not-computable") &&
      cannotBeHonoured(reason.reason, sample.reachedMinimum),
  );
  if (unusable.length > 0) return { decision: "invalid", reasons: unusable };
  const short = shortfalls(analysis, comparison);
  if (missed.length === 0 && short.length === 0 && sample.reachedMinimum) {
    return {
      decision: "ship",
      reasons: [
        {
          code: "goals-reached",
          treatment,
          metrics: comparison.metrics.filter(decides).map(({ metric }) => metric),
        },
      ],
    };
  }
  const reasons = [...missed, ...short];
  if (ended !== undefined)
    return { decision: "inconclusive", reasons: [...reasons, { code: "end-reached", what: ended }] };
  return { decision: "keep-running", reasons };
}

/** What has ended the experiment, if anything. */
function endOf(
  { sample }: Comparison,
  { checks: { sampleSize } }: Analysis,
  { monitoring }: Policy,
): "end" | "maximum-sample" | "planned-look" | undefined {
  if (sampleSize.reachedEnd) return "end";
  if (monitoring.kind === "group-sequential") return sample.look?.final === true ? "planned-look" : undefined;
  if (sample.reachedMaximum) return "maximum-sample";
  return monitoring.kind === "fixed" && sample.reachedMinimum ? "planned-look" : undefined;
}

/** Whether the policy looks only at planned moments, and the first of them is not reached: nothing is judged yet. */
export function isBeforeLook(comparison: Comparison, analysis: Analysis, policy: Policy): boolean {
  const { kind } = policy.monitoring;
  if (kind === "group-sequential") return comparison.sample.look === null;
  return kind === "fixed" && endOf(comparison, analysis, policy) === undefined;
}

/** A goal that the data can't answer, however many there will be: the policy asks for what it can't get. */
function cannotBeHonoured(reason: NotComputableReason, reachedMinimum: boolean): boolean {
  return reason === "method-does-not-apply" || (reason === "no-data" && reachedMinimum);
}

/** What in the data keeps this treatment from shipping. */
function blockingFaults({ treatment, dataFaults = [] }: Comparison): Reason[] {
  return dataFaults.filter(({ blocks }) => blocks).map((fault): Reason => ({ code: "data-fault", treatment, fault }));
}

function decides({ role }: MetricAnalysis): boolean {
  return role !== "secondary";
}

/** Rollback rules that are established, but for those of metrics whose data mean something else in whole. */
function establishedRules({ treatment, metrics, dataFaults = [] }: Comparison, policy: Policy): Reason[] {
  const meaningless = new Set(dataFaults.filter(isWhole).map(subjectOf));
  const ofMeaning = metrics.filter(({ metric }) => {
    const terms = policy.metrics.find(({ name }) => name === metric);
    return !meaningless.has(metric) && !(terms !== undefined && "field" in terms && meaningless.has(terms.field));
  });
  return ofMeaning.flatMap(({ metric, rules }) =>
    rules
      .filter(({ claim }) => !isNotComputable(claim) && claim.established)
      .map(({ rule }): Reason => ({ code: "rollback-rule-established", metric, treatment, rule })),
  );
}

/** Whether a fault makes all values of a field (or all outcomes of a metric) mean something else than they say. */
function isWhole(fault: DataFault): boolean {
  if (fault.code === "implausible-values") return fault.problem === "typical-below" || (fault.share ?? 1) >= 0.5;
  return fault.code === "units-differ" || fault.code === "nothing-good";
}

/** The field, or the metric, that a fault is about. */
function subjectOf(fault: DataFault): string {
  return "metric" in fault ? fault.metric : "field" in fault ? fault.field : "";
}

/** Rollback rules that can't be computed: a rule that is silently off would let harm ship. */
function unknownRules({ treatment, metrics }: Comparison): Reason[] {
  return metrics.flatMap(({ metric, rules }) =>
    rules.flatMap(({ rule, claim }): Reason[] =>
      isNotComputable(claim)
        ? [{ code: "rule-not-computable", metric, treatment, rule, reason: claim.reason, detail: claim.detail }]
        : [],
    ),
  );
}

/** Goals and limits that are not established; those that never will be come first. */
function missedGoals({ treatment, metrics }: Comparison): Reason[] {
  const missed = metrics.filter(decides).flatMap(({ metric, goal, limits }): Reason[] => {
    const unknown = (claim: NotComputable): Reason => ({
      code: "goal-not-computable",
      metric,
      treatment,
      reason: claim.reason,
      detail: claim.detail,
    });
    const ofLimits = limits.flatMap(({ limit, claim, ruledOut }): Reason[] => {
      if (isNotComputable(claim)) return [unknown(claim)];
      return claim.established
        ? []
        : [{ code: ruledOut ? "limit-ruled-out" : "limit-not-shown", metric, treatment, limit }];
    });
    if (goal === null || (!isNotComputable(goal.claim) && goal.claim.established)) return ofLimits;
    if (isNotComputable(goal.claim)) return [unknown(goal.claim), ...ofLimits];
    return [{ code: goal.ruledOut ? "goal-ruled-out" : "goal-not-reached", metric, treatment }, ...ofLimits];
  });
  const never = ({ code }: Reason): boolean => code === "goal-ruled-out" || code === "limit-ruled-out";
  return [...missed.filter(never), ...missed.filter((reason) => !never(reason))];
}

function shortfalls(
  { control, checks: { sampleSize, coverage } }: Analysis,
  { treatment, sample: { control: ofControl, treatment: ofTreatment, hours, wholeCycles } }: Comparison,
): Reason[] {
  const { minimum, minimumHours } = sampleSize;
  const short = (
    [
      [control, ofControl],
      [treatment, ofTreatment],
    ] as const
  )
    .filter(([, records]) => records < minimum)
    .map(([arm, records]): Reason => ({ code: "minimum-sample-not-reached", arm, records, minimum }));
  if (minimumHours > 0 && (hours === null || hours < minimumHours))
    short.push({ code: "minimum-duration-not-reached", hours, minimum: minimumHours });
  if (coverage !== null && (wholeCycles ?? 0) < coverage.minimumCycles) {
    short.push({
      code: "minimum-cycles-not-reached",
      cycles: wholeCycles ?? 0,
      minimum: coverage.minimumCycles,
      cycleHours: coverage.cycleHours,
    });
  }
  return short;
}
