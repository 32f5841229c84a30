import type { NotComputable } from "../errors.ts";
import type { Direction, Goal, Metric, Role } from "../policy/policy.ts";
import type { EffectKind } from "../stats/effect.ts";
import type { QualityFinding } from "../summary/findings.ts";
import type { SummaryQuality } from "../summary/summary.ts";
import type { DataFault } from "./checks/data-fault.ts";

export type { EffectKind } from "../stats/effect.ts";
export type { DataFault } from "./checks/data-fault.ts";

/** Lower and upper end of an interval; `null` where the data do not bound that side. */
export type Bounds = readonly [lower: number | null, upper: number | null];

/** What the data say about every treatment, without judging it. Plain JSON. */
export interface Analysis {
  readonly specVersion: 1;
  readonly control: string;
  readonly comparisons: readonly Comparison[];
  readonly checks: Checks;
  readonly quality: QualityReport;
  /**
   * The planned look of the first comparison that has reached one; `null` under other monitoring, or before the first
   * look. Each comparison has its own in `sample.look`.
   */
  readonly look: PlannedLook | null;
}

/** One of a few planned looks. */
export interface PlannedLook {
  /** Number of the look, from 1. */
  readonly number: number;
  readonly of: number;
  /** Share of the maximum sample size that the smallest arm had reached. */
  readonly fraction: number;
  readonly final: boolean;
}

/** One treatment against the control. */
export interface Comparison {
  readonly treatment: string;
  /** The records that this comparison was made from, and how far they have come. */
  readonly sample: ComparisonSample;
  readonly metrics: readonly MetricAnalysis[];
  /** Levels and improvements of everything that was measured, whether it decides or not. */
  readonly table: readonly TableRow[];
  /** Effects by segment; empty unless the policy names segments. */
  readonly segments: readonly SegmentedEffect[];
  /** Whether effects change over time; empty with fewer than eight periods. */
  readonly trends: readonly EffectTrend[];
  /** What the records after the final planned look establish, each on its own. */
  readonly later: readonly LaterEvidence[];
  /** What in the data forbids to trust the figures; absent where nothing was found. */
  readonly dataFaults?: readonly DataFault[];
}

/**
 * What the records after the end of the plan establish about a metric, at one look and at the policy's alpha. They did
 * not decide; where they contradict the verdict, that must be known.
 */
export interface LaterEvidence {
  readonly metric: string;
  readonly what: "rollback-rule" | "goal-ruled-out" | "goal-reached";
}

/**
 * The records of one comparison that decide. What another treatment has, or does not have, is no part of it: every
 * treatment is compared on its own.
 */
export interface ComparisonSample {
  /** Records of the control and of the treatment that the figures were made from. */
  readonly control: number;
  readonly treatment: number;
  /** Records of both arms after the planned look: they did not decide. 0 under other monitoring. */
  readonly laterRecords: number;
  /** Hours in which both arms had records, without stray instants; `null` without timestamps. */
  readonly hours: number | null;
  /** Whole cycles within them; `null` without timestamps or without a cycle. */
  readonly wholeCycles: number | null;
  /** Whether both arms have the minimum sample size, over the minimum duration. */
  readonly reachedMinimum: boolean;
  readonly reachedMaximum: boolean;
  /** Whether the split between these two arms, or one that can't be told apart from it, was not as planned. */
  readonly sampleRatioMismatch: boolean;
  /** The planned look that these records are; `null` under other monitoring, or before the first look. */
  readonly look: PlannedLook | null;
}

/** One measure of both arms side by side. */
export interface TableRow {
  /** The field, or the metric's name. */
  readonly name: string;
  readonly measure: "share" | "mean" | "p50" | "p90" | "p99" | "ratio" | "cost";
  readonly better: Direction;
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  /** treatment - control. */
  readonly difference: EffectInterval | null;
  /** treatment / control. */
  readonly ratio: EffectInterval | null;
  /**
   * How much better the treatment is, in percent of the control; below 0 when it is worse; `null` when the control is
   * 0.
   */
  readonly improvementPercent: number | null;
}

/** An estimate with its interval. */
export interface EffectInterval {
  readonly estimate: number;
  readonly interval: Bounds;
}

