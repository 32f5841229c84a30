import { cannot } from "../errors.ts";
import { definePolicy } from "../index.ts";
import type { Metric, Policy, PolicyInput } from "../index.ts";
import type { Experiment } from "./experiment.ts";
import { ResultsError } from "./http/errors.ts";

/** What an experiment's own configuration leaves open. */
export interface PolicyFromExperimentOptions {
  /**
   * `target_latency_p99` of the treatment's deployment, in milliseconds: established above it, the treatment rolls
   * back.
   */
  readonly targetLatencyP99?: number;
  /** Fields of the policy to set differently, e.g. `alpha`, or `metrics` altogether. */
  readonly changes?: Partial<PolicyInput>;
}

/**
 * What does an experiment's configuration mean as a policy?
 *
 * The arms are called `control` and `treatment`. `latency_pNN` and `success_rate` must be shown not to be worse by more
 * than 10 % and half a percentage point; the primary metric is primary, the others are guardrails. P99 up by more than
 * 50 %, or success below 99 %, rolls back; the success rate is guarded even where the configuration doesn't name it.
 * `user_satisfaction_score` is shown and decides nothing. The sample size, the dates and every split the experiment had
 * are taken over.
 *
 * @param experiment - as read by `getExperiment`; its `allocation_history`, where present, becomes epochs
 * @returns a checked policy, with alpha 0.05 and anytime monitoring unless changed
 * @throws {ResultsError} `unknown-metric` on a metric this library can't derive from requests
 * @throws {PolicyError} when the changes contradict the rest
 * @example
 * ```ts
 * const policy = policyFromExperiment(await client.getExperiment("exp_0001"), { targetLatencyP99: 800 });
 * policy.metrics[0]?.rollbackWhen?.above; // 800
 * ```
 */
export function policyFromExperiment(experiment: Experiment, options: PolicyFromExperimentOptions = {}): Policy {
  const {
    primary,
    secondary = [],
    minimum_sample_size: minimumSampleSize,
  } = experiment.success_metrics ?? { primary: "success_rate" };
  const guarded = [...new Set([...secondary, "success_rate"])].filter((name) => name !== primary);
  const history = experiment.allocation_history ?? [];
  const { control, treatment } = experiment.traffic_allocation;
  const allocation =
    history.length > 0
      ? history.map((epoch, i) => ({
          from: i === 0 ? null : epoch.from,
          weights: { control: epoch.control, treatment: epoch.treatment },
        }))
      : [{ from: null, weights: { control: control.percentage, treatment: treatment.percentage } }];
  const date = (field: "start_date" | "end_date"): string | null => {
    const given = experiment.duration?.[field];
    return given === undefined ? null : new Date(Date.parse(given)).toISOString();
  };
  return definePolicy({
    control: "control",
    treatments: ["treatment"],
    ...(minimumSampleSize === undefined ? {} : { minimumSampleSize }),
    start: date("start_date"),
    end: date("end_date"),
    allocation,
    metrics: [metricOf(primary, "primary", options), ...guarded.map((name) => metricOf(name, "guardrail", options))],
    ...options.changes,
  });
}

function metricOf(name: string, role: "primary" | "guardrail", options: PolicyFromExperimentOptions): Metric {
  if (name === "success_rate") {
    return {
      name,
      kind: "proportion",
      field: "success",
      better: "higher",
      role,
      goal: "non-inferior",
      margin: { absolute: 0.005 },
      rollbackWhen: { below: 0.99 },
    };
  }
  if (name === "user_satisfaction_score")
    return { name, kind: "mean", field: name, better: "higher", role: "secondary" };
  const digits = /^latency_p(\d{2,4})$/.exec(name)?.[1];
  if (digits === undefined) {
    throw new ResultsError(
      cannot(
        "make a policy of the experiment",
        "success_metrics",
        "made of latency_pNN, success_rate and user_satisfaction_score",
        name,
      ),
      {
        code: "unknown-metric",
        field: "success_metrics",
        value: name,
        fix: "Give the metrics in the policy's own terms (changes.metrics, or a policy file)",
      },
    );
  }
  const probability = Number(`0.${digits}`);
  const above =
    probability === 0.99 && options.targetLatencyP99 !== undefined ? { above: options.targetLatencyP99 } : {};
  return {
    name,
    kind: "quantile",
    field: "latencyMs",
    probability,
    better: "lower",
    role,
    goal: "non-inferior",
    margin: { relative: 0.1 },
    rollbackWhen: { worseBy: { relative: 0.5 }, ...above },
  };
}
