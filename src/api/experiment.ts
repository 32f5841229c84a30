import { z } from "zod";

/** One arm's model and share of traffic. */
export interface ArmAllocation {
  readonly model_id: string;
  readonly version: string;
  /** Percent of the eligible traffic, 0 to 100. */
  readonly percentage: number;
}

/** The split of the traffic; the percentages add to exactly 100. */
export interface TrafficAllocation {
  readonly control: ArmAllocation;
  readonly treatment: ArmAllocation;
}

/** Which requests take part. */
export interface TargetingRules {
  /** Users of this cohort only; `all` or absent = everyone. */
  readonly user_segment?: string | undefined;
  /** Requests that carry every one of these features. */
  readonly request_features?: readonly string[] | undefined;
  /** Regions that take no part. */
  readonly exclude_regions?: readonly string[] | undefined;
}

/** What the experiment is judged by. */
export interface SuccessMetrics {
  readonly primary: string;
  readonly secondary?: readonly string[] | undefined;
  /** Requests per arm before a version may ship. */
  readonly minimum_sample_size?: number | undefined;
}

/** When the experiment runs; ISO 8601 dates (midnight UTC) or date-times with an offset. */
export interface ExperimentDuration {
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
}

/** The body of `POST /experiments`. */
export interface ExperimentInput {
  readonly experiment_name: string;
  readonly description?: string | undefined;
  /** `draft` where absent. */
  readonly status?: "draft" | "active" | "paused" | undefined;
  readonly traffic_allocation: TrafficAllocation;
  readonly targeting_rules?: TargetingRules | undefined;
  readonly success_metrics: SuccessMetrics;
  readonly duration?: ExperimentDuration | undefined;
}

/** The body of `PATCH /experiments/{id}`; versions of the arms stay as they are. */
export interface ExperimentPatch {
  readonly experiment_name?: string | undefined;
  readonly description?: string | undefined;
  readonly traffic_allocation?:
    | { readonly control: { readonly percentage: number }; readonly treatment: { readonly percentage: number } }
    | undefined;
  readonly targeting_rules?: TargetingRules | undefined;
  readonly success_metrics?: SuccessMetrics | undefined;
  readonly duration?: ExperimentDuration | undefined;
}

/** One allocation and the time from which it held. */
export interface AllocationEpoch {
  /** ISO 8601 instant from which this split held, until the next entry. */
  readonly from: string;
  /** Percent of eligible traffic to control; 0 together with treatment 0 while paused. */
  readonly control: number;
  readonly treatment: number;
}

/**
 * An experiment as the server returns it; unknown fields are kept, and all but the identity, state and split may be
 * missing.
 */
export interface Experiment {
  readonly experiment_id: string;
  readonly experiment_name?: string | undefined;
  readonly description?: string | undefined;
  readonly status: string;
  readonly traffic_allocation: TrafficAllocation;
  readonly targeting_rules?: TargetingRules | undefined;
  readonly success_metrics?: SuccessMetrics | undefined;
  readonly duration?: ExperimentDuration | undefined;
  readonly allocation_history?: readonly AllocationEpoch[] | undefined;
  readonly created_at?: string | undefined;
  readonly updated_at?: string | undefined;
}

const text = z.string().trim().min(1);
const date = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const arm = z.looseObject({ model_id: text, version: text, percentage: z.number().min(0).max(100) });
const armShare = z.looseObject({ percentage: z.number().min(0).max(100) });
const targeting = z.looseObject({
  user_segment: text.optional(),
  request_features: z.array(text).optional(),
  exclude_regions: z.array(text).optional(),
});
const metrics = z.looseObject({
  primary: text,
  secondary: z.array(text).optional(),
  minimum_sample_size: z.int().min(1).optional(),
});
const duration = z.looseObject({ start_date: date.optional(), end_date: date.optional() });

/** Accepts the body of `POST /experiments`, field by field; the rules across fields are in `validation.ts`. */
export const ExperimentInputSchema: z.ZodType<ExperimentInput> = z.looseObject({
  experiment_name: text,
  description: z.string().optional(),
  status: z.enum(["draft", "active", "paused"]).optional(),
  traffic_allocation: z.looseObject({ control: arm, treatment: arm }),
  targeting_rules: targeting.optional(),
  success_metrics: metrics,
  duration: duration.optional(),
});

/** Accepts the body of `PATCH /experiments/{id}`, field by field. */
export const ExperimentPatchSchema: z.ZodType<ExperimentPatch> = z.looseObject({
  experiment_name: text.optional(),
  description: z.string().optional(),
  traffic_allocation: z.looseObject({ control: armShare, treatment: armShare }).optional(),
  targeting_rules: targeting.optional(),
  success_metrics: metrics.optional(),
  duration: duration.optional(),
});

/** Reads one entry of an allocation history. */
export const AllocationEpochSchema: z.ZodType<AllocationEpoch> = z.looseObject({
  from: z.iso.datetime({ offset: true }),
  control: z.number().min(0).max(100),
  treatment: z.number().min(0).max(100),
});

/** Reads a server's experiment. */
export const ExperimentSchema: z.ZodType<Experiment> = z.looseObject({
  experiment_id: text,
  experiment_name: z.string().optional(),
  description: z.string().optional(),
  status: text,
  traffic_allocation: z.looseObject({ control: arm, treatment: arm }),
  targeting_rules: targeting.optional(),
  success_metrics: metrics.optional(),
  duration: duration.optional(),
  allocation_history: z.array(AllocationEpochSchema).optional(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
});

/** Reads the answer to `POST /experiments`, which may hold the identity alone. */
export const ExperimentCreatedSchema: z.ZodType<{ readonly experiment_id: string }> = z.looseObject({
  experiment_id: text,
});
