import type { SequentialEvidence } from "../../src/stats/anytime/evidence.ts";
import type { ConfidenceSequenceResult } from "../../src/stats/anytime/evidence.ts";
import { gaussianMixtureSequence } from "../../src/stats/anytime/mixtures/gaussian-mixture.ts";
import { mixtureLnEvidence } from "../../src/stats/anytime/mixtures/normal-mixture.ts";
import { oneQuantileSequence, quantileKernelEvidence } from "../../src/stats/anytime/quantiles/exact-quantile.ts";
import { profileQuantileDeviance } from "../../src/stats/anytime/quantiles/profile-quantile.ts";
import {
  binomialRankDeviance,
  type QuantileRegions,
  quantileRegions,
} from "../../src/stats/anytime/quantiles/quantile-positions.ts";
import {
  correctedDeviance,
  independent,
  precisionShare,
  type VarianceCorrection,
} from "../../src/stats/dependence/variance-correction.ts";
import { LatencyCounts, type LatencyLaw } from "./latency.ts";
import type { Experiment, Monitor } from "./monitor.ts";

const threshold = Math.log(20);
const p = 0.99;

/** What can be seen at a look: latencies so far by epoch, and in all. */
export interface LatencyLook {
  readonly epochs: readonly { readonly control: LatencyCounts; readonly treatment: LatencyCounts }[];
  readonly total: { readonly control: LatencyCounts; readonly treatment: LatencyCounts };
}

/** One stretch of an experiment with constant laws and a constant split. */
export interface LatencyStretch {
  readonly control: LatencyLaw;
  readonly treatment: LatencyLaw;
  readonly periods: number;
  readonly controlPerPeriod: number;
  readonly treatmentPerPeriod: number;
}

/** An experiment on latencies; every stretch is an allocation epoch. */
export function latencyExperiment(name: string, stretches: readonly LatencyStretch[]): Experiment<LatencyLook> {
  return {
    name,
    *looks(random) {
      const total = { control: new LatencyCounts(), treatment: new LatencyCounts() };
      const epochs: { control: LatencyCounts; treatment: LatencyCounts }[] = [];
      for (const { control, treatment, periods, controlPerPeriod, treatmentPerPeriod } of stretches) {
        const epoch = stretches.length === 1 ? total : { control: new LatencyCounts(), treatment: new LatencyCounts() };
        epochs.push(epoch);
        const draw = (law: LatencyLaw, requests: number, arm: "control" | "treatment"): void => {
          for (let i = 0; i < requests; i++) {
            const bucket = law.draw(random);
            epoch[arm].add(bucket);
            if (epoch !== total) total[arm].add(bucket);
          }
        };
        for (let period = 0; period < periods; period++) {
          draw(control, controlPerPeriod, "control");
          draw(treatment, treatmentPerPeriod, "treatment");
          yield { look: { epochs, total }, requests: total.control.count };
        }
      }
    },
  };
}

/** One constant stretch. */
export function steadyLatency(
  name: string,
  control: LatencyLaw,
  treatment: LatencyLaw,
  periods: number,
  perPeriod: readonly [number, number],
): Experiment<LatencyLook> {
  return latencyExperiment(name, [
    { control, treatment, periods, controlPerPeriod: perPeriod[0], treatmentPerPeriod: perPeriod[1] },
  ]);
}

/** The regions of an arm, with its counts divided by a design effect. */
export function regionsOf(counts: LatencyCounts): QuantileRegions {
  return quantileRegions(counts, counts.count * (1 - p), binomialRankDeviance(counts.count, p, 1));
}

/** ln of the default method's evidence against a P99 ratio, epochs combined. */
export function profileLnEvidence(
  epochs: LatencyLook["epochs"],
  nullRatio: number,
  correction: VarianceCorrection = independent,
): number {
  const strata = epochs.map(({ control, treatment }) => ({
    control: regionsOf(control),
    treatment: regionsOf(treatment),
  }));
  const information = epochs.reduce(
    (sum, { control, treatment }) => sum + (p * (1 - p)) / (1 / control.count + 1 / treatment.count),
    0,
  );
  const deviance = correctedDeviance(2 * profileQuantileDeviance(strata, "ratio", nullRatio), correction);
  return mixtureLnEvidence(deviance, information * precisionShare(correction));
}

