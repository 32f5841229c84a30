import { asksForOther } from "../records/require-sensible.ts";
import type { QuantileSketch } from "../sketch/quantile-sketch.ts";
import { unitBuckets } from "./clusters.ts";
import type { StatisticPlan } from "./plan.ts";
import { otherValues } from "./segment-values.ts";
import { mergeStatistics } from "./statistic.ts";
import type { Statistic, Summary } from "./summary.ts";

/** Something in the records that deserves a look before their figures are believed. */
export type QualityFinding =
  /** Request ids that came more than once; an estimate from a sample when `exact` is false. */
  | { readonly code: "duplicate-requests"; readonly records: number; readonly share: number; readonly exact: boolean }
  /** Units that were seen in more than one arm: the split was not kept. */
  | { readonly code: "units-in-several-arms"; readonly units: number; readonly share: number; readonly exact: boolean }
  /** Accepted records whose timestamp is at the end of the experiment or later. */
  | { readonly code: "late-records"; readonly count: number }
  /** An arm begins later or ends earlier than the others by more than a period. */
  | {
      readonly code: "arm-missing-for-part";
      readonly arm: string;
      readonly first: number;
      readonly last: number;
      readonly overall: { readonly first: number; readonly last: number };
    }
  /** Periods between the first and the last in which an arm has no records. */
  | { readonly code: "gaps-in-periods"; readonly arm: string; readonly periods: number; readonly of: number }
  /** All values of a field are the same. */
  | { readonly code: "constant-field"; readonly field: string; readonly arm: string; readonly value: number }
  /** Slow requests pile up at one value, as timeouts do. */
  | {
      readonly code: "values-piled-up";
      readonly field: string;
      readonly arm: string;
      readonly lower: number;
      readonly upper: number;
      readonly share: number;
    }
  /** One unit, or one of `unitBuckets` hash buckets of units, has so large a share of an arm's records. */
  | { readonly code: "dominant-unit"; readonly arm: string; readonly unit: string | null; readonly share: number }
  /** Every record meets a condition that asks for anything but some value, which no record has. */
  | { readonly code: "condition-always-met"; readonly field: string; readonly expression: string }
  /** A segment field has more values than are kept apart. */
  | { readonly code: "too-many-segment-values"; readonly field: string; readonly records: number };

/** Shares from which on something is worth telling. */
const worthTelling = { duplicates: 0.001, crossover: 0.001, pile: 0.005, unit: 0.1 } as const;
/** Records that a judgement on a distribution needs. */
const enoughRecords = 200;

/**
 * What looks wrong in the records of a summary? All of it follows from the statistics that are kept anyway, so it is
 * the same from files, databases and merges.
 *
 * @param merged - the same records with periods merged, for findings that don't ask for periods; default the summary
 * itself.
 * @returns findings in a fixed order; empty when nothing stands out.
 */
export function findingsOf(summary: Summary, merged: Summary = summary): QualityFinding[] {
  const { plan, quality } = summary;
  return [
    ...duplicates(summary),
    ...crossovers(summary),
    ...(quality.afterEnd > 0 ? [{ code: "late-records", count: quality.afterEnd } as const] : []),
    ...partialArms(summary),
    ...gaps(summary),
    ...plan.arms.flatMap((arm) => oddFields(merged, arm)),
    ...dominantUnits(summary),
    ...alwaysMet(summary),
    ...plan.segments.flatMap((field): QualityFinding[] => {
      const records = summary.cells
        .filter(({ segment }) => segment?.field === field && segment.value === otherValues)
        .reduce((sum, cell) => sum + cell.records, 0);
      return records > 0 ? [{ code: "too-many-segment-values", field, records }] : [];
    }),
  ];
}

/** Conditions of which it can't be told whether nothing went wrong or the value they ask about is misspelt. */
function alwaysMet({ quality: { records } }: Summary): QualityFinding[] {
  return (records.conditions ?? [])
    .filter(({ met, missed }) => met && !missed && records.accepted >= enoughRecords)
    .filter(({ field, expression }) => field === "success" && asksForOther(expression))
    .map(({ field, expression }) => ({ code: "condition-always-met", field, expression }));
}

function duplicates({ quality: { requestIds } }: Summary): QualityFinding[] {
  if (requestIds === null) return [];
  const { notes, complete } = requestIds;
  const sightings = notes.reduce((sum, count) => sum + count, 0);
  const repeated = sightings - notes.length;
  const share = repeated / sightings;
  if (repeated === 0 || share < worthTelling.duplicates) return [];
  return [
    {
      code: "duplicate-requests",
      records: complete ? repeated : Math.round((requestIds.distinct * repeated) / notes.length),
      share,
      exact: complete,
    },
  ];
}

