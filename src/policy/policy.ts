import type { TokenPrice } from "./prices.ts";

/**
 * What counts as good. A policy is plain JSON: it names the arms, the metrics with their margins and rollback rules,
 * and how often the data is looked at. Every stage of the flow reads it and none adds to it.
 */
export interface Policy {
  /** Name of the arm that is in production now. */
  readonly control: string;
  /** Names of the arms that want to replace it. */
  readonly treatments: readonly string[];
  /** Bound on the chance of ever shipping a violated arm, and on that of ever rolling back a harmless one. */
  readonly alpha: number;
  /** When the data may be looked at and acted upon. */
  readonly monitoring: Monitoring;
  /**
   * `asymptotic`: methods whose error is measured by simulation. `exact`: proved at every sample size, for independent
   * requests only.
   */
  readonly guarantee: PolicyGuarantee;
  /** How alpha is divided among treatments and rollback rules; `none` promises alpha for each of them on its own. */
  readonly multiplicity: Multiplicity;
  /** What traffic is split by, e.g. `"user"`; `null` when every request is assigned on its own. */
  readonly unit: string | null;
  /** What got its arm by chance, or in turn: it says over what the noise of an arm averages out. */
  readonly assignment: Assignment;
  /**
   * `detect`: see in slices of time and in instances how requests depend on each other, and count them accordingly.
   * `none`: take them to be independent whatever the data show.
   */
  readonly dependence: "detect" | "none";
  /** Requests that each arm needs before anything may ship. */
  readonly minimumSampleSize: number;
  /** Requests per arm at which the experiment ends whatever it shows; `null` for no limit. */
  readonly maximumSampleSize: number | null;
  /** First instant of the experiment (ISO 8601); records before it are not part of it. */
  readonly start: string | null;
  /** End of the experiment (ISO 8601); records from then on are not part of it. */
  readonly end: string | null;
  /** Hours of data that are needed before anything may ship. */
  readonly minimumDurationHours: number;
  /** Length of the rhythm that traffic follows, e.g. 24 for a day or 168 for a week; `null` when there is none. */
  readonly cycleHours: number | null;
  /** Whole cycles of data that are needed before anything may ship. */
  readonly minimumCycles: number;
  /** Requests per hour over all arms that are expected; used for forecasts and yearly costs. `null`: as in the data. */
  readonly requestsPerHour: number | null;
  /** How traffic was meant to be split, over time; `null` when unknown, and then the sample ratio can't be checked. */
  readonly allocation: readonly AllocationEpoch[] | null;
  /** Bound on the chance of a false sample ratio alarm. */
  readonly sampleRatioAlpha: number;
  /** Length of a period in hours; within a period records are interchangeable. */
  readonly periodHours: number;
  /** What the latency of a failed request counts as: what was recorded, nothing, or slower than all others. */
  readonly latencyOfFailures: LatencyOfFailures;
  /**
   * The smallest and the largest value of a field that can be true, e.g. `{ "latencyMs": { "most": 600000 } }`. Values
   * beyond keep from shipping. Without it: durations (fields whose name ends in `Ms`) of at most a day, and
   * not typically below 1 ms.
   */
  readonly plausible?: Readonly<Record<string, PlausibleRange>> | undefined;
  /** Record fields by whose values effects are also looked at separately. */
  readonly segments: readonly string[];
  readonly metrics: readonly Metric[];
}

/** When the data may be looked at and acted upon. */
export type Monitoring =
  /** Act at any look. */
  | { readonly kind: "anytime" }
  /** Act once, when the planned sample size or end is reached. */
  | { readonly kind: "fixed" }
  /** Act at planned looks; needs `maximumSampleSize`, of which the looks are shares. */
  | GroupSequentialMonitoring;

/** A few planned looks, among which alpha is spent. */
export interface GroupSequentialMonitoring {
  readonly kind: "group-sequential";
  /** Number of equally spaced looks, or ascending shares of `maximumSampleSize` that end at 1. */
  readonly looks: number | readonly number[];
  /** How alpha is spent over the looks. */
  readonly spending: AlphaSpending;
}

/**
 * How alpha is spent over planned looks: little at first (`obrien-fleming`), evenly (`pocock`), or by a family with a
 * parameter.
 */
export type AlphaSpending =
  | { readonly kind: "obrien-fleming" }
  | { readonly kind: "pocock" }
  | { readonly kind: "hwang-shih-decani"; readonly gamma: number }
  | { readonly kind: "kim-demets"; readonly rho: number };

/**
 * What got its arm: each request (`request`), each unit such as a user (`unit`), each instance such as a pod
 * (`instance`), stretches of time in turn (`time-slot`), or each run of a load test (`run`).
 */
