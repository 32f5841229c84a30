import type { Cell, Summary } from "../../summary/summary.ts";
import { slicesBetween } from "./slices-between.ts";

/**
 * The summary as it was at an instant: the records of all periods that end by then.
 *
 * @param until - end of a period, milliseconds since 1970-01-01 UTC.
 * @returns the same summary without later cells. Units are not kept by period, so that those of an epoch are the units
 * of the whole epoch; what was rejected is that of all data, too.
 */
export function summaryUntil(summary: Summary, until: number): Summary {
  const cells = summary.cells.filter((cell) => endOfCell(cell, summary) <= until);
  const epochs = new Set(cells.map(({ epoch }) => epoch));
  const { extent } = summary.quality;
  return {
    ...summary,
    cells,
    clusters: summary.clusters.filter(({ epoch }) => epochs.has(epoch)),
    instances: summary.instances.filter(({ epoch }) => epochs.has(epoch)),
    slices: slicesBetween(summary.slices, -Infinity, until),
    quality: {
      ...summary.quality,
      outsideWindow: 0,
      extent: extent === null ? null : { first: extent.first, last: Math.min(extent.last, until - 1) },
    },
  };
}

/**
 * The records of all periods that end later than an instant.
 *
 * @param until - end of a period, milliseconds since 1970-01-01 UTC.
 */
export function summaryAfter(summary: Summary, until: number): Summary {
  return {
    ...summary,
    cells: summary.cells.filter((cell) => endOfCell(cell, summary) > until),
    slices: slicesBetween(summary.slices, until, Infinity),
  };
}

/**
 * When a cell's records end, milliseconds since 1970-01-01 UTC; -Infinity without timestamps. Where a change of the
 * allocation cuts a period, its first part ends at the change.
 */
export function endOfCell({ period, epoch }: Cell, { plan: { periodMs, epochStarts } }: Pick<Summary, "plan">): number {
  return period === null ? -Infinity : Math.min(period + periodMs, epochStarts[epoch] ?? Infinity);
}
