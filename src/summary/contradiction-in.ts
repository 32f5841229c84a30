import { rejectedRows } from "../records/quality.ts";
import { unitBuckets } from "./clusters.ts";
import type { Plan } from "./plan.ts";
import type { Cell, Cluster, Statistic, Summary } from "./summary.ts";

/** A place of a summary that can't be right, beside what the rest of it says. */
export interface Contradiction {
  /** Path of the field, e.g. `cells.3.period`. */
  readonly field: string;
  /** What it would have to be. */
  readonly requirement: string;
  readonly value: unknown;
}

type Found = Contradiction | undefined;

/**
 * Does a summary contradict itself?
 *
 * Summaries come from files, databases and servers that may be damaged or lie. No cell may stand twice, periods lie on
 * the plan's grid and inside its window, counts add up between cells, segments, units and quality, and no statistic
 * holds more values than its cell has records.
 *
 * @param summary - well-formed: its fields have their types, its counts are whole and not negative
 * @returns the first contradiction; `undefined` where there is none
 */
export function contradictionIn(summary: Summary): Found {
  return (
    planContradiction(summary.plan) ??
    cellContradiction(summary) ??
    clusterContradiction(summary) ??
    qualityContradiction(summary)
  );
}

function planContradiction({ arms, segments, start, end, epochStarts }: Plan): Found {
  const repeated = <T>(values: readonly T[]): number => values.findIndex((value, at) => values.indexOf(value) !== at);
  for (const [field, values] of [
    ["arms", arms],
    ["segments", segments],
  ] as const) {
    const at = repeated(values);
    if (at >= 0) return found(`plan.${field}.${at}`, "different from those before", values[at]);
  }
  if (start !== null && end !== null && end <= start) return found("plan.end", `after the start, ${start}`, end);
  const unordered = epochStarts.findIndex((at, index) => index > 0 && at <= (epochStarts[index - 1] as number));
  return unordered < 0
    ? undefined
    : found(`plan.epochStarts.${unordered}`, "after the one before", epochStarts[unordered]);
}

function cellContradiction({ plan, cells }: Summary): Found {
  const totals = new Map<string, Cell>();
  const inSegments = new Map<string, number>();
  const seen = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const { epoch, period, segment, arm, records } = cell;
    const path = `cells.${index}`;
    const key = JSON.stringify([epoch, period, segment?.field, segment?.value, arm]);
    if (seen.has(key)) return found(path, "the only cell of its epoch, period, segment and arm", key);
    seen.add(key);
    const wrong = slotContradiction(plan, cell, path) ?? statisticContradiction(cell.statistics, records, path);
    if (wrong !== undefined) return wrong;
    const place = JSON.stringify([epoch, period, arm]);
    if (segment === null) totals.set(place, cell);
    else if (!plan.segments.includes(segment.field))
      return found(`${path}.segment.field`, "one of the plan's segments", segment.field);
    else {
      const ofField = JSON.stringify([place, segment.field]);
      inSegments.set(ofField, (inSegments.get(ofField) ?? 0) + records);
    }
  }
  for (const [ofField, records] of inSegments) {
    const [place, field] = JSON.parse(ofField) as [string, string];
    const total = totals.get(place)?.records ?? 0;
    if (records > total)
      return found(`the records by ${JSON.stringify(field)}`, `at most the ${total} of their period and arm`, records);
  }
  return undefined;
}

/** Whether a cell's period and epoch are of the plan. */
function slotContradiction({ periodMs, epochStarts, start, end }: Plan, { epoch, period }: Cell, path: string): Found {
  if (epoch > epochStarts.length) return found(`${path}.epoch`, `at most ${epochStarts.length}`, epoch);
  if (period === null) return undefined;
  if (Math.floor(period / periodMs) * periodMs !== period)
    return found(`${path}.period`, `a multiple of the period's length, ${periodMs} ms`, period);
  const from = Math.max(start ?? -Infinity, epoch === 0 ? -Infinity : (epochStarts[epoch - 1] as number));
  const to = Math.min(end ?? Infinity, epochStarts[epoch] ?? Infinity);
  return period + periodMs > from && period < to
    ? undefined
    : found(`${path}.period`, "a period that overlaps its epoch and the experiment", period);
}

