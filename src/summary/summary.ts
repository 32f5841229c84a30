import type { ArmQuality, RecordQuality } from "../records/quality.ts";
import type { CoMoments } from "../sketch/comoments.ts";
import type { Moments } from "../sketch/moments.ts";
import type { QuantileSketch } from "../sketch/quantile-sketch.ts";
import type { IdSample } from "./id-sample.ts";
import type { Plan } from "./plan.ts";

/** Everything an analysis needs of any number of records: a few kB per period, mergeable without loss. */
export interface Summary {
  readonly plan: Plan;
  /** The statistics by epoch, period, segment and arm, in that order. */
  readonly cells: readonly Cell[];
  /** The statistics by epoch, arm and unit bucket; empty without units. */
  readonly clusters: readonly Cluster[];
  /** The statistics by epoch, arm and instance (pod, host, replica); empty where no instance was recorded. */
  readonly instances: readonly Cluster[];
  /** The statistics by slice of time; `null` without timestamps or where the plan keeps none. */
  readonly slices: TimeSlices | null;
  readonly quality: SummaryQuality;
  /**
   * Checksums of the encoded summaries this one was made of, in ascending order: records must not be counted twice, so
   * summaries that share one don't merge. Absent where the records were read in this process.
   */
  readonly sources?: readonly string[] | undefined;
}

/** Requests and statistics of one arm in one period, of all requests or of one segment. */
export interface Cell {
  /** Which traffic allocation held. */
  readonly epoch: number;
  /** Start of the period, milliseconds since 1970-01-01 UTC; `null` when records have no timestamps. */
  readonly period: number | null;
  /** `null`: all requests. */
  readonly segment: Segment | null;
  readonly arm: string;
  readonly records: number;
  /** In the order of the plan. */
  readonly statistics: readonly Statistic[];
}

/** The requests whose field has this value. */
export interface Segment {
  readonly field: string;
  readonly value: string;
}

/** The statistics of one arm's units, kept apart while they are few, hashed to buckets when they are many. */
export interface Cluster {
  readonly epoch: number;
  readonly arm: string;
  /** Whether each bucket is one unit. */
  readonly identified: boolean;
  readonly buckets: readonly UnitBucket[];
}

/**
 * The statistics by slice of time: slices of equal width, aligned to 1970-01-01 UTC, the same for all arms. They show
 * whether the requests of an arm behave alike within minutes or hours.
 */
export interface TimeSlices {
  /** Width of a slice in milliseconds: 62.5 times a power of 2. */
  readonly widthMs: number;
  /** By epoch and arm; the key of a bucket is its slice's start divided by the width. */
  readonly series: readonly Cluster[];
}

/** One unit, or all units with one hash. */
export interface UnitBucket {
  /** Name of the unit, or number of the hash bucket. */
  readonly key: string;
  readonly records: number;
  readonly statistics: readonly Statistic[];
}

/** One statistic; which one it is says its plan. */
export type Statistic =
  | { readonly kind: "count"; readonly trials: number; readonly successes: number }
  | { readonly kind: "sketch"; readonly sketch: QuantileSketch }
  | { readonly kind: "moments"; readonly moments: Moments }
  | { readonly kind: "comoments"; readonly comoments: CoMoments };

/** What was read, what was turned away, and what in the rest looks wrong. */
export interface SummaryQuality {
  readonly records: RecordQuality;
  /**
   * What was read and what was lost of each arm of the plan; arms are left out where that was not counted, as in
   * summaries of older versions and of sketches.
   */
  readonly byArm: Readonly<Record<string, ArmQuality>>;
  /** Accepted records of arms that the plan does not have, by arm. */
  readonly otherArms: Readonly<Record<string, number>>;
  /** Accepted records before the start or from the end of the experiment on. */
  readonly outsideWindow: number;
  /** Those of them that came late: from the end on. */
  readonly afterEnd: number;
  /** Failed requests by arm, and how many of them carry latency 0. */
  readonly failures: Readonly<Record<string, { readonly count: number; readonly zeroLatency: number }>>;
  /** First and last timestamp of the records used, by arm; empty without timestamps. */
  readonly extents: Readonly<Record<string, Extent>>;
  /** First and last timestamp of the records used, milliseconds; `null` without timestamps. */
  readonly extent: Extent | null;
  /** Request ids and how often each came; `null` when none were read. */
  readonly requestIds: IdSample | null;
  /** Units and the arms each was seen in, as bits in the order of the plan; `null` without units. */
  readonly unitArms: IdSample | null;
}

/** From the first to the last instant, milliseconds since 1970-01-01 UTC. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}