function crossovers({ plan, quality: { unitArms } }: Summary): QualityFinding[] {
  if (!plan.units || unitArms === null) return [];
  const { notes, complete } = unitArms;
  const crossed = notes.filter((arms) => (arms & (arms - 1)) !== 0).length;
  const share = crossed / notes.length;
  if (crossed === 0 || share < worthTelling.crossover) return [];
  return [
    {
      code: "units-in-several-arms",
      units: complete ? crossed : Math.round(unitArms.distinct * share),
      share,
      exact: complete,
    },
  ];
}

function partialArms({ plan, quality: { extents, extent } }: Summary): QualityFinding[] {
  if (extent === null) return [];
  return Object.entries(extents).flatMap(([arm, { first, last }]): QualityFinding[] =>
    first - extent.first > plan.periodMs || extent.last - last > plan.periodMs
      ? [{ code: "arm-missing-for-part", arm, first, last, overall: extent }]
      : [],
  );
}

function gaps({ plan, cells, quality: { extents } }: Summary): QualityFinding[] {
  return Object.entries(extents).flatMap(([arm, { first, last }]): QualityFinding[] => {
    const of = Math.floor(last / plan.periodMs) - Math.floor(first / plan.periodMs) + 1;
    const present = new Set(
      cells.filter((cell) => cell.arm === arm && cell.segment === null).map(({ period }) => period),
    ).size;
    return present < of ? [{ code: "gaps-in-periods", arm, periods: of - present, of }] : [];
  });
}

function oddFields({ plan, cells }: Summary, arm: string): QualityFinding[] {
  const lists = cells.filter((cell) => cell.arm === arm && cell.segment === null).map(({ statistics }) => statistics);
  if (lists.length === 0) return [];
  const merged = mergeStatistics(plan.statistics, lists);
  return plan.statistics.flatMap((statistic, index) => oddField(statistic, merged[index] as Statistic, arm));
}

function oddField(plan: StatisticPlan, statistic: Statistic, arm: string): QualityFinding[] {
  if (statistic.kind === "moments" && plan.kind === "moments") {
    const { moments } = statistic;
    return moments.count >= enoughRecords && moments.sumOfSquaredDeviations === 0
      ? [{ code: "constant-field", field: plan.field, arm, value: moments.mean }]
      : [];
  }
  if (statistic.kind !== "sketch" || plan.kind !== "sketch" || statistic.sketch.count < enoughRecords) return [];
  const { sketch } = statistic;
  if (sketch.min === sketch.max) return [{ code: "constant-field", field: plan.field, arm, value: sketch.min }];
  return pileOf(sketch).map((pile) => ({ code: "values-piled-up", field: plan.field, arm, ...pile }));
}

/** The fullest bin beyond the P90, when it stands far above those around it. */
function pileOf(sketch: QuantileSketch): { readonly lower: number; readonly upper: number; readonly share: number }[] {
  const { lower, upper, count } = sketch.bins();
  let from = 0;
  for (let rank = 0; from < count.length && rank + (count[from] as number) <= 0.9 * sketch.count; from++)
    rank += count[from] as number;
  let best = -1;
  for (let bin = from; bin < count.length; bin++)
    if (Number.isFinite(upper[bin]) && (best < 0 || (count[bin] as number) > (count[best] as number))) best = bin;
  if (best < 0) return [];
  const pile = count[best] as number;
  const around = neighbours(upper, count, best);
  return pile >= worthTelling.pile * sketch.count && pile > 20 && pile > 8 * around
    ? [{ lower: lower[best] as number, upper: upper[best] as number, share: pile / sketch.count }]
    : [];
}

/**
 * Mean count of the filled bins within a factor of 1.5 of a bin; empty ones say nothing where values are whole numbers.
 */
function neighbours(upper: ArrayLike<number>, count: ArrayLike<number>, at: number): number {
  let records = 0;
  let bins = 0;
  for (let bin = 0; bin < count.length; bin++) {
    const ratio = (upper[bin] as number) / (upper[at] as number);
    if (bin === at || ratio > 1.5 || ratio < 1 / 1.5) continue;
    records += count[bin] as number;
    bins++;
  }
  return bins === 0 ? 0 : records / bins;
}

function dominantUnits({ clusters }: Summary): QualityFinding[] {
  return clusters.flatMap(({ arm, identified, buckets }): QualityFinding[] => {
    const records = buckets.reduce((sum, bucket) => sum + bucket.records, 0);
    const largest = buckets.reduce((most, bucket) => (bucket.records > most.records ? bucket : most));
    const share = largest.records / records;
    const expected = identified ? 1 / buckets.length : 1 / unitBuckets;
    return buckets.length > 1 && share > worthTelling.unit + expected && share > 3 * expected
      ? [{ code: "dominant-unit", arm, unit: identified ? largest.key : null, share }]
      : [];
  });
}
