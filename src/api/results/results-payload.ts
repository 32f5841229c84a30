import { z } from "zod";
import { AllocationEpochSchema } from "../experiment.ts";
import type { AllocationEpoch } from "../experiment.ts";

/**
 * One side of an exponential histogram: `bucket_counts[i]` values lie in (b^(offset+i), b^(offset+i+1)], b =
 * 2^(2^-scale).
 */
export interface HistogramBuckets {
  readonly offset: number;
  readonly bucket_counts: readonly number[];
}

/** Latencies as an OpenTelemetry exponential histogram, in milliseconds. */
export interface LatencyHistogram {
  readonly scale: number;
  readonly count: number;
  readonly zero_count?: number | undefined;
  readonly sum?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly positive: HistogramBuckets;
}

/** The figures of one arm over some stretch of time. Only a rate is certain; latencies are in milliseconds. */
export interface ArmFigures {
  /** Fraction of requests that succeeded, 0 to 1; null where there were no requests. */
  readonly success_rate?: number | null | undefined;
  readonly request_count?: number | undefined;
  readonly success_count?: number | undefined;
  readonly latency_p50?: number | undefined;
  readonly latency_p90?: number | undefined;
  readonly latency_p95?: number | undefined;
  readonly latency_p99?: number | undefined;
  readonly latency_histogram?: LatencyHistogram | undefined;
  readonly user_satisfaction_score?: number | undefined;
}

/** One arm's figures within one hour. */
export interface HourlyFigures extends ArmFigures {
  /** ISO 8601 instant at which the hour starts. */
  readonly hour: string;
}

/** One arm's totals, and its hourly series where asked for. */
export interface ArmResults extends ArmFigures {
  readonly success_rate: number | null;
  readonly hourly?: readonly HourlyFigures[] | undefined;
}

/** The answer of `GET /experiments/{id}/results`; unknown fields are kept. */
export interface ExperimentResults {
  readonly experiment_id?: string | undefined;
  readonly granularity?: string | undefined;
  /** The instant up to which the figures count. Hours that end later are unfinished. */
  readonly as_of?: string | undefined;
  readonly control: ArmResults;
  readonly treatment: ArmResults;
  readonly allocation_history?: readonly AllocationEpoch[] | undefined;
  /** Where the next page of the hourly series starts; null or absent on the last one. */
  readonly next_cursor?: string | null | undefined;
}

const count = z.int().min(0);
const instant = z.iso.datetime({ offset: true });

/** Reads an exponential histogram. */
const LatencyHistogramSchema: z.ZodType<LatencyHistogram> = z.looseObject({
  scale: z.int().min(-10).max(20),
  count,
  zero_count: count.optional(),
  sum: z.number().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  positive: z.looseObject({ offset: z.int(), bucket_counts: z.array(count) }),
});

const figures = {
  request_count: count.optional(),
  success_count: count.optional(),
  latency_p50: z.number().min(0).optional(),
  latency_p90: z.number().min(0).optional(),
  latency_p95: z.number().min(0).optional(),
  latency_p99: z.number().min(0).optional(),
  latency_histogram: LatencyHistogramSchema.optional(),
  user_satisfaction_score: z.number().optional(),
};

/** Reads the figures of one arm. */
export const ArmFiguresSchema: z.ZodType<ArmFigures> = z.looseObject({
  ...figures,
  success_rate: z.number().nullable().optional(),
});

const armResults = z.looseObject({
  ...figures,
  success_rate: z.number().nullable(),
  hourly: z
    .array(z.looseObject({ ...figures, success_rate: z.number().nullable().optional(), hour: instant }))
    .optional(),
});

/** Reads results by type; whether they make sense is `checkResults`'s question. */
export const ExperimentResultsSchema: z.ZodType<ExperimentResults> = z.looseObject({
  experiment_id: z.string().optional(),
  granularity: z.string().optional(),
  as_of: instant.optional(),
  control: armResults,
  treatment: armResults,
  allocation_history: z.array(AllocationEpochSchema).optional(),
  next_cursor: z.string().nullable().optional(),
});
