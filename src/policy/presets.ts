import type { Metric, PolicyInput } from "./policy.ts";

/** The arms that a preset is filled in with. */
export interface PresetArms {
  readonly control: string;
  readonly treatments: readonly string[];
}

/**
 * A policy for replacing a version without harm: success rate and P99 latency must be shown not to be worse by more
 * than a small margin, and established harm rolls back at once.
 *
 * Success may be 0.5 percentage points lower and P99 10 % higher at most; below 99 % success, or P99 up by more than
 * 50 %, rolls back. 10,000 requests per arm are needed before anything ships.
 *
 * @example
 * ```ts
 * const policy = definePolicy(safeRollout({ control: "v1", treatments: ["v2"] }));
 * ```
 */
export function safeRollout(arms: PresetArms): PolicyInput {
  return {
    control: arms.control,
    treatments: [...arms.treatments],
    alpha: 0.05,
    monitoring: { kind: "anytime" },
    minimumSampleSize: 10_000,
    metrics: [
      {
        name: "success_rate",
        kind: "proportion",
        field: "success",
        better: "higher",
        role: "primary",
        goal: "non-inferior",
        margin: { absolute: 0.005 },
        rollbackWhen: { below: 0.99 },
      },
      {
        name: "latency_p99",
        kind: "quantile",
        field: "latencyMs",
        probability: 0.99,
        better: "lower",
        role: "guardrail",
        goal: "non-inferior",
        margin: { relative: 0.1 },
        rollbackWhen: { worseBy: { relative: 0.5 } },
      },
    ],
  };
}

/**
 * A policy for a version that must be better: the success rate must be shown to be higher, P99 latency must not be worse
 * by more than 10 %, and any established drop of success by more than a point rolls back.
 *
 * @example
 * ```ts
 * const policy = definePolicy(superiority({ control: "v1", treatments: ["v2"] }));
 * ```
 */
export function superiority(arms: PresetArms): PolicyInput {
  const [success, latency] = metricsOf(safeRollout(arms));
  return {
    ...safeRollout(arms),
    metrics: [{ ...withoutMargin(success), goal: "superior", rollbackWhen: { worseBy: { absolute: 0.01 } } }, latency],
  };
}

/**
 * A policy for the first minutes of a small share of traffic: rolls back as soon as harm is established, from the first
 * request on, and ships (lets the next step begin) after 1,000 requests per arm.
 *
 * Success may be 0.2 percentage points lower and P99 25 % higher at most; more than that, once established, rolls back.
 * Periods are minutes, so that a short canary has many; there is no daily cycle to cover.
 *
 * @example
 * ```ts
 * const policy = definePolicy(canary({ control: "stable", treatments: ["canary"] }));
 * ```
 */
export function canary(arms: PresetArms): PolicyInput {
  const [success, latency] = metricsOf(safeRollout(arms));
  return {
    ...safeRollout(arms),
    minimumSampleSize: 1_000,
    periodHours: 1 / 60,
    cycleHours: null,
    metrics: [
      { ...success, margin: { absolute: 0.002 }, rollbackWhen: { worseBy: { absolute: 0.002 }, below: 0.97 } },
      { ...latency, margin: { relative: 0.25 }, rollbackWhen: { worseBy: { relative: 0.25 } } },
    ],
  };
}

function metricsOf({ metrics }: PolicyInput): readonly [Metric, Metric] {
  return metrics as unknown as readonly [Metric, Metric];
}

function withoutMargin(metric: Metric): Metric {
  const { margin: _margin, ...rest } = metric;
  return rest;
}

/** Names of the presets. */
export type PolicyPreset = "safe-rollout" | "superiority" | "canary";

/** The presets by name. */
export const policyPresets: Readonly<Record<PolicyPreset, (arms: PresetArms) => PolicyInput>> = {
  "safe-rollout": safeRollout,
  superiority,
  canary,
};
