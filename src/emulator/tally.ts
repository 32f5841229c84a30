import type { ArmFigures } from "../api/index.ts";
import { isNotComputable } from "../errors.ts";
import { QuantileSketch } from "../index.ts";
import { histogramOf } from "./histogram-json.ts";
import type { ServedRequest } from "./traffic.ts";

/** How much of what it knows a results answer tells. */
export type ResultsDetail = "rates" | "counts" | "percentiles" | "histograms";

/** Running counts of one arm over some stretch of time. */
export interface Tally {
  requests: number;
  successes: number;
  satisfactionSum: number;
  satisfactionCount: number;
  readonly latency: QuantileSketch;
}

export function emptyTally(): Tally {
  return { requests: 0, successes: 0, satisfactionSum: 0, satisfactionCount: 0, latency: new QuantileSketch() };
}

/** Counts one request. */
export function count(tally: Tally, served: ServedRequest): void {
  tally.requests += 1;
  if (served.success) tally.successes += 1;
  tally.latency.add(served.latencyMs);
  if (served.satisfaction !== undefined) {
    tally.satisfactionSum += served.satisfaction;
    tally.satisfactionCount += 1;
  }
}

/** Adds a part to a whole. */
export function addTally(whole: Tally, part: Tally): void {
  whole.requests += part.requests;
  whole.successes += part.successes;
  whole.satisfactionSum += part.satisfactionSum;
  whole.satisfactionCount += part.satisfactionCount;
  whole.latency.absorb(part.latency);
}

/** The figures of a tally, as far as the detail allows. Without requests there is no rate: null. */
export function figuresOf(tally: Tally, detail: ResultsDetail): ArmFigures {
  const success_rate = tally.requests === 0 ? null : tally.successes / tally.requests;
  if (detail === "rates") return { success_rate };
  const counts = { success_rate, request_count: tally.requests, success_count: tally.successes };
  const satisfaction =
    tally.satisfactionCount === 0 ? {} : { user_satisfaction_score: tally.satisfactionSum / tally.satisfactionCount };
  if (detail === "counts") return { ...counts, ...satisfaction };
  const percentiles =
    tally.requests === 0
      ? {}
      : Object.fromEntries([50, 90, 95, 99].map((p) => [`latency_p${p}`, percentile(tally.latency, p / 100)]));
  if (detail === "percentiles") return { ...counts, ...satisfaction, ...percentiles };
  return { ...counts, ...satisfaction, ...percentiles, latency_histogram: histogramOf(tally.latency) };
}

function percentile(latency: QuantileSketch, probability: number): number | undefined {
  const estimate = latency.quantile(probability);
  return isNotComputable(estimate) ? undefined : estimate.value;
}
