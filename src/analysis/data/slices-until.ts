import type { TimeSlices } from "../../summary/slices.ts";

/** The slices that end by an instant (milliseconds since 1970-01-01 UTC); one that reaches beyond it is left out. */
export function slicesUntil(slices: TimeSlices | null, until: number): TimeSlices | null {
  if (slices === null || until === Infinity) return slices;
  const { widthMs, series } = slices;
  return {
    widthMs,
    series: series.map((own) => ({
      ...own,
      buckets: own.buckets.filter(({ key }) => (Number(key) + 1) * widthMs <= until),
    })),
  };
}