export type Assignment = "request" | "unit" | "instance" | "time-slot" | "run";

/** Values of a field that can be true, both ends included; a side that is left out has the default. */
export interface PlausibleRange {
  readonly least?: number | undefined;
  readonly most?: number | undefined;
}

/** How firmly the error bound must hold. */
export type PolicyGuarantee = "asymptotic" | "exact";

/** How alpha is divided among several treatments and several rollback rules. */
export type Multiplicity = "bonferroni" | "holm" | "none";

/** What the latency of a failed request counts as. */
export type LatencyOfFailures = "as-recorded" | "exclude" | "slowest";

/** A stretch of time with one traffic allocation. */
export interface AllocationEpoch {
  /** Instant from which these weights held (ISO 8601); `null` for "from the beginning". */
  readonly from: string | null;
  /** Traffic weight of each arm; only their ratio matters. */
  readonly weights: Readonly<Record<string, number>>;
}

/** A distance from the control: in the metric's own unit, or as a share of the control's value. */
export type Margin = { readonly absolute: number } | { readonly relative: number };

/** When a treatment must go: any one of these, once established, rolls it back. */
export interface RollbackRules {
  /** Worse than the control by more than this; 0 for any worsening. */
  readonly worseBy?: Margin | undefined;
  /** The treatment's own level falls below this. */
  readonly below?: number | undefined;
  /** The treatment's own level rises above this. */
  readonly above?: number | undefined;
}

/** Which direction of a metric is good. */
export type Direction = "higher" | "lower";

/** `primary`: must reach its goal. `guardrail`: must be shown not to be harmed. `secondary`: shown, decides nothing. */
export type Role = "primary" | "guardrail" | "secondary";

/** What a metric must show before the treatment ships. */
export type Goal = "superior" | "non-inferior";

/** What every kind of metric has. */
export interface MetricTerms {
  readonly name: string;
  readonly better: Direction;
  readonly role: Role;
  readonly goal?: Goal | undefined;
  /** How much worse is still acceptable; needed for, and only for, the goal `non-inferior`. */
  readonly margin?: Margin | undefined;
  /** Ships only when the treatment's own level is shown to be at least this; for metrics where higher is better. */
  readonly floor?: number | undefined;
  /** Ships only when the treatment's own level is shown to be at most this; for metrics where lower is better. */
  readonly ceiling?: number | undefined;
  readonly rollbackWhen?: RollbackRules | undefined;
}

/** Share of requests whose field is true, e.g. the success rate. */
export interface ProportionMetric extends MetricTerms {
  readonly kind: "proportion";
  readonly field: string;
}

/** Share of requests whose field is above a fixed value, e.g. slower than 800 ms. */
export interface ExceedanceMetric extends MetricTerms {
  readonly kind: "exceedance";
  readonly field: string;
  readonly threshold: number;
}

/** A quantile of a field, e.g. P99 latency with probability 0.99. */
export interface QuantileMetric extends MetricTerms {
  readonly kind: "quantile";
  readonly field: string;
  readonly probability: number;
}

/** Mean of a field, e.g. a satisfaction score. */
export interface MeanMetric extends MetricTerms {
  readonly kind: "mean";
  readonly field: string;
}

/** Sum of one field over the sum of another, e.g. cost per success. */
export interface RatioMetric extends MetricTerms {
  readonly kind: "ratio";
  readonly numerator: string;
  readonly denominator: string;
}

/** Mean cost of a request in USD, from its tokens and each arm's price. */
export interface CostMetric extends MetricTerms {
  readonly kind: "cost";
  /** Field with the number of input tokens. */
  readonly inputTokens: string;
  /** Field with the number of output tokens. */
  readonly outputTokens: string;
  /** Price of each arm. */
  readonly prices: Readonly<Record<string, TokenPrice>>;
}

/** One metric: what is measured, which direction is good, what it must show, and when it rolls back. */
export type Metric = ProportionMetric | ExceedanceMetric | QuantileMetric | MeanMetric | RatioMetric | CostMetric;

/** Monitoring as a user writes it: how alpha is spent over planned looks may be left out. */
export type MonitoringInput =
  | Exclude<Monitoring, GroupSequentialMonitoring>
  | (Omit<GroupSequentialMonitoring, "spending"> & { readonly spending?: AlphaSpending });

/** A policy as a user writes it: everything with a default may be left out. */
export type PolicyInput = Pick<Policy, "control" | "treatments" | "metrics"> &
  Partial<Omit<Policy, "control" | "treatments" | "metrics" | "allocation" | "monitoring">> & {
    readonly monitoring?: MonitoringInput;
    readonly allocation?: readonly AllocationEpoch[] | Readonly<Record<string, number>> | null;
  };
