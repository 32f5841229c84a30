import { QuantileSketch } from "../../index.ts";
import type { StatisticPlan } from "../../summary/plan.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { ArmFigures, LatencyHistogram } from "./results-payload.ts";

/** A statistic, or one sentence why these figures don't give it. */
export type FigureStatistic = Statistic | { readonly kind: "unavailable"; readonly reason: string };

/** The name by which records, and so policies, know the API's latencies and outcomes. */
const latencyField = "latencyMs";
const successField = "success";

/** Can this statistic be had from the figures the API gives of an arm? */
export function statisticFrom(plan: StatisticPlan, figures: ArmFigures): FigureStatistic {
  switch (plan.kind) {
    case "count":
      return plan.field === successField ? successes(figures) : unavailable(`the API counts no ${plan.field}`);
    case "sketch": {
      if (plan.field !== latencyField) return unavailable(`the API gives no distribution of ${plan.field}`);
      const { latency_histogram: histogram } = figures;
      if (histogram === undefined) return unavailable(noHistogram);
      const sketch = sketchOf(histogram);
      return { kind: "sketch", sketch: sketch.scale > plan.scale ? sketch.scaleDown(plan.scale) : sketch };
    }
    case "count-above": {
      const { latency_histogram: histogram } = figures;
      if (plan.field !== latencyField) return unavailable(`the API counts no ${plan.field} above ${plan.threshold}`);
      if (histogram === undefined) return unavailable(noHistogram);
      const { lower, upper } = sketchOf(histogram).countAbove(plan.threshold);
      if (lower === upper) return { kind: "count", trials: histogram.count, successes: lower };
      return unavailable(
        `the threshold ${plan.threshold} lies within a bucket of the histogram, so between ${lower} and ` +
          `${upper} requests are above it`,
      );
    }
    case "moments":
      return unavailable(
        `the API gives a mean of ${plan.field} at most, and without its spread a mean has no interval`,
      );
    case "comoments":
      return unavailable(`the API gives neither ${plan.x} nor ${plan.y} of single requests`);
  }
}

const noHistogram =
  "there is no latency_histogram: a percentile alone has no known error, and percentiles of hours can't be " +
  "averaged or added up to that of a day, because the slowest 1 % of all requests aren't the slowest 1 % of " +
  "each hour";

function unavailable(reason: string): FigureStatistic {
  return { kind: "unavailable", reason };
}

function successes(figures: ArmFigures): FigureStatistic {
  const { request_count: requests, success_count: counted, success_rate: rate } = figures;
  if (requests === undefined)
    return unavailable("there is no request_count: a rate alone has no sample size, so no interval and no test");
  if (requests === 0) return { kind: "count", trials: 0, successes: 0 };
  if (counted === undefined && typeof rate !== "number")
    return unavailable("there is neither success_count nor success_rate");
  return { kind: "count", trials: requests, successes: counted ?? Math.round((rate as number) * requests) };
}

/**
 * How far off may a number of successes be that was worked out from a rate?
 *
 * @returns requests, half a unit of the rate's last decimal; 0 where that is less than half a request, or where
 * successes were counted
 */
export function successUncertainty(figures: ArmFigures): number {
  const { request_count: requests, success_count: counted, success_rate: rate } = figures;
  if (counted !== undefined || requests === undefined || typeof rate !== "number") return 0;
  const decimals = /\.(\d+)$/.exec(String(rate))?.[1]?.length ?? (Number.isInteger(rate) ? 2 : 17);
  const off = 0.5 * 10 ** -decimals * requests;
  return off < 0.5 ? 0 : Math.ceil(off);
}

function sketchOf(histogram: LatencyHistogram): QuantileSketch {
  const { scale, zero_count: zeroCount = 0, positive, min, max, sum } = histogram;
  return QuantileSketch.fromCounts({
    scale,
    zeroCount,
    positive: [{ offset: positive.offset, counts: positive.bucket_counts }],
    min,
    max,
    sum,
  });
}
