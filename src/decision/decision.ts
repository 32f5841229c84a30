import type { Checks, Comparison, MetricAnalysis, QualityReport } from "../analysis/analysis.ts";
import type { Reason, Warning } from "./reasons.ts";

/** What to do. */
export type Verdict = "ship" | "rollback" | "keep-running" | "inconclusive" | "invalid";

/** The decision about all treatments, with everything it rests on. Plain JSON. */
export interface Decision {
  readonly specVersion: 1;
  /** The most urgent of the comparisons' decisions: rollback, invalid, ship, keep-running, inconclusive. */
  readonly decision: Verdict;
  readonly reasons: readonly Reason[];
  readonly control: string;
  readonly comparisons: readonly DecidedComparison[];
  readonly checks: Checks;
  readonly quality: QualityReport;
  readonly warnings: readonly Warning[];
}

/** The decision about one treatment. */
export interface DecidedComparison extends Omit<Comparison, "metrics"> {
  readonly decision: Verdict;
  readonly reasons: readonly Reason[];
  readonly metrics: readonly DecidedMetric[];
  /** What is still needed for shipping, were the estimates to stay as they are; `null` when that would not help. */
  readonly forecast: Forecast | null;
}

/** How long until every goal is established. */
export interface Forecast {
  /** Records of the control and this treatment together, in all. */
  readonly records: number;
  /** Hours from now at the current rate; `null` when time is unknown. */
  readonly hours: number | null;
}

/** One metric with its verdict. */
export interface DecidedMetric extends MetricAnalysis {
  readonly verdict: MetricVerdict;
}

/** How one metric stands. */
export interface MetricVerdict {
  readonly goal: "reached" | "not-reached" | "not-computable" | "none";
  readonly rollbackRule: "established" | "suspected" | "not-established" | "not-computable" | "none";
}
