import { requireNumber } from "../errors.ts";
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
 * A policy for a version that must be better: the success rate must be shown to be higher, P99 latency must not be
 * worse by more than 10 %, and any established drop of success by more than a point rolls back.
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

/** The arms of a canary, and how large it is meant to be. */
export interface CanaryArms extends PresetArms {
  /** Requests that each arm will have had when the canary ends. Default 10,000. */
  readonly requestsPerArm?: number | undefined;
}

/**
 * A policy for the first minutes of a small share of traffic, whose end is planned: rolls back at the first look at
 * which harm is established, and ships (lets the next step begin) from 2,000 requests per arm on: with fewer, a service
 * that seldom fails shows too few failures for the bounds of the looks to hold.
 *
 * Success may be 0.2 percentage points lower and P99 25 % higher at most; more than that, once established, rolls back.
 * A drop that both arms share, such as an outage behind them, does not: the canary is judged against the control only.
 *
 * It is looked at when each arm has 1, 2, 5 and 10 % of its requests and then at every further tenth, and alpha is
 * spent evenly over the requests: because a canary ends, it need not pay for looks that never come, and catches gross
 * harm sooner than `anytime` monitoring does on the same traffic (docs/guarantees-decisions.md). Where traffic may be
 * lower than planned, set `end` too: the last look is then at the end. Periods are minutes, so that a short canary has
 * many; there is no daily cycle to cover.
 *
 * @param arms - names of the arms, and requests per arm, a whole number from 1.
 * @throws {RangeError} for `requestsPerArm` that is not a whole number from 1.
 * @example
 * ```ts
 * const policy = definePolicy(canary({ control: "stable", treatments: ["canary"], requestsPerArm: 6_000 }));
 * ```
 */
export function canary(arms: CanaryArms): PolicyInput {
  const { requestsPerArm = 10_000 } = arms;
  requireNumber(
    "plan the canary",
    "requestsPerArm",
    "a whole number from 1",
    requestsPerArm,
    (x) => Number.isSafeInteger(x) && x >= 1,
  );
  const [success, latency] = metricsOf(safeRollout(arms));
  return {
    ...safeRollout(arms),
    monitoring: {
      kind: "group-sequential",
      looks: [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
      spending: { kind: "kim-demets", rho: 1 },
    },
    minimumSampleSize: Math.min(2_000, requestsPerArm),
    maximumSampleSize: requestsPerArm,
    periodHours: 1 / 60,
    cycleHours: null,
    metrics: [
      { ...success, margin: { absolute: 0.002 }, rollbackWhen: { worseBy: { absolute: 0.002 } } },
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
