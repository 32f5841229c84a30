import type { Arms, RecordVariance } from "../../stats/dependence/cluster-totals.ts";
import { type SliceCorrection, sliceCorrection } from "../../stats/dependence/slice-correction.ts";
import type { ArmSeries, SliceSeries } from "../../stats/dependence/slice-series.ts";
import type { Cluster, Summary, UnitBucket } from "../../summary/summary.ts";
import type { ClusterTotals } from "../metrics/cluster-totals.ts";
import type { ArmData } from "./arm-data.ts";

/** What a metric counts of both arms. */
export interface ArmTotals {
  readonly control: ClusterTotals;
  readonly treatment: ClusterTotals;
}

/** The slices of both arms as a metric counts them. */
export interface CountedSlices {
  readonly series: SliceSeries;
  readonly varianceOf: RecordVariance;
  readonly counted: ClusterTotals["counted"];
}

/** Counts a metric in the slices of both arms; `null` where neither has any. */
export function countedSlices(control: ArmData, treatment: ArmData, totals: ArmTotals): CountedSlices | null {
  if (control.slices.length === 0 && treatment.slices.length === 0) return null;
  const series = seriesOf(control.slices, treatment.slices, totals);
  return { series, varianceOf: varianceWithin(series, totals), counted: totals.control.counted };
}

/** What slices show of metrics other than the one in question, kept by the summary that they were read from. */
const known = new WeakMap<Summary, Map<string, SliceCorrection | null>>();

/** The correction for the latency of two arms, which all their metrics share. */
export function pilotCorrection(
  control: ArmData,
  treatment: ArmData,
  totals: ArmTotals,
  arms: Arms,
  independent: number,
): SliceCorrection | null {
  const ofSummary = known.get(control.summary) ?? new Map<string, SliceCorrection | null>();
  known.set(control.summary, ofSummary);
  const key = JSON.stringify([control.arm, treatment.arm, arms]);
  const before = ofSummary.get(key);
  if (before !== undefined) return before;
  const slices = countedSlices(control, treatment, totals);
  const found =
    slices === null
      ? null
      : sliceCorrection(slices.series, slices.varianceOf, arms, { counted: slices.counted, prior: { independent } });
  ofSummary.set(key, found);
  return found;
}

interface EpochBuckets {
  readonly control: readonly UnitBucket[];
  readonly treatment: readonly UnitBucket[];
}

/** The slices of both arms side by side, by epoch and time. */
function seriesOf(control: readonly Cluster[], treatment: readonly Cluster[], totals: ArmTotals): SliceSeries {
  const epochs = [...new Set([...control, ...treatment].map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const most = [...control, ...treatment].reduce((sum, { buckets }) => sum + buckets.length, 0);
  const numbers = (): ArmSeries => ({ n: new Float64Array(most), total: new Float64Array(most) });
  const series = { epoch: new Int32Array(most), key: new Float64Array(most), control: numbers(), treatment: numbers() };
  let length = 0;
  for (const epoch of epochs) {
    const buckets: EpochBuckets = { control: bucketsOf(control, epoch), treatment: bucketsOf(treatment, epoch) };
    const at = { control: 0, treatment: 0 };
    for (;;) {
      const [c, t] = [buckets.control[at.control], buckets.treatment[at.treatment]];
      if (c === undefined && t === undefined) break;
      const key = Math.min(keyOf(c), keyOf(t));
      for (const arm of ["control", "treatment"] as const) {
        const bucket = buckets[arm][at[arm]];
        if (keyOf(bucket) !== key) continue;
        const { n, total } = totals[arm].totalOf((bucket as UnitBucket).statistics, epoch);
        series[arm].n[length] = n;
        series[arm].total[length] = total;
        at[arm]++;
      }
      series.epoch[length] = epoch;
      series.key[length] = key;
      length++;
    }
  }
  const cut = ({ n, total }: ArmSeries): ArmSeries => ({ n: n.subarray(0, length), total: total.subarray(0, length) });
  return {
    epoch: series.epoch.subarray(0, length),
    key: series.key.subarray(0, length),
    control: cut(series.control),
    treatment: cut(series.treatment),
  };
}

/** Keys ascend; an arm has one list an epoch. */
function bucketsOf(clusters: readonly Cluster[], epoch: number): readonly UnitBucket[] {
  return clusters.find((own) => own.epoch === epoch)?.buckets ?? [];
}

function keyOf(bucket: UnitBucket | undefined): number {
  return bucket === undefined ? Infinity : Number(bucket.key);
}

/** Variances of single records from the means of the slices' own records. */
function varianceWithin({ epoch, control, treatment }: SliceSeries, totals: ArmTotals): RecordVariance {
  const known = { control: new Map<number, number>(), treatment: new Map<number, number>() };
  const series = { control, treatment };
  return (arm, own) => {
    const before = known[arm].get(own);
    if (before !== undefined) return before;
    let [n, total] = [0, 0];
    for (let i = 0; i < epoch.length; i++) {
      if (epoch[i] !== own) continue;
      n += series[arm].n[i] as number;
      total += series[arm].total[i] as number;
    }
    const variance = n === 0 ? 0 : totals[arm].varianceOf(own, total / n);
    known[arm].set(own, variance);
    return variance;
  };
}