/** The default method: profile mixture, stratified by epoch. */
export function profileMonitor(nullRatio = 1): Monitor<LatencyLook> {
  return {
    name: "profile mixture (default)",
    promise: "asymptotic",
    start:
      () =>
      ({ epochs }) =>
        profileLnEvidence(epochs, nullRatio) >= threshold,
  };
}

/** The default method on pooled values. */
export const pooledMonitor: Monitor<LatencyLook> = {
  name: "profile mixture, epochs not declared",
  promise: "none",
  start:
    () =>
    ({ total }) =>
      profileLnEvidence([total], 1) >= threshold,
};

/** The exact beta-mixture kernel, epochs multiplied. */
export function kernelMonitor(nullRatio = 1): Monitor<LatencyLook> {
  return {
    name: "beta-mixture kernel",
    promise: "exact",
    start:
      () =>
      ({ epochs }) =>
        (
          quantileKernelEvidence(epochs, {
            probability: p,
            effect: "ratio",
            nullEffect: nullRatio,
          }) as SequentialEvidence
        ).lnEvidence >= threshold,
  };
}

/** ln of the P99 ratio with the standard error that order statistics 1.96 binomial deviations away suggest. */
function densityEstimate({
  control,
  treatment,
}: LatencyLook["total"]): { estimate: number; standardError: number; sampleSize: number } | null {
  const arm = (counts: LatencyCounts): { ln: number; se: number } | null => {
    const expected = counts.count * (1 - p);
    const off = 1.959963984540054 * Math.sqrt(counts.count * p * (1 - p));
    if (expected - off < 1) return null;
    const at = (rank: number): number => (counts.bucketFromAbove(Math.round(rank)) + 0.5) * (Math.LN2 / 128);
    return { ln: at(expected), se: (at(expected - off) - at(expected + off)) / (2 * 1.959963984540054) };
  };
  const [c, t] = [arm(control), arm(treatment)];
  return c === null || t === null
    ? null
    : { estimate: t.ln - c.ln, standardError: Math.hypot(c.se, t.se), sampleSize: control.count + treatment.count };
}

/** GrowthBook-style: a standard error from the width of order statistics, in an asymptotic sequence. */
export const densityMonitor: Monitor<LatencyLook> = {
  name: "order-statistic width (GrowthBook)",
  promise: "none",
  start:
    () =>
    ({ total }) => {
      const effect = densityEstimate(total);
      if (effect === null) return false;
      const result = gaussianMixtureSequence(effect, { tunedSampleSize: 5000 });
      return result.computable && result.evidence.lnEvidence >= threshold;
    },
};

/** The interval for one look (MOVER on the log scale), peeked. */
export const naiveMonitor: Monitor<LatencyLook> = {
  name: "MOVER interval, peeked",
  promise: "none",
  start:
    () =>
    ({ total: { control, treatment } }) => {
      const ends = (counts: LatencyCounts): { low: number; at: number; high: number } => {
        const expected = counts.count * (1 - p);
        const off = 1.959963984540054 * Math.sqrt(counts.count * p * (1 - p));
        const ln = (rank: number): number =>
          rank < 1 ? Infinity : (counts.bucketFromAbove(Math.ceil(rank)) + 0.5) * (Math.LN2 / 128);
        return { low: ln(expected + off), at: ln(expected), high: ln(expected - off) };
      };
      const [c, t] = [ends(control), ends(treatment)];
      const difference = t.at - c.at;
      return (
        difference - Math.hypot(t.at - t.low, c.high - c.at) > 0 ||
        difference + Math.hypot(t.high - t.at, c.at - c.low) < 0
      );
    },
};

/**
 * Two sequences, one per arm at alpha / 2: reject when they do not overlap. Exact for arms that never change, hence no
 * promise here: it breaks with a ramp.
 */
export const bonferroniMonitor: Monitor<LatencyLook> = {
  name: "per-arm sequences, Bonferroni",
  promise: "none",
  start:
    () =>
    ({ total }) => {
      const [c, t] = [total.control, total.treatment].map(
        (counts) =>
          (oneQuantileSequence(counts, { probability: p, alpha: 0.025 }) as ConfidenceSequenceResult).interval,
      ) as [readonly [number, number], readonly [number, number]];
      return c[0] > t[1] || t[0] > c[1];
    },
};
