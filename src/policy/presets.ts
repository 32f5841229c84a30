import type { PolicyInput } from "./policy.ts";

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

/** The presets by name. */
export const policyPresets: Readonly<Record<"safe-rollout", (arms: PresetArms) => PolicyInput>> = {
  "safe-rollout": safeRollout,
};
