import { z } from "zod";
import type { AllocationEpoch, Margin, Metric, Monitoring, Policy, PolicyInput, RollbackRules } from "./policy.ts";
import { prototypeKey } from "./prototype-key.ts";

const name = z
  .string()
  .min(1)
  .refine((text) => text !== prototypeKey, { error: `expected another name than ${prototypeKey}` });
const instant = z.iso.datetime({ offset: true });

const MarginSchema: z.ZodType<Margin> = z.union(
  [z.strictObject({ absolute: z.number().gt(0) }), z.strictObject({ relative: z.number().gt(0) })],
  { error: "expected { absolute: number > 0 } or { relative: number > 0 }" },
);

/** As a margin, or 0: any established worsening. */
const WorseningSchema: z.ZodType<Margin> = z.union(
  [z.strictObject({ absolute: z.number().min(0) }), z.strictObject({ relative: z.number().min(0) })],
  { error: "expected { absolute: number >= 0 } or { relative: number >= 0 }" },
);

const RollbackRulesSchema: z.ZodType<RollbackRules> = z.strictObject({
  worseBy: WorseningSchema.optional(),
  below: z.number().optional(),
  above: z.number().optional(),
});

const terms = {
  name,
  better: z.enum(["higher", "lower"]),
  role: z.enum(["primary", "guardrail", "secondary"]),
  goal: z.enum(["superior", "non-inferior"]).optional(),
  margin: MarginSchema.optional(),
  floor: z.number().optional(),
  ceiling: z.number().optional(),
  rollbackWhen: RollbackRulesSchema.optional(),
};

const price = z.strictObject({ inputPerMillion: z.number().min(0), outputPerMillion: z.number().min(0) });

const MetricSchema: z.ZodType<Metric> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("proportion"), field: name, ...terms }),
  z.strictObject({ kind: z.literal("exceedance"), field: name, threshold: z.number(), ...terms }),
  z.strictObject({ kind: z.literal("quantile"), field: name, probability: z.number().gt(0).lt(1), ...terms }),
  z.strictObject({ kind: z.literal("mean"), field: name, ...terms }),
  z.strictObject({ kind: z.literal("ratio"), numerator: name, denominator: name, ...terms }),
  z.strictObject({
    kind: z.literal("cost"),
    inputTokens: name,
    outputTokens: name,
    prices: z.record(name, price),
    ...terms,
  }),
]);

const MonitoringSchema: z.ZodType<Monitoring> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("anytime") }),
  z.strictObject({ kind: z.literal("fixed") }),
  z.strictObject({
    kind: z.literal("group-sequential"),
    looks: z.union([z.int().min(1).max(50), z.array(z.number().gt(0).max(1)).min(1).max(50)]),
    spending: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("obrien-fleming") }),
        z.strictObject({ kind: z.literal("pocock") }),
        z.strictObject({ kind: z.literal("hwang-shih-decani"), gamma: z.number() }),
        z.strictObject({ kind: z.literal("kim-demets"), rho: z.number().gt(0) }),
      ])
      .default({ kind: "obrien-fleming" }),
  }),
]);

const WeightsSchema = z
  .record(name, z.number().min(0))
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), {
    error: "expected at least one weight above 0",
  });

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
  monitoring: MonitoringSchema.default({ kind: "anytime" }),
  guarantee: z.enum(["asymptotic", "exact"]).default("asymptotic"),
  multiplicity: z.enum(["bonferroni", "holm", "none"]).default("bonferroni"),
  unit: name.nullable().default(null),
  assignment: z.enum(["request", "unit", "instance", "time-slot", "run"]).default("request"),
  dependence: z.enum(["detect", "none"]).default("detect"),
  minimumSampleSize: z.int().min(0).default(10_000),
  maximumSampleSize: z.int().min(1).nullable().default(null),
  start: instant.nullable().default(null),
  end: instant.nullable().default(null),
  minimumDurationHours: z.number().min(0).default(0),
  cycleHours: z.number().gt(0).nullable().default(24),
  minimumCycles: z.int().min(0).default(0),
  requestsPerHour: z.number().gt(0).nullable().default(null),
  allocation: AllocationSchema.nullable().default(null),
  sampleRatioAlpha: z.number().gt(0).max(0.5).default(0.001),
  periodHours: z.number().gt(0).default(1),
  latencyOfFailures: z.enum(["as-recorded", "exclude", "slowest"]).default("as-recorded"),
  plausible: z.record(name, z.strictObject({ least: z.number().optional(), most: z.number().optional() })).optional(),
  segments: z.array(name).default([]),
  metrics: z.array(MetricSchema).min(1),
}) as unknown as z.ZodType<Policy, PolicyInput>;
