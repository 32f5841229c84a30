import { type NotComputable, notComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { clusterCorrection } from "../../stats/dependence/cluster-correction.ts";
import {
  type Arms,
  type ClusterContribution,
  nothing,
  type RecordVariance,
} from "../../stats/dependence/cluster-totals.ts";
import { fewestSlices, type SliceCorrection, sliceCorrection } from "../../stats/dependence/slice-correction.ts";
import {
  combinedCorrection,
  type CorrectionPart,
  independent,
  meanFactor,
  type VarianceCorrection,
} from "../../stats/dependence/variance-correction.ts";
import { bucketOfUnit } from "../../summary/clusters.ts";
import type { Cluster, UnitBucket } from "../../summary/summary.ts";
import type { ArmData } from "./arm-data.ts";
import { type ArmTotals, type CountedSlices, countedSlices, pilotCorrection } from "./counted-slices.ts";
import { type Overlap, overlapOf } from "./overlap.ts";

/** What the data say about how the requests of a metric depend on each other. */
export interface Dependence {
  /** Correction of the effect; or why the version can't be told from what else differs between the arms. */
  readonly effect: VarianceCorrection | NotComputable;
  /** Correction that an interval of the effect is drawn with, also where nothing may be claimed of it. */
  readonly shown: VarianceCorrection;
  /** Correction of each arm's own level. */
  readonly levels: { readonly control: VarianceCorrection; readonly treatment: VarianceCorrection };
  /** By how much units and instances inflate the variance of each arm's level, at least 1; `null` without them. */
  readonly designEffect: { readonly control: number; readonly treatment: number } | null;
  /** What slices of time showed; `null` where there are too few to see anything. */
  readonly slices: (SliceCorrection & { readonly seconds: number }) | null;
  readonly overlap: Overlap | null;
}

/** How a metric is judged in slices of time. */
export interface MetricTotals {
  readonly own: ArmTotals;
  /** Mean latency of the same requests, which shows earliest how long noise lasts; `null` where it can't serve. */
  readonly pilot: ArmTotals | null;
  /** Probability that the metric is spared the noise that the pilot shows. */
  readonly spared: number;
}

/** Probability that an effect's noise is that of independent requests, before the data are seen. */
const independentPrior = 0.95;

/** The same for the level of one arm, where shocks that both arms share count too. */
const independentLevelPrior = 0.9;

/** How do units, instances and slices of time inflate the variance of a metric's effect and levels? */
export function dependenceOf(
  policy: Pick<Policy, "assignment" | "dependence">,
  control: ArmData,
  treatment: ArmData,
  totals: MetricTotals,
): Dependence {
  const { own } = totals;
  const units = contributionsOf(control.clusters, treatment.clusters, own);
  const instances = contributionsOf(control.instances, treatment.instances, own);
  const sliced = policy.dependence === "detect";
  const overlap = sliced ? overlapOf(control, treatment) : null;
  const apart = policy.assignment === "time-slot" || (overlap !== null && !overlap.sideBySide);
  const clustered = [units, instances].filter((found) => found.length > 0);
  const clusters = (arms: Arms): readonly (CorrectionPart | null)[] =>
    clustered.map((found) => clusterCorrection(found, variancesOf(found, own), arms));
  const counted = sliced ? countedSlices(control, treatment, own) : null;
  const slices = counted === null ? null : effectSlices(counted, control, treatment, totals, apart ? "apart" : "both");
  const level = (arm: "control" | "treatment"): VarianceCorrection =>
    together(counted === null ? null : levelSlices(counted, arm), clusters(arm));
  const inflation = (arm: "control" | "treatment"): number => meanFactor(together(null, clusters(arm)));
  const both = clusters("both");
  const shown = together(slices, both);
  return {
    effect: problemOf(policy, control, treatment, overlap, slices, both) ?? shown,
    shown,
    levels: { control: level("control"), treatment: level("treatment") },
    designEffect:
      clustered.length === 0 || both.includes(null)
        ? null
        : { control: inflation("control"), treatment: inflation("treatment") },
    slices: slices === null ? null : { ...slices, seconds: (slices.length * control.sliceMs) / 1000 },
    overlap,
  };
}

function together(slices: SliceCorrection | null, clusters: readonly (CorrectionPart | null)[]): VarianceCorrection {
  return clusters.reduce<VarianceCorrection>(
    (sum, own) => (own === null ? sum : sum === independent ? [own] : combinedCorrection(sum, [own])),
    slices?.correction ?? independent,
  );
}

/** Slices of an effect, with what the latency of the same requests shows. */
function effectSlices(
  slices: CountedSlices,
  control: ArmData,
  treatment: ArmData,
  { pilot, spared }: MetricTotals,
  arms: Arms,
): SliceCorrection | null {
  const shown = pilot === null ? null : pilotCorrection(control, treatment, pilot, arms, independentPrior);
  return sliceCorrection(slices.series, slices.varianceOf, arms, {
    counted: slices.counted,
    prior: {
      independent: independentPrior,
      pilot: shown === null ? undefined : { models: shown.models, spared },
    },
  });
}

function levelSlices(
  { series, varianceOf, counted }: CountedSlices,
  arm: "control" | "treatment",
): SliceCorrection | null {
  return sliceCorrection(series, varianceOf, arm, { counted, prior: { independent: independentLevelPrior } });
}

/** Why no statistic can tell the version from what else differs between the arms. */
function problemOf(
  { assignment, dependence }: Pick<Policy, "assignment" | "dependence">,
  control: ArmData,
  treatment: ArmData,
  overlap: Overlap | null,
  slices: SliceCorrection | null,
  clusters: readonly (CorrectionPart | null)[],
): NotComputable | null {
  if (clusters.includes(null) || ((assignment === "run" || assignment === "instance") && clusters.length === 0))
    return tooFewClusters(assignment, control, treatment);
  if (assignment === "time-slot") {
    const least = Math.min(
      ...[control, treatment].map(({ slices: own }) => own.reduce((n, s) => n + s.buckets.length, 0)),
    );
    return least >= fewestSlices || overlap === null
      ? null
      : notComputable("version-not-separable", `an arm has ${least} time slots; at least ${fewestSlices} are needed`);
  }
  if (dependence === "none") return null;
  if (overlap !== null && !overlap.sideBySide && assignment !== "run")
    return notComputable(
      "arms-not-side-by-side",
      `only ${Math.round(100 * overlap.share)} % of the traffic of ${control.arm} and ${treatment.arm} ran at the ` +
        "same time, so what changed with time can't be told from the version",
    );
  if (slices !== null && !slices.resolved)
    return notComputable(
      "dependence-not-resolved",
      "requests of one arm behave alike for longer than the data can tell; more time is needed",
    );
  return null;
}

function tooFewClusters(assignment: Policy["assignment"], control: ArmData, treatment: ArmData): NotComputable {
  const counts = [control, treatment].map((arm) => {
    const clusters = arm.instances.length > 0 ? arm.instances : arm.clusters;
    return `${arm.arm} has ${new Set(clusters.flatMap(({ buckets }) => buckets.map(({ key }) => key))).size}`;
  });
  const what = assignment === "run" ? "runs" : control.instances.length > 0 ? "instances" : "units";
  return notComputable(
    control.instances.length === 0 && assignment === "request" ? "too-few-units" : "version-not-separable",
    `at least 2 ${what} per arm are needed to tell the version from them: ${counts.join(", ")}`,
  );
}

/** Variances of single records from the clusters' own means. */
function variancesOf(contributions: readonly ClusterContribution[], totals: ArmTotals): RecordVariance {
  const means = new Map<string, { n: number; total: number }>();
  for (const own of contributions) {
    for (const arm of ["control", "treatment"] as const) {
      const key = `${arm} ${own.epoch}`;
      const at = means.get(key) ?? { n: 0, total: 0 };
      at.n += own[arm].n;
      at.total += own[arm].total;
      means.set(key, at);
    }
  }
  const known = new Map<string, number>();
  return (arm, epoch) => {
    const key = `${arm} ${epoch}`;
    let variance = known.get(key);
    if (variance === undefined) {
      const { n, total } = means.get(key) ?? { n: 0, total: 0 };
      variance = n === 0 ? 0 : totals[arm].varianceOf(epoch, total / n);
      known.set(key, variance);
    }
    return variance;
  };
}

/** The clusters of both arms side by side; hashed ones meet those kept apart in the same bucket. */
function contributionsOf(
  control: readonly Cluster[],
  treatment: readonly Cluster[],
  totals: ArmTotals,
): ClusterContribution[] {
  if (control.length === 0 && treatment.length === 0) return [];
  const hashed = [...control, ...treatment].some(({ identified }) => !identified);
  const keyOf = (cluster: Cluster, { key }: UnitBucket): string =>
    hashed && cluster.identified ? String(bucketOfUnit(key)) : key;
  const found = new Map<number, Map<string, ClusterContribution>>();
  const add = (clusters: readonly Cluster[], arm: "control" | "treatment"): void => {
    for (const cluster of clusters) {
      const { epoch } = cluster;
      const ofEpoch = found.get(epoch) ?? new Map<string, ClusterContribution>();
      found.set(epoch, ofEpoch);
      for (const bucket of cluster.buckets) {
        const key = keyOf(cluster, bucket);
        const own = totals[arm].totalOf(bucket.statistics, epoch);
        const before = ofEpoch.get(key) ?? { epoch, key, control: nothing, treatment: nothing };
        const sum = { n: before[arm].n + own.n, total: before[arm].total + own.total };
        ofEpoch.set(key, { ...before, [arm]: sum });
      }
    }
  };
  add(control, "control");
  add(treatment, "treatment");
  return [...found.entries()].sort(([a], [b]) => a - b).flatMap(([, ofEpoch]) => [...ofEpoch.values()]);
}
