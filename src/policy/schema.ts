import { z } from "zod";
import type { AllocationEpoch, Margin, Metric, Policy, PolicyInput, RollbackRules } from "./policy.ts";

const name = z.string().min(1);
const instant = z.iso.datetime({ offset: true });

const MarginSchema: z.ZodType<Margin> = z.union(
  [z.strictObject({ absolute: z.number().gt(0) }), z.strictObject({ relative: z.number().gt(0) })],
  { error: "expected { absolute: number > 0 } or { relative: number > 0 }" },
);

const RollbackRulesSchema: z.ZodType<RollbackRules> = z.strictObject({
  worseBy: MarginSchema.optional(),
  below: z.number().optional(),
  above: z.number().optional(),
});

const terms = {
  name,
  better: z.enum(["higher", "lower"]),
  role: z.enum(["primary", "guardrail", "secondary"]),
  goal: z.enum(["superior", "non-inferior"]).optional(),
  margin: MarginSchema.optional(),
  rollbackWhen: RollbackRulesSchema.optional(),
};

const MetricSchema: z.ZodType<Metric> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("proportion"), field: name, ...terms }),
  z.strictObject({ kind: z.literal("exceedance"), field: name, threshold: z.number(), ...terms }),
  z.strictObject({ kind: z.literal("quantile"), field: name, probability: z.number().gt(0).lt(1), ...terms }),
  z.strictObject({ kind: z.literal("mean"), field: name, ...terms }),
  z.strictObject({ kind: z.literal("ratio"), numerator: name, denominator: name, ...terms }),
]);

const WeightsSchema = z
  .record(name, z.number().min(0))
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), { error: "expected at least one weight above 0" });

/** One set of weights, or the history of them; one set becomes a history of one epoch. */
const AllocationSchema = z
  .union([z.array(z.strictObject({ from: instant.nullable(), weights: WeightsSchema })).min(1), WeightsSchema])
  .transform((allocation): AllocationEpoch[] =>
    Array.isArray(allocation) ? allocation : [{ from: null, weights: allocation }],
  );

/**
 * The shape of a policy, with its defaults. `definePolicy` also checks that the fields don't contradict each other.
 * The meaning of each field stands in {@link Policy}.
 */
export const PolicySchema: z.ZodType<Policy, PolicyInput> = z.strictObject({
  control: name,
  treatments: z.array(name).min(1),
  alpha: z.number().gt(0).max(0.5).default(0.05),
  monitoring: z
    .discriminatedUnion("kind", [z.strictObject({ kind: z.literal("anytime") }), z.strictObject({ kind: z.literal("fixed") })])
    .default({ kind: "anytime" }),
  unit: name.nullable().default(null),
  minimumSampleSize: z.int().min(0).default(10_000),
  maximumSampleSize: z.int().min(1).nullable().default(null),
  start: instant.nullable().default(null),
  end: instant.nullable().default(null),
  minimumDurationHours: z.number().min(0).default(0),
  allocation: AllocationSchema.nullable().default(null),
  sampleRatioAlpha: z.number().gt(0).max(0.5).default(0.001),
  periodHours: z.number().gt(0).default(1),
  latencyOfFailures: z.enum(["as-recorded", "exclude", "slowest"]).default("as-recorded"),
  segments: z.array(name).default([]),
  metrics: z.array(MetricSchema).min(1),
}) as unknown as z.ZodType<Policy, PolicyInput>;
