import type { ClusterContribution, RecordVariance } from "./cluster-totals.ts";
import { type Arms, armsOf } from "./cluster-totals.ts";
import type { SliceLevel } from "./noise-models.ts";

/** Records of one arm by slice, and what they add up to. */
export interface ArmSeries {
  readonly n: Float64Array;
  readonly total: Float64Array;
}

/** Slices of time of both arms, by epoch and then in order of time; several may share a slice that epochs cut. */
export interface SliceSeries {
  readonly epoch: Int32Array;
  /** Start of the slice in widths of a slice, a whole number. */
  readonly key: Float64Array;
  readonly control: ArmSeries;
  readonly treatment: ArmSeries;
}

/** The slices of contributions that come in order of epoch and time. */
export function sliceSeries(contributions: readonly ClusterContribution[]): SliceSeries {
  const numbers = (of: (own: ClusterContribution) => number): Float64Array => Float64Array.from(contributions, of);
  return {
    epoch: Int32Array.from(contributions, ({ epoch }) => epoch),
    key: numbers(({ key }) => Number(key)),
    control: { n: numbers(({ control }) => control.n), total: numbers(({ control }) => control.total) },
    treatment: { n: numbers(({ treatment }) => treatment.n), total: numbers(({ treatment }) => treatment.total) },
  };
}

/** Slices joined in pairs to slices of twice the width, within each epoch. */
export function joinNeighbours({ epoch, key, control, treatment }: SliceSeries): SliceSeries {
  const length = key.length;
  const wide = {
    epoch: new Int32Array(length),
    key: new Float64Array(length),
    control: { n: new Float64Array(length), total: new Float64Array(length) },
    treatment: { n: new Float64Array(length), total: new Float64Array(length) },
  };
  let last = -1;
  for (let i = 0; i < length; i++) {
    const at = Math.floor((key[i] as number) / 2);
    if (last < 0 || wide.key[last] !== at || wide.epoch[last] !== epoch[i]) {
      last++;
      wide.epoch[last] = epoch[i] as number;
      wide.key[last] = at;
    }
    addTo(wide.control, last, control, i);
    addTo(wide.treatment, last, treatment, i);
  }
  const used = last + 1;
  const cut = ({ n, total }: ArmSeries): ArmSeries => ({ n: n.subarray(0, used), total: total.subarray(0, used) });
  return {
    epoch: wide.epoch.subarray(0, used),
    key: wide.key.subarray(0, used),
    control: cut(wide.control),
    treatment: cut(wide.treatment),
  };
}

function addTo(into: ArmSeries, at: number, from: ArmSeries, i: number): void {
  into.n[at] = (into.n[at] as number) + (from.n[i] as number);
  into.total[at] = (into.total[at] as number) + (from.total[i] as number);
}

/** What an epoch adds: its range of slices, and its weight. */
interface EpochPart {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/**
 * How much more do slices of this width vary than those of independent requests?
 *
 * Each epoch is centred on its own means and weighted by its precision, as the common effect of all epochs is. A slice
 * that epochs cut counts once. What both arms of a slice share cancels.
 *
 * @param series - the slices.
 * @param varianceOf - of a single record.
 * @param arms - `both` for the effect treatment - control, `apart` where arms did not run at the same time, or one arm.
 * @returns `null` where fewer than 2 slices hold records, or these do not vary.
 */
export function sliceLevel(series: SliceSeries, varianceOf: RecordVariance, arms: Arms): SliceLevel | null {
  const { epoch, key } = series;
  const used = armsOf(arms);
  const epochs: EpochPart[] = [];
  let expected = 0;
  let epochCount = 0;
  for (let from = 0; from < key.length;) {
    let to = from;
    while (to < key.length && epoch[to] === epoch[from]) to++;
    epochCount++;
    const part = epochPart(series, varianceOf, used, from, to);
    if (part !== null) {
      epochs.push(part);
      expected += part.expected;
    }
    from = to;
  }
  const sums = { squares: 0, variance: 0, varianceSquares: 0, count: 0 };
  const close = (deviation: number, variance: number): void => {
    if (!(variance > 0)) return;
    sums.squares += deviation ** 2;
    sums.variance += variance;
    sums.varianceSquares += variance ** 2;
    sums.count++;
  };
  for (const group of arms === "apart" ? used.map((arm) => [arm]) : [used]) {
    let [deviation, variance, open] = [0, 0, Number.NaN];
    for (const { from, to, weight } of epochs) {
      const terms = group.map((arm) => termsOf(series[arm], varianceOf(arm, epoch[from] as number), arm, from, to));
      for (let i = from; i < to; i++) {
        // Slices of an arm apart are its own in each epoch.
        if (key[i] !== open || (arms === "apart" && i === from)) {
          close(deviation, variance);
          [deviation, variance, open] = [0, 0, key[i] as number];
        }
        for (const { own, n, mean, sign, recordVariance } of terms) {
          const records = own.n[i] as number;
          if (records === 0) continue;
          deviation += (sign * weight * ((own.total[i] as number) - mean * records)) / n;
          variance += (weight ** 2 * recordVariance * records) / n ** 2;
        }
      }
    }
    close(deviation, variance);
  }
  const { squares, variance, varianceSquares, count } = sums;
  const slices = variance ** 2 / varianceSquares;
  if (count < 2 || !(expected > 0) || !Number.isFinite(squares / expected) || !Number.isFinite(slices)) return null;
  return {
    ratio: squares / expected,
    slices,
    degreesOfFreedom: Math.max(0, slices - epochCount * (arms === "apart" ? 2 : 1)),
  };
}

type Arm = "control" | "treatment";

function epochPart(
  series: SliceSeries,
  varianceOf: RecordVariance,
  used: readonly Arm[],
  from: number,
  to: number,
): (EpochPart & { readonly expected: number }) | null {
  let variance = 0;
  const shares: number[] = [];
  for (const arm of used) {
    const own = series[arm].n;
    let [n, squares] = [0, 0];
    for (let i = from; i < to; i++) {
      n += own[i] as number;
      squares += (own[i] as number) ** 2;
    }
    if (n === 0) return null;
    const ofMean = varianceOf(arm, series.epoch[from] as number) / n;
    variance += ofMean;
    shares.push(ofMean * (1 - squares / n ** 2));
  }
  if (!(variance > 0)) return null;
  const weight = 1 / variance;
  return { from, to, weight, expected: shares.reduce((sum, own) => sum + weight ** 2 * own, 0) };
}

interface ArmTerms {
  readonly own: ArmSeries;
  readonly n: number;
  readonly mean: number;
  readonly sign: 1 | -1;
  readonly recordVariance: number;
}

function termsOf(own: ArmSeries, recordVariance: number, arm: Arm, from: number, to: number): ArmTerms {
  let [n, total] = [0, 0];
  for (let i = from; i < to; i++) {
    n += own.n[i] as number;
    total += own.total[i] as number;
  }
  return { own, n, mean: total / n, sign: arm === "control" ? -1 : 1, recordVariance };
}
