import type { NotComputable } from "../errors.ts";
import type { Direction, EffectKind, Goal, Metric, Role } from "../policy/policy.ts";
import type { SummaryQuality } from "../summary/summary.ts";

/** Lower and upper end of an interval; `null` where the data do not bound that side. */
export type Bounds = readonly [lower: number | null, upper: number | null];

/** What the data say about every treatment, without judging it. Plain JSON. */
export interface Analysis {
  readonly specVersion: 1;
  readonly control: string;
  readonly comparisons: readonly Comparison[];
  readonly checks: Checks;
  readonly quality: QualityReport;
}

/** One treatment against the control. */
export interface Comparison {
  readonly treatment: string;
  readonly metrics: readonly MetricAnalysis[];
}

/** One metric of one comparison. Effects are treatment - control, or treatment / control. */
export interface MetricAnalysis {
  readonly metric: string;
  readonly kind: Metric["kind"];
  readonly role: Role;
  readonly better: Direction;
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  readonly effect: EffectEstimate | NotComputable;
  /** Evidence against "no effect", valid at every look. */
  readonly anytime: Evidence | NotComputable;
  /** The classical test of "no effect", valid at one look planned in advance. */
  readonly fixedHorizon: FixedHorizonTest | NotComputable;
  /** Evidence that the goal is reached; `null` for a metric without one. */
  readonly goal: GoalEvidence | null;
  /** Evidence that a rollback rule is met. */
  readonly rules: readonly RuleEvidence[];
  /** By how much units inflate the variance; `null` when requests are assigned one by one. */
  readonly designEffect: { readonly control: number; readonly treatment: number } | null;
  readonly notes: readonly MetricNote[];
}

/** The level of one arm. */
export interface ArmEstimate {
  readonly n: number;
  /** `null` when it can't be estimated. */
  readonly value: number | null;
  /** Interval of the value, at the same level and guarantee as the effect's. */
  readonly interval: Bounds;
}

/** An estimated effect. */
export interface EffectEstimate {
  readonly kind: EffectKind;
  readonly estimate: number;
  readonly interval: Bounds;
  /** 1 - alpha. */
  readonly level: number;
  readonly method: string;
  readonly guarantee: Guarantee;
}

/** What a method promises: at any look or at one, proved or in the limit. */
export type Guarantee = "anytime-exact" | "anytime-asymptotic" | "fixed-asymptotic";

/** Evidence and its p-value, also in logs, where neither underflows. */
export interface Evidence {
  readonly lnEvidence: number;
  readonly pValue: number;
  readonly lnPValue: number;
}

/** A classical test. */
export interface FixedHorizonTest {
  readonly test: string;
  readonly statistic: number;
  readonly pValue: number;
  readonly lnPValue: number;
  readonly interval: Bounds;
}

/** How far a one-sided claim is established, under the policy's monitoring. */
export interface ClaimEvidence {
  readonly lnPValue: number;
  readonly pValue: number;
  /** The level that the p-value must reach, after adjusting for several treatments or rules. */
  readonly alpha: number;
  readonly established: boolean;
  /** Whether the point estimate lies on the side of the claim. */
  readonly suspected: boolean;
  /** By how much the records must grow until the claim is established, if the estimate stays as it is; `null`: it never would. */
  readonly neededGrowth: number | null;
}

/** Evidence for a goal. */
export interface GoalEvidence {
  readonly goal: Goal;
  /** The effect that the goal is measured against, on `kind`'s scale. */
  readonly bound: number;
  readonly kind: EffectKind;
  readonly claim: ClaimEvidence | NotComputable;
}

/** Evidence for a rollback rule. */
export interface RuleEvidence {
  readonly rule: "worse-by" | "below" | "above";
  /** The effect, for `worse-by`, or the level of the treatment, for `below` and `above`. */
  readonly bound: number;
  readonly kind: EffectKind | "level";
  readonly claim: ClaimEvidence | NotComputable;
}

/** What is particular about a metric's data. */
export type MetricNote =
  /** The sample can't bound the quantile from both sides. */
  | { readonly code: "quantile-unbounded"; readonly arm: string; readonly n: number; readonly needed: number }
  /** Accepted records without the field. */
  | { readonly code: "missing-values"; readonly arm: string; readonly count: number };

/** The checks that the data must pass before anything may ship. */
export interface Checks {
  readonly sampleRatio: SampleRatioCheck | NotComputable;
  readonly sampleSize: SampleSizeCheck;
}

/** Whether traffic was split as planned. */
export interface SampleRatioCheck {
  readonly observed: Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
  readonly test: "chi-square" | "dirichlet-multinomial";
  readonly pValue: number;
  readonly lnPValue: number;
  readonly alpha: number;
  readonly mismatch: boolean;
}

/** Whether every arm has enough records, over enough time. */
export interface SampleSizeCheck {
  readonly records: Readonly<Record<string, number>>;
  readonly minimum: number;
  readonly maximum: number | null;
  /** Hours between the first and the last record; `null` without timestamps. */
  readonly hours: number | null;
  readonly minimumHours: number;
  readonly reachedMinimum: boolean;
  readonly reachedMaximum: boolean;
  /** Whether records reach up to the planned end; false when there is none. */
  readonly reachedEnd: boolean;
  /** Records per hour over all arms; `null` when time is unknown. */
  readonly recordsPerHour: number | null;
}

/** What was read, and what in it looks wrong: the summary's quality on one level. */
export type QualityReport = SummaryQuality["records"] & Omit<SummaryQuality, "records" | "extent">;
