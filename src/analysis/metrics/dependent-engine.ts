import { isNotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import type { ArmData } from "../data/arm-data.ts";
import { type Dependence, dependenceOf, type MetricTotals } from "../data/dependence.ts";
import { clusterTotals, latencyTotals } from "./cluster-totals.ts";
import { correctedEngine } from "./corrected-engine.ts";
import { engineFor } from "./engine-for.ts";
import type { MetricEngine } from "./engine.ts";

/**
 * The engine of a metric, corrected for how its requests depend on each other, and what it is corrected by. Where
 * nothing may be claimed of the effect, its estimate is the reason why: no table shows what no claim may rest on.
 */
export interface DependentEngine {
  readonly engine: MetricEngine;
  readonly dependence: Dependence;
}

/**
 * The engine of a metric's kind, corrected for units, instances and slices of time.
 *
 * @param known - the dependence where it is known from elsewhere: a segment takes that of all requests.
 */
export function dependentEngine(
  metric: Metric,
  policy: Policy,
  control: ArmData,
  treatment: ArmData,
  known?: Dependence,
): DependentEngine {
  const dependence = known ?? dependenceBetween(metric, policy, control, treatment);
  const engine = correctedEngine(engineFor(metric, control, treatment), dependence);
  const { effect } = dependence;
  return { engine: isNotComputable(effect) ? { ...engine, estimate: () => effect } : engine, dependence };
}

interface KnownDependence {
  readonly treatment: ArmData;
  readonly metric: Metric;
  readonly assignment: Policy["assignment"];
  readonly detect: Policy["dependence"];
  readonly dependence: Dependence;
}

/** Tables and segments ask again for what the metric's own analysis found. */
const found = new WeakMap<ArmData, KnownDependence[]>();

function dependenceBetween(metric: Metric, policy: Policy, control: ArmData, treatment: ArmData): Dependence {
  const { assignment, dependence: detect } = policy;
  const list = found.get(control) ?? [];
  found.set(control, list);
  const known = list.find(
    (own) =>
      own.treatment === treatment && own.metric === metric && own.assignment === assignment && own.detect === detect,
  );
  if (known !== undefined) return known.dependence;
  const dependence = dependenceOf(policy, control, treatment, totalsOf(metric, control, treatment));
  list.push({ treatment, metric, assignment, detect, dependence });
  return dependence;
}

/** Probability that a metric is spared the noise that the mean latency of the same requests shows. */
const spared: Readonly<Record<Metric["kind"], number | null>> = {
  quantile: 0.5,
  proportion: 0.8,
  exceedance: 0.8,
  mean: null,
  ratio: null,
  cost: null,
};

function totalsOf(metric: Metric, control: ArmData, treatment: ArmData): MetricTotals {
  const own = { control: clusterTotals(metric, control), treatment: clusterTotals(metric, treatment) };
  const chance = spared[metric.kind];
  const [first, second] = [latencyTotals(control), latencyTotals(treatment)];
  return chance === null || first === null || second === null
    ? { own, pilot: null, spared: 1 }
    : { own, pilot: { control: first, treatment: second }, spared: chance };
}