/** One metric in each segment of one field. */
export interface SegmentedEffect {
  readonly metric: string;
  readonly field: string;
  readonly kind: EffectKind;
  readonly segments: readonly SegmentEffect[];
  /** Segments in which the metric could not be computed. */
  readonly notComputable: readonly string[];
  /** Whether the effect differs between segments (one look); `null` with fewer than two segments. */
  readonly heterogeneity: {
    readonly statistic: number;
    readonly degreesOfFreedom: number;
    readonly pValue: number;
  } | null;
}

/** The effect in one segment. */
export interface SegmentEffect extends EffectInterval {
  readonly value: string;
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  /** Of "no effect", under the policy's monitoring. */
  readonly pValue: number;
  /** Adjusted over the segments of the field by Benjamini and Hochberg. */
  readonly adjustedPValue: number;
}

/** How an effect changes over the experiment. */
export interface EffectTrend {
  readonly metric: string;
  /** Change of the effect per day: of the difference, or of the ratio's logarithm. */
  readonly slopePerDay: number;
  readonly kind: EffectKind;
  /** Of "no trend", at one look. */
  readonly pValue: number;
  /** Effect in the first and in the last stretch of the experiment. */
  readonly first: number;
  readonly last: number;
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
  /** Evidence that the treatment's own level keeps its floor or ceiling. */
  readonly limits: readonly LimitEvidence[];
  /** By how much units inflate the variance; `null` when requests are assigned one by one. */
  readonly designEffect: { readonly control: number; readonly treatment: number } | null;
  /** How requests were counted as depending on each other; `null` where only claims were asked for. */
  readonly dependence: DependenceEvidence | null;
  readonly notes: readonly MetricNote[];
}

/** What units, instances and slices of time said about how requests depend on each other. */
export interface DependenceEvidence {
  /** Mean of what the variance of the effect may be over that of independent requests, at least 1. */
  readonly factor: number;
  /** What slices of time showed; `null` without timestamps, or with too few slices. */
  readonly slices: {
    /** Slices that hold records. */
    readonly count: number;
    /** How long requests of one arm behave alike, if they do. */
    readonly seconds: number;
    /** Whether that is short against the time seen; if not, more time is needed to tell. */
    readonly resolved: boolean;
    /** Whether requests of one arm were found to behave alike within slices. */
    readonly found: boolean;
  } | null;
  /** Share of the traffic of both arms that ran at the same time; `null` where unknown. */
  readonly overlap: number | null;
}

/** The level of one arm. */
export interface ArmEstimate {
  readonly n: number;
  /** `null` when it can't be estimated; infinite for a quantile that lies among failures counted as slower than all. */
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

/** What a method promises: at any look, at one or at a few planned ones, proved or in the limit. */
export type Guarantee = "anytime-exact" | "anytime-asymptotic" | "fixed-asymptotic" | "planned-looks-asymptotic";

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
  /**
   * By how much the records must grow until the claim is established, if the estimate stays as it is; `null`: it never
   * would.
   */
  readonly neededGrowth: number | null;
}

/** Evidence for a goal. */
export interface GoalEvidence {
  readonly goal: Goal;
  /** The effect that the goal is measured against, on `kind`'s scale. */
  readonly bound: number;
  readonly kind: EffectKind;
  readonly claim: ClaimEvidence | NotComputable;
  /** Whether the opposite is established: the effect is on the wrong side of the bound, so more data won't help. */
  readonly ruledOut: boolean;
  /** How bad the effect can be at worst; the goal is established exactly when that is better than `bound`. */
  readonly confidence: ConfidenceBound | null;
}

/**
 * The one-sided bound that decides a claim, at the level of the claim; `null` in place of it where the claim can't be
 * computed, is decided by exact evidence, or only claims were asked for.
 */
export interface ConfidenceBound {
  /** `lower`: the effect (or level) is at least `value`; `upper`: at most. */
  readonly side: "lower" | "upper";
  /** `null` where the data do not bound that side. */
  readonly value: number | null;
  /** 1 - alpha of the claim. */
  readonly level: number;
}

