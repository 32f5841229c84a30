import { cannot, SummaryError } from "../errors.ts";
import type { QuantileSketch } from "../sketch/quantile-sketch.ts";
import { periodSlot, timelessSlot } from "./periods.ts";
import { type Plan, sketchScale, type StatisticPlan } from "./plan.ts";
import { emptySummaryQuality } from "./quality-builder.ts";
import { emptyStatistic } from "./statistic.ts";
import { createSummarizer } from "./summarizer.ts";
import type { Statistic, Summary } from "./summary.ts";

/** What telemetry has already counted of one arm in one period. */
export interface CountedPart {
  readonly arm: string;
  /** Any instant of the period, milliseconds since 1970-01-01 UTC; left out when time is unknown. */
  readonly timestamp?: number | undefined;
  /** Distributions by field, in the field's unit. */
  readonly sketches?: Readonly<Record<string, QuantileSketch>> | undefined;
  /** Counts by field: records with the field, and how many of them have it true. */
  readonly counts?: Readonly<Record<string, { readonly trials: number; readonly successes: number }>> | undefined;
}

/**
 * What do histograms that telemetry has already kept come down to? For histograms decoded from OTLP, Prometheus,
 * HdrHistogram or DDSketch.
 *
 * @param parts - per arm and period: a sketch for each field with a quantile, trials and successes for each proportion.
 * @param plan - what to keep; a share above a threshold is read from the sketch when the threshold is one of its bucket
 * edges.
 * @returns a summary that merges with those of records. Its records are the largest count of a part's statistics.
 * @throws {SummaryError} when an arm is not in the plan, a part lacks a statistic of the plan, or one can't be had from
 * counts: a mean, a ratio, units, segments.
 * @example
 * ```ts
 * const [{ histogram }] = decodeOtlpJson(exported);
 * const counts = { success: { trials: 1000, successes: 997 } };
const summary = summarizeSketches([{ arm: "v1", sketches: { latencyMs: histogram }, counts }], planFor(policy));
 * ```
 */
export function summarizeSketches(parts: readonly CountedPart[], plan: Plan): Summary {
  if (plan.units || plan.segments.length > 0) {
    const field = plan.units ? "unit" : "segments";
    throw refuse(
      field,
      "left out of the policy, since counts don't tell records apart",
      plan.units ? true : plan.segments,
      "Summarize records, or drop it from the policy",
    );
  }
  const whole = createSummarizer(plan);
  for (const part of parts) {
    if (!plan.arms.includes(part.arm))
      throw refuse("arm", `one of ${JSON.stringify(plan.arms)}`, part.arm, "Correct the arm's name");
    const { epoch, period } = part.timestamp === undefined ? timelessSlot : periodSlot(plan, part.timestamp);
    const statistics = plan.statistics.map((statistic) => statisticOf(statistic, part));
    const records = Math.max(...statistics.map(countOf));
    const extent = part.timestamp === undefined ? null : { first: part.timestamp, last: part.timestamp };
    whole.absorb({
      plan,
      cells: [{ epoch, period, segment: null, arm: part.arm, records, statistics }],
      clusters: [],
      instances: [],
      slices: null,
      quality: {
        ...emptySummaryQuality,
        records: { ...emptySummaryQuality.records, rows: records, accepted: records },
        extent,
        extents: extent === null ? {} : { [part.arm]: extent },
      },
    });
  }
  return whole.summary();
}

function statisticOf(plan: StatisticPlan, part: CountedPart): Statistic {
  if (plan.kind === "moments" || plan.kind === "comoments")
    throw refuse(
      plan.kind === "moments" ? plan.field : plan.x,
      "a proportion, an exceedance or a quantile, since histograms don't hold exact means",
      plan.kind,
      "Summarize records, or drop the metric",
    );
  if (plan.kind === "count") {
    const counted = part.counts?.[plan.field];
    if (counted === undefined)
      throw refuse(
        `counts.${plan.field}`,
        "given, since a metric of the policy needs it",
        undefined,
        "Count trials and successes of each part",
      );
    if (!(
      Number.isSafeInteger(counted.trials) &&
      Number.isSafeInteger(counted.successes) &&
      counted.successes >= 0 &&
      counted.successes <= counted.trials
    )) {
      throw refuse(
        `counts.${plan.field}`,
        "whole numbers with 0 <= successes <= trials",
        counted,
        "Correct the counts",
      );
    }
    return { kind: "count", ...counted };
  }
  const sketch = part.sketches?.[plan.field];
  if (sketch === undefined)
    throw refuse(
      `sketches.${plan.field}`,
      "given, since a metric of the policy needs it",
      undefined,
      "Give the histogram of each part",
    );
  if (plan.kind === "sketch") {
    const statistic = emptyStatistic({ ...plan, scale: Math.min(plan.scale, sketch.scale, sketchScale) });
    if (statistic.kind === "sketch") statistic.sketch.absorb(sketch);
    return statistic;
  }
  const above = sketch.countAbove(plan.threshold);
  if (above.lower !== above.upper)
    throw refuse(
      `sketches.${plan.field}`,
      `told apart at the threshold ${plan.threshold}`,
      `${above.lower} to ${above.upper} values above it`,
      "Take a threshold that is a bucket edge of the histogram",
    );
  return { kind: "count", trials: sketch.count, successes: above.upper };
}

function countOf(statistic: Statistic): number {
  return statistic.kind === "count" ? statistic.trials : statistic.kind === "sketch" ? statistic.sketch.count : 0;
}

function refuse(field: string, requirement: string, value: unknown, fix: string): SummaryError {
  return new SummaryError(cannot("summarize the counts", field, requirement, value), {
    code: "counts-unusable",
    field,
    value,
    fix,
  });
}
