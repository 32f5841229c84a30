import { isNotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import type { QuantileSketch } from "../../sketch/quantile-sketch.ts";
import { statisticFor } from "../../summary/plan.ts";
import { fieldsOf } from "../../summary/statistic.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { ArmReader } from "../data/arm-reader.ts";
import type { DataFault } from "./data-fault.ts";

/** A request that takes longer than a day is none: an instant was taken for a duration, or another unit. */
const longestDurationMs = 86_400_000;

/** Half of all requests answered faster than this: seconds were taken for milliseconds. */
const leastTypicalMs = 1;

/** This share of values beyond a limit can move a quantile; fewer are told, but keep nothing from shipping. */
const decisiveShare = 0.001;

/** Records that a judgement on a distribution needs. */
const enoughRecords = 200;

/** Factors between two units of time, and how far quantiles may be from them. */
const unitFactors = { factors: [1000, 1_000_000, 1_000_000_000], tolerance: 2 } as const;

/**
 * Are there values that no unit explains?
 *
 * A field whose name ends in `Ms` is a duration. Its values may be at most a day; half of them below 1 ms mean seconds
 * taken for milliseconds. The policy's `plausible` sets other limits, for any field.
 */
export function implausibleValues(read: ArmReader, policy: Policy, treatment: string): DataFault[] {
  const faults = new Map<string, DataFault>();
  for (const metric of policy.metrics) {
    for (const field of fieldsOf(statisticFor(metric))) {
      const found = ["quantile", "mean"].includes(metric.kind)
        ? [
            ...[policy.control, treatment].flatMap((arm) =>
              ofArm(valuesOf(read, metric, arm), field, arm, metric, policy),
            ),
            ...unitsDiffer(read, metric, field, policy, treatment),
          ]
        : [];
      for (const fault of found) {
        const key = JSON.stringify([
          fault.code,
          field,
          "arm" in fault ? fault.arm : "",
          "problem" in fault ? fault.problem : "",
        ]);
        if (faults.get(key)?.blocks !== true) faults.set(key, fault);
      }
    }
  }
  return [...faults.values()];
}

/** What is known of the values of a field: their distribution, or their mean alone. */
type Values = { readonly sketch: QuantileSketch } | { readonly mean: number; readonly count: number };

function valuesOf(read: ArmReader, metric: Metric, arm: string): Values | null {
  const statistics = read(metric, arm).epochs.filter((one): one is Statistic => one !== null);
  const sketches = statistics.flatMap((one) => (one.kind === "sketch" ? [one.sketch] : []));
  if (sketches.length > 0) {
    const [first, ...rest] = sketches as [QuantileSketch, ...QuantileSketch[]];
    return { sketch: rest.reduce((all, one) => all.merge(one), first) };
  }
  const moments = statistics.flatMap((one) => (one.kind === "moments" ? [one.moments] : []));
  const count = moments.reduce((sum, one) => sum + one.count, 0);
  return count === 0 ? null : { count, mean: moments.reduce((sum, one) => sum + one.sum, 0) / count };
}

function ofArm(values: Values | null, field: string, arm: string, metric: Metric, policy: Policy): DataFault[] {
  if (values === null || ("sketch" in values && values.sketch.count === 0)) return [];
  const isDuration = field.endsWith("Ms");
  const own =
    policy.plausible !== undefined && Object.hasOwn(policy.plausible, field) ? policy.plausible[field] : undefined;
  const most = own?.most ?? (isDuration ? longestDurationMs : undefined);
  const least = own?.least;
  const decides = metric.role !== "secondary";
  const faults: DataFault[] = [];
  const add = (problem: "above" | "below", limit: number, value: number, share: number | null): void => {
    const matters = share === null || metric.kind === "mean" || share >= decisiveShare;
    faults.push({ code: "implausible-values", blocks: decides && matters, field, arm, problem, limit, value, share });
  };
  if ("mean" in values) {
    if (most !== undefined && values.mean > most && values.mean < Infinity) add("above", most, values.mean, null);
    if (least !== undefined && values.mean < least) add("below", least, values.mean, null);
  } else {
    const { sketch } = values;
    const above = most === undefined ? 0 : sketch.countAbove(most).lower - sketch.infinityCount;
    const below = least === undefined ? 0 : sketch.rank(least).lower;
    if (most !== undefined && above > 0) add("above", most, largest(sketch), above / sketch.count);
    if (least !== undefined && sketch.min < least) add("below", least, sketch.min, Math.max(1, below) / sketch.count);
  }
  const typical = "mean" in values ? values.mean : quantileOf(values.sketch, 0.5);
  const count = "mean" in values ? values.count : values.sketch.count;
  if (isDuration && least === undefined && count >= enoughRecords && typical < leastTypicalMs)
    faults.push({
      code: "implausible-values",
      blocks: decides,
      field,
      arm,
      problem: "typical-below",
      limit: leastTypicalMs,
      value: typical,
      share: null,
    });
  return faults;
}

/** One arm's values are about 1000 (or a million) times the other's, at every quartile. */
function unitsDiffer(read: ArmReader, metric: Metric, field: string, policy: Policy, treatment: string): DataFault[] {
  if (!field.endsWith("Ms")) return [];
  const [control, treated] = [valuesOf(read, metric, policy.control), valuesOf(read, metric, treatment)];
  if (control === null || treated === null) return [];
  const levels = (values: Values): number[] =>
    "mean" in values ? [values.mean] : [0.25, 0.5, 0.75].map((share) => quantileOf(values.sketch, share));
  const counts = [control, treated].map((values) => ("mean" in values ? values.count : values.sketch.count));
  if (counts.some((count) => count < enoughRecords)) return [];
  const [a, b] = [levels(control), levels(treated)];
  const { factors, tolerance } = unitFactors;
  const isFactor = (ratio: number): boolean =>
    factors.some((factor) => ratio > factor / tolerance && ratio < factor * tolerance);
  const ratios = a.map((level, index) => (b[index] as number) / level);
  const differ = ratios.every(isFactor) || ratios.every((ratio) => isFactor(1 / ratio));
  const middle = a.length >> 1;
  return differ
    ? [
        {
          code: "units-differ",
          blocks: metric.role !== "secondary",
          field,
          control: a[middle] as number,
          treatment: b[middle] as number,
        },
      ]
    : [];
}

function quantileOf(sketch: QuantileSketch, share: number): number {
  if (sketch.count === 0) return Number.NaN;
  const found = sketch.quantile(share);
  return isNotComputable(found) ? Number.NaN : found.value;
}

/** The largest finite value: where failures count as slower than all others, the largest bucket that holds values. */
function largest(sketch: QuantileSketch): number {
  if (Number.isFinite(sketch.max)) return sketch.max;
  const { upper, count } = sketch.bins();
  const at = count.findLastIndex((records, bin) => records > 0 && Number.isFinite(upper[bin]));
  return at < 0 ? sketch.max : (upper[at] as number);
}
