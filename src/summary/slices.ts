import type { StatisticPlan } from "./plan.ts";

/** Width of the narrowest slice, milliseconds. */
export const narrowestSliceMs = 62.5;

/** Most slices that hold records; more make all slices twice as wide. */
export const mostSlices = 256;

/**
 * Resolution of the sketches kept per slice: they only serve to count the requests beyond a quantile, and any bound
 * near it serves as well; buckets of 9 %.
 */
const sliceSketchScale = 3;

/** The statistics to keep per slice for those of a cell. */
export function sliceStatistics(statistics: readonly StatisticPlan[]): StatisticPlan[] {
  return statistics.map((plan) => (plan.kind === "sketch" ? { ...plan, scale: sliceSketchScale } : plan));
}

/** The slice that an instant belongs to: its start divided by the width. */
export function sliceOf(timestamp: number, widthMs: number): number {
  return Math.floor(timestamp / widthMs);
}

/** The narrowest width, from `widthMs` on, at which these slices are few enough. */
export function fittingWidth(keys: Iterable<number>, widthMs: number): number {
  let distinct = new Set(keys);
  let width = widthMs;
  while (distinct.size > mostSlices) {
    width *= 2;
    distinct = new Set([...distinct].map((key) => Math.floor(key / 2)));
  }
  return width;
}
