import type { Checks, Comparison, MetricAnalysis, PlannedLook, QualityReport } from "../analysis/analysis.ts";
import type { Reason, Warning } from "./reasons.ts";

/** What to do. */
export type Verdict = "ship" | "rollback" | "keep-running" | "inconclusive" | "invalid";

/** The decision about all treatments, with all the figures that it was made from. Plain JSON. */
export interface Decision {
  readonly specVersion: 1;
  /**
   * The most urgent decision about the treatments that have data: rollback before invalid, ship, keep-running and
   * inconclusive.
   */
  readonly decision: Verdict;
  readonly reasons: readonly Reason[];
  readonly control: string;
  readonly comparisons: readonly DecidedComparison[];
  readonly checks: Checks;
  readonly quality: QualityReport;
  readonly look: PlannedLook | null;
  readonly warnings: readonly Warning[];
}

/** The decision about one treatment. */
export interface DecidedComparison extends Omit<Comparison, "metrics"> {
  readonly decision: Verdict;
  readonly reasons: readonly Reason[];
  readonly metrics: readonly DecidedMetric[];
  /** What is still needed for shipping, were the estimates to stay as they are; `null` when that would not help. */
  readonly forecast: Forecast | null;
  /** What is still needed to establish the harm that is suspected; `null` when none is. */
  readonly harmForecast: Forecast | null;
  /** The strongest evidence that points the other way than the decision; `null` when there is none. */
  readonly against: ContraryEvidence | null;
}

/** A metric that speaks against what was decided: better where it rolls back, worse elsewhere. */
export interface ContraryEvidence {
  readonly metric: string;
  readonly direction: "better" | "worse";
  readonly lnPValue: number;
  readonly pValue: number;
}

/** How long until every goal is established. */
export interface Forecast {
  /** Records of the control and this treatment together, in all. */
  readonly records: number;
  /** Records of them still to come. */
  readonly remaining: number;
  /** Hours from now at the current rate, or else at the policy's; `null` when neither is known. */
  readonly hours: number | null;
  /** What of the plan ends before: then it ends inconclusive, as things stand. `null`: the plan is long enough. */
  readonly beyondPlan: "maximum-sample" | "end" | null;
}

/** One metric with its verdict. */
export interface DecidedMetric extends MetricAnalysis {
  readonly verdict: MetricVerdict;
}

/** How one metric stands. */
export interface MetricVerdict {
  /** The goal with any floor or ceiling; whether it is ruled out for good is told by `ruledOut` of each. */
  readonly goal: "reached" | "not-reached" | "not-computable" | "waiting" | "none";
  /** `waiting`: the planned look is not reached, so that nothing is judged yet. */
  readonly rollbackRule: "established" | "suspected" | "not-established" | "not-computable" | "waiting" | "none";
}
