import type { FieldLaw, Scenario } from "../../src/planning/scenario.ts";
import type { Metric, PolicyInput } from "../../src/policy/policy.ts";
import { canary } from "../../src/policy/presets.ts";

/** A scenario in which one kind of error can be counted: every goal of a metric is violated, or no rule is met. */
export interface Trial {
  readonly name: string;
  /**
   * `ship`: a goal is truly violated, so shipping is wrong. `rollback`: no rule is truly met, so rolling back is wrong.
   */
  readonly error: "ship" | "rollback";
  readonly policy: PolicyInput;
  readonly scenario: Scenario;
}

const success: Metric = {
  name: "success_rate",
  kind: "proportion",
  field: "success",
  better: "higher",
  role: "primary",
  goal: "non-inferior",
  margin: { absolute: 0.005 },
  rollbackWhen: { worseBy: { absolute: 0.005 } },
};
const p99: Metric = {
  name: "latency_p99",
  kind: "quantile",
  field: "latencyMs",
  probability: 0.99,
  better: "lower",
  role: "guardrail",
  goal: "non-inferior",
  margin: { relative: 0.1 },
  rollbackWhen: { worseBy: { relative: 0.1 } },
};
/** Goal: better. Rule: any worsening. With no effect the goal is violated and the rule is not met, whatever drifts. */
const noWorse: Metric = {
  name: "success_rate",
  kind: "proportion",
  field: "success",
  better: "higher",
  role: "primary",
  goal: "superior",
  rollbackWhen: { worseBy: { absolute: 0 } },
};
const score: Metric = {
  name: "satisfaction",
  kind: "mean",
  field: "score",
  better: "higher",
  role: "guardrail",
  goal: "non-inferior",
  margin: { absolute: 0.05 },
  rollbackWhen: { worseBy: { absolute: 0.05 } },
};
const slow: Metric = {
  name: "slower_than_1s",
  kind: "exceedance",
  field: "latencyMs",
  threshold: 1000,
  better: "lower",
  role: "guardrail",
  goal: "non-inferior",
  margin: { absolute: 0.01 },
  rollbackWhen: { worseBy: { absolute: 0.01 } },
};

const periods = 14;
const share = (probability: number): FieldLaw => ({ kind: "share", probability });
const latency = (median: number): FieldLaw => ({ kind: "lognormal", median, sigma: 0.5 });
const normal = (mean: number): FieldLaw => ({ kind: "normal", mean, standardDeviation: 1 });
const policyOf = (metrics: readonly Metric[], changes: Partial<PolicyInput> = {}): PolicyInput => ({
  control: "v1",
  treatments: ["v2"],
  minimumSampleSize: 1,
  periodHours: 24,
  cycleHours: null,
  metrics,
  ...changes,
});
const scenarioOf = (
  v1: Record<string, FieldLaw>,
  v2: Record<string, FieldLaw>,
  changes: Partial<Scenario> = {},
): Scenario => ({
  requestsPerPeriod: 4000,
  periods,
  allocation: [{ fromPeriod: 0, weights: { v1: 1, v2: 1 } }],
  arms: { v1, v2 },
  ...changes,
});
const good = { success: share(0.997), latencyMs: latency(200) };
const atSuccessBound = { ...good, success: share(0.992) };
const atLatencyBound = { ...good, latencyMs: latency(220) };
const units = { requestsPerUnit: 20, deviation: 0.8 };
const unequal = (v1: number, v2: number): Partial<Scenario> => ({
  allocation: [{ fromPeriod: 0, weights: { v1, v2 } }],
});
/** 5 % to 50 % in the treatment, while the baseline's failures triple. */
const ramp: Partial<Scenario> = {
  allocation: [
    { fromPeriod: 0, weights: { v1: 95, v2: 5 } },
    { fromPeriod: 5, weights: { v1: 75, v2: 25 } },
    { fromPeriod: 9, weights: { v1: 50, v2: 50 } },
  ],
  shift: { fromPeriod: 9, failureOdds: 3, values: 1.4 },
};

// Three arms, four metrics: all rules at their bounds at once, or each treatment violating another goal.
const four = [success, p99, score, slow];
const base4 = {
  success: share(0.99),
  latencyMs: {
    kind: "lognormal",
    median: 1000 / Math.exp(0.5 * 1.6448536269514722) /* 5 % above 1,000 */,
    sigma: 0.5,
  } as FieldLaw,
  score: normal(4),
};
const three = (changes: Partial<PolicyInput> = {}): PolicyInput =>
  policyOf(four, { treatments: ["v2", "v3"], ...changes });
