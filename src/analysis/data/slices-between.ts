import type { TimeSlices } from "../../summary/summary.ts";

/** The slices that lie wholly within a time, milliseconds since 1970-01-01 UTC; what reaches beyond it is left out. */
export function slicesBetween(slices: TimeSlices | null, from: number, until: number): TimeSlices | null {
  if (slices === null) return slices;
  const { widthMs, series } = slices;
  return {
    widthMs,
    series: series.map((own) => ({
      ...own,
      buckets: own.buckets.filter(({ key }) => Number(key) * widthMs >= from && (Number(key) + 1) * widthMs <= until),
    })),
  };
}