/** Whether statistics hold more values than there are records, or figures that no values have. */
function statisticContradiction(statistics: readonly Statistic[], records: number, path: string): Found {
  for (const [index, statistic] of statistics.entries()) {
    const at = `${path}.statistics.${index}`;
    const values = valuesOf(statistic);
    if (values > records) return found(at, `of at most the ${records} records`, values);
    if (statistic.kind !== "moments") continue;
    const { sum, sumOfSquares, sumOfSquaredDeviations } = statistic.moments;
    if (values === 0 && (sum !== 0 || sumOfSquares !== 0)) return found(at, "empty, as its count is 0", sum);
    const rounding = 1e-9 * Math.abs(sumOfSquares);
    if (values > 0 && (sumOfSquares < 0 || sumOfSquaredDeviations < -rounding))
      return found(`${at}.moments.sumOfSquares`, `at least the square of the sum over the count`, sumOfSquares);
  }
  return undefined;
}

/** How many values a statistic is of. */
function valuesOf(statistic: Statistic): number {
  switch (statistic.kind) {
    case "count":
      return statistic.trials;
    case "sketch":
      return statistic.sketch.count;
    case "moments":
      return statistic.moments.count;
    case "comoments":
      return statistic.comoments.count;
  }
}

function clusterContradiction({ plan, cells, clusters }: Summary): Found {
  const seen = new Set<string>();
  for (const [index, cluster] of clusters.entries()) {
    const { epoch, arm, identified, buckets } = cluster;
    const path = `clusters.${index}`;
    const { kind = "unit" } = cluster as { readonly kind?: string };
    const key = JSON.stringify([kind, epoch, arm]);
    if (seen.has(key)) return found(path, "the only one of its epoch and arm", key);
    seen.add(key);
    if (epoch > plan.epochStarts.length) return found(`${path}.epoch`, `at most ${plan.epochStarts.length}`, epoch);
    const keys = new Set<string>();
    for (const [at, bucket] of buckets.entries()) {
      if (keys.has(bucket.key)) return found(`${path}.buckets.${at}.key`, "different from those before", bucket.key);
      keys.add(bucket.key);
      const wrong = statisticContradiction(bucket.statistics, bucket.records, `${path}.buckets.${at}`);
      if (wrong !== undefined) return wrong;
    }
    if (kind !== "unit") continue;
    const wrongKey = identified ? undefined : buckets.find((bucket) => !isBucketNumber(bucket.key));
    if (wrongKey !== undefined) return found(`${path}.buckets`, `numbered from 0 to ${unitBuckets - 1}`, wrongKey.key);
    if (buckets.length > unitBuckets) return found(`${path}.buckets`, `at most ${unitBuckets}`, buckets.length);
    const wrong = unitsContradiction(cluster, cells, path);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function isBucketNumber(key: string): boolean {
  return /^(0|[1-9]\d?)$/u.test(key) && Number(key) < unitBuckets;
}

/** Whether the units of an arm have the records and counts of its cells. */
function unitsContradiction({ epoch, arm, buckets }: Cluster, cells: readonly Cell[], path: string): Found {
  const own = cells.filter((cell) => cell.segment === null && cell.epoch === epoch && cell.arm === arm);
  const records = total(buckets, (bucket) => bucket.records);
  const expected = total(own, (cell) => cell.records);
  if (records !== expected) return found(`${path}.buckets`, `of the ${expected} records of the arm`, records);
  for (const [index, statistic] of (buckets[0]?.statistics ?? []).entries()) {
    if (statistic.kind === "comoments") continue;
    for (const figure of [valuesOf, successesOf]) {
      const inUnits = total(buckets, (bucket) => figure(bucket.statistics[index] as Statistic));
      const inCells = total(own, (cell) => figure(cell.statistics[index] as Statistic));
      if (inUnits !== inCells)
        return found(`${path}.buckets`, `of the ${inCells} values of statistic ${index} in the cells`, inUnits);
    }
  }
  return undefined;
}

function successesOf(statistic: Statistic): number {
  return statistic.kind === "count" ? statistic.successes : 0;
}

function qualityContradiction({ plan, cells, quality }: Summary): Found {
  const { records, otherArms, outsideWindow, afterEnd, failures, extents, extent } = quality;
  const parts = records.accepted + records.filtered + records.subSamples + rejectedRows(records);
  if (records.rows !== parts)
    return found("quality.records.rows", `the accepted, filtered and rejected rows together, ${parts}`, records.rows);
  const used = cells.filter((cell) => cell.segment === null);
  const placed =
    total(used, (cell) => cell.records) + outsideWindow + total(Object.values(otherArms), (count) => count);
  if (records.accepted !== placed)
    return found(
      "quality.records.accepted",
      `the records of all cells, other arms and times, ${placed}`,
      records.accepted,
    );
  const wrongArm = byArmContradiction(quality, plan);
  if (wrongArm !== undefined) return wrongArm;
  if (afterEnd > outsideWindow)
    return found("quality.afterEnd", `at most the ${outsideWindow} records outside the window`, afterEnd);
  for (const [field, count] of Object.entries(records.missing))
    if (count > records.accepted)
      return found(`quality.records.missing.${field}`, `at most the ${records.accepted} accepted records`, count);
  for (const [arm, { count, zeroLatency }] of Object.entries(failures)) {
    const own = total(used, (cell) => (cell.arm === arm ? cell.records : 0));
    if (count > own) return found(`quality.failures.${arm}.count`, `at most the ${own} records of the arm`, count);
    if (zeroLatency > count)
      return found(`quality.failures.${arm}.zeroLatency`, `at most the ${count} failures`, zeroLatency);
  }
  return extentContradiction(plan, used, extents, extent);
}

/** Whether the counts of each arm are of an arm of the plan, and together at most those of all rows. */
function byArmContradiction({ byArm, records }: Summary["quality"], { arms }: Plan): Found {
  for (const [arm, { accepted, unusable }] of Object.entries(byArm)) {
    if (!arms.includes(arm)) return found(`quality.byArm.${arm}`, "absent: the plan has no such arm", arm);
    for (const [field, count] of Object.entries(unusable))
      if (count > accepted)
        return found(`quality.byArm.${arm}.unusable.${field}`, `at most the ${accepted} accepted records`, count);
  }
  const accepted = total(Object.values(byArm), (one) => one.accepted);
  if (accepted > records.accepted)
    return found("quality.byArm", `of at most the ${records.accepted} accepted records`, accepted);
  const rejected = total(Object.values(byArm), (one) => one.rejected);
  return rejected > rejectedRows(records)
    ? found("quality.byArm", `of at most the ${rejectedRows(records)} rejected rows`, rejected)
    : undefined;
}

/** Whether first and last instants are in order, inside the experiment, and cover the periods. */
function extentContradiction(
  { arms, start, end, periodMs }: Plan,
  used: readonly Cell[],
  extents: Summary["quality"]["extents"],
  extent: Summary["quality"]["extent"],
): Found {
  for (const [arm, { first, last }] of [
    ...Object.entries(extents),
    ...(extent === null ? [] : [["", extent] as const]),
  ]) {
    const field = arm === "" ? "quality.extent" : `quality.extents.${arm}`;
    if (arm !== "" && !arms.includes(arm)) return found(field, "absent: the plan has no such arm", arm);
    if (last < first) return found(`${field}.last`, `not before the first, ${first}`, last);
    if (extent !== null && (first < extent.first || last > extent.last))
      return found(field, "within the extent of all arms", { first, last });
    if ((start !== null && first + periodMs <= start) || (end !== null && last - periodMs >= end))
      return found(field, "within the experiment", { first, last });
  }
  if (extent === null) return undefined;
  const outside = used.find(
    ({ period, records }) =>
      period !== null && records > 0 && (period + periodMs <= extent.first || period > extent.last),
  );
  return outside === undefined
    ? undefined
    : found("quality.extent", `one that reaches into the period ${outside.period}`, extent);
}

function total<Item>(items: readonly Item[], figure: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0);
}

function found(field: string, requirement: string, value: unknown): Contradiction {
  return { field, requirement, value };
}