const threeArms = (v2: Record<string, FieldLaw>, v3: Record<string, FieldLaw>): Scenario => ({
  requestsPerPeriod: 6000,
  periods,
  allocation: [{ fromPeriod: 0, weights: { v1: 1, v2: 1, v3: 1 } }],
  arms: { v1: base4, v2, v3 },
});

/** The canary preset on ten minutes of so many requests per arm and minute. */
const canaryPolicy = (perMinute: number): PolicyInput => ({
  ...canary({ control: "v1", treatments: ["v2"], requestsPerArm: 10 * perMinute }),
  end: "2030-01-01T00:00:00Z",
});
const canaryScenario = (perMinute: number, v2: Record<string, FieldLaw>): Scenario =>
  scenarioOf(good, v2, { requestsPerPeriod: 2 * perMinute, periods: 10 });
/** Both rules of the canary preset exactly at their bounds. */
const atCanaryRules = { success: share(0.995), latencyMs: latency(250) };

/** Twelve scenarios of several kinds, and the canary preset. */
export const trials: readonly Trial[] = [
  {
    name: "iid, success exactly at its margin",
    error: "ship",
    policy: policyOf([success, p99]),
    scenario: scenarioOf(good, atSuccessBound),
  },
  {
    name: "iid, P99 exactly at its margin",
    error: "ship",
    policy: policyOf([success, p99]),
    scenario: scenarioOf(good, atLatencyBound),
  },
  {
    name: "iid, success exactly at its rule",
    error: "rollback",
    policy: policyOf([success]),
    scenario: scenarioOf(good, atSuccessBound),
  },
  {
    name: "iid, P99 exactly at its rule",
    error: "rollback",
    policy: policyOf([p99]),
    scenario: scenarioOf(good, atLatencyBound),
  },
  {
    name: "users of 20 requests, no effect, goal better",
    error: "ship",
    policy: policyOf([noWorse], { unit: "user" }),
    scenario: scenarioOf({ ...good, success: share(0.97) }, { ...good, success: share(0.97) }, { units }),
  },
  {
    name: "users of 20 requests, no effect, rule any worsening",
    error: "rollback",
    policy: policyOf([noWorse], { unit: "user" }),
    scenario: scenarioOf({ ...good, success: share(0.97) }, { ...good, success: share(0.97) }, { units }),
  },
  {
    name: "shared drift, no effect, rule any worsening",
    error: "rollback",
    policy: policyOf([noWorse, p99]),
    scenario: scenarioOf(good, atLatencyBound, { drift: { amplitude: 0.8, periods: 7 } }),
  },
  {
    name: "ramp 5 -> 50 % while the baseline triples, no effect, rule any worsening",
    error: "rollback",
    policy: policyOf([noWorse]),
    scenario: scenarioOf(good, good, ramp),
  },
  {
    name: "ramp 5 -> 50 % while the baseline triples, P99 at its margin",
    error: "ship",
    policy: policyOf([p99]),
    scenario: scenarioOf(good, atLatencyBound, ramp),
  },
  {
    name: "90 : 10, success exactly at its margin",
    error: "ship",
    policy: policyOf([success, p99]),
    scenario: scenarioOf(good, atSuccessBound, unequal(9, 1)),
  },
  {
    name: "3 arms x 4 metrics, each arm with one goal at its margin",
    error: "ship",
    policy: three(),
    scenario: threeArms({ ...base4, success: share(0.985) }, { ...base4, score: normal(3.95) }),
  },
  {
    name: "3 arms x 4 metrics, two rules of each arm at their bounds",
    error: "rollback",
    policy: three(),
    scenario: threeArms(
      { ...base4, success: share(0.985), score: normal(3.95) },
      { ...base4, success: share(0.985), score: normal(3.95) },
    ),
  },
  {
    name: "canary preset, 100 requests a minute, both rules at their bounds",
    error: "rollback",
    policy: canaryPolicy(100),
    scenario: canaryScenario(100, atCanaryRules),
  },
  {
    name: "canary preset, 1,000 requests a minute, both rules at their bounds",
    error: "rollback",
    policy: canaryPolicy(1000),
    scenario: canaryScenario(1000, atCanaryRules),
  },
  {
    name: "canary preset, 1,000 requests a minute, success exactly at its margin",
    error: "ship",
    policy: canaryPolicy(1000),
    scenario: canaryScenario(1000, { ...good, success: share(0.995) }),
  },
];