/** Evidence that a level keeps a limit. */
export interface LimitEvidence {
  readonly limit: "floor" | "ceiling";
  readonly bound: number;
  readonly claim: ClaimEvidence | NotComputable;
  /** Whether the opposite is established. */
  readonly ruledOut: boolean;
  /** How bad the level can be at worst. */
  readonly confidence: ConfidenceBound | null;
}

/** Evidence for a rollback rule. */
export interface RuleEvidence {
  readonly rule: "worse-by" | "below" | "above";
  /** The effect, for `worse-by`, or the level of the treatment, for `below` and `above`. */
  readonly bound: number;
  readonly kind: EffectKind | "level";
  readonly claim: ClaimEvidence | NotComputable;
  /** How good the effect (or level) can be at best; the rule is established exactly when that is beyond `bound`. */
  readonly confidence: ConfidenceBound | null;
  /**
   * Where harm began late and has lasted: the instant from which on the records established the rule, milliseconds
   * since 1970-01-01 UTC. Absent where all records decide.
   */
  readonly since?: number | undefined;
}

/** What is particular about a metric's data. */
export type MetricNote =
  /** Requests of one arm behave alike within so many seconds; the variance is larger by this factor. */
  | { readonly code: "dependence-found"; readonly seconds: number; readonly factor: number }
  /** The sample can't bound the quantile from both sides. */
  | { readonly code: "quantile-unbounded"; readonly arm: string; readonly n: number; readonly needed: number }
  /** Counting failed requests as slower than all others would change what is established. */
  | {
      readonly code: "failures-change-latency";
      readonly failures: Readonly<Record<string, number>>;
      readonly changes: readonly ("goal" | "rollback-rule")[];
    }
  /** Accepted records without the field. */
  | { readonly code: "missing-values"; readonly arm: string; readonly count: number };

/** The checks that the data must pass before anything may ship. */
export interface Checks {
  readonly sampleRatio: SampleRatioCheck | NotComputable;
  readonly sampleSize: SampleSizeCheck;
  /** `null` without timestamps or without a cycle. */
  readonly coverage: CoverageCheck | null;
}

/** Which part of the traffic's rhythm the data cover. */
export interface CoverageCheck {
  readonly cycleHours: number;
  /** Periods of a cycle that hold data, and how many there are. */
  readonly covered: number;
  readonly slots: number;
  /** Whole cycles between the first and the last period. */
  readonly wholeCycles: number;
  readonly minimumCycles: number;
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
  /** The same by traffic allocation, each on its own. */
  readonly epochs: readonly EpochRatio[];
  /** Records of arms that were to get no traffic then: few enough to be left out of the test. */
  readonly unplanned: readonly { readonly arm: string; readonly from: string | null; readonly records: number }[];
}

/** The split of traffic under one allocation. */
export interface EpochRatio {
  /** Instant from which it held; `null` for the first. */
  readonly from: string | null;
  readonly observed: Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
  readonly pValue: number;
}

/** Whether every arm that has records has enough, over enough time. */
export interface SampleSizeCheck {
  readonly records: Readonly<Record<string, number>>;
  readonly minimum: number;
  readonly maximum: number | null;
  /**
   * Hours in which the control and a treatment had records, without stray instants; of several treatments that with the
   * fewest. `null` without timestamps.
   */
  readonly hours: number | null;
  readonly minimumHours: number;
  readonly reachedMinimum: boolean;
  readonly reachedMaximum: boolean;
  /** Whether records reach up to the planned end; false when there is none. */
  readonly reachedEnd: boolean;
  /** Records far from all others in time, which do not count as duration; instants in milliseconds since 1970. */
  readonly stray: { readonly records: number; readonly first: number; readonly last: number } | null;
  /** Records per hour over all arms; `null` when time is unknown. */
  readonly recordsPerHour: number | null;
}

/** What was read, and what in it looks wrong: the summary's quality on one level. */
export type QualityReport = SummaryQuality["records"] &
  Pick<SummaryQuality, "byArm" | "otherArms" | "outsideWindow" | "afterEnd" | "failures"> & {
    /** First and last instant of the records, milliseconds since 1970-01-01 UTC; `null` without timestamps. */
    readonly extent: SummaryQuality["extent"];
    /** What deserves a look before the figures are believed. */
    readonly findings: readonly QualityFinding[];
  };
