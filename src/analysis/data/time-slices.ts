import type { Summary, TimeSlices, UnitBucket } from "../../summary/summary.ts";

/** What was made of cells before: every metric of an analysis reads the same. */
const knownPeriods = new WeakMap<Summary["cells"], TimeSlices | null>();

/**
 * The slices of time of a summary; where its source gave none, its periods serve as slices.
 *
 * @returns `null` where the policy asks for none, or records have no timestamps.
 */
export function slicesOf({ slices, cells, plan }: Summary): TimeSlices | null {
  if (slices !== null) return slices;
  if (!plan.dependence) return null;
  const known = knownPeriods.get(cells);
  if (known !== undefined) return known;
  const found = cells.some(({ period }) => period === null) ? null : periodSlices(cells, plan.periodMs);
  knownPeriods.set(cells, found);
  return found;
}

function periodSlices(cells: Summary["cells"], widthMs: number): TimeSlices {
  const found = new Map<string, { epoch: number; arm: string; identified: boolean; buckets: UnitBucket[] }>();
  for (const { epoch, arm, segment, period, records, statistics } of cells) {
    if (segment !== null) continue;
    const key = `${epoch} ${arm}`;
    const series = found.get(key) ?? { epoch, arm, identified: true, buckets: [] };
    found.set(key, series);
    series.buckets.push({ key: String(Math.round((period as number) / widthMs)), records, statistics });
  }
  const series = [...found.values()];
  for (const { buckets } of series) buckets.sort((a, b) => Number(a.key) - Number(b.key));
  return { widthMs, series };
}
