import { SummaryError, showValue } from "../errors.ts";
import { mergeQuality } from "../records/quality.ts";
import { CellTable } from "./cell-table.ts";
import { ClusterTable } from "./cluster-table.ts";
import type { Plan } from "./plan.ts";
import type { Summary, SummaryQuality } from "./summary.ts";

/**
 * What would the summary of all these records together have been?
 *
 * @param summaries - at least one, all of the same plan; their order does not matter.
 * @returns the same summary, to the bit, as summarizing all records at once, but for the examples of rejected rows.
 * @throws SummaryError when there is none, or when two plans differ; it says in what.
 * @example
 * ```ts
 * const week = mergeSummaries([monday, tuesday, wednesday]);
 * ```
 */
export function mergeSummaries(summaries: readonly Summary[]): Summary {
  const [first, ...others] = summaries;
  if (first === undefined) {
    throw new SummaryError("Cannot merge summaries: summaries must be at least one, current value is none", { code: "nothing-to-merge", field: "summaries", value: [], fix: "Give at least one" });
  }
  for (const other of others) requireSamePlan(first.plan, other.plan);
  const cells = new CellTable(first.plan);
  const clusters = new ClusterTable(first.plan);
  for (const summary of summaries) {
    for (const cell of summary.cells) cells.absorb(cell);
    for (const cluster of summary.clusters) clusters.absorb(cluster);
  }
  return { plan: first.plan, cells: cells.build(), clusters: clusters.build(), quality: summaries.map(({ quality }) => quality).reduce(addQuality) };
}

function requireSamePlan(a: Plan, b: Plan): void {
  for (const key of Object.keys(a) as (keyof Plan)[]) {
    if (JSON.stringify(a[key]) === JSON.stringify(b[key])) continue;
    throw new SummaryError(`Cannot merge summaries: plan.${key} must be the same, current values are ${showValue(a[key])} and ${showValue(b[key])}`, {
      code: "different-plans", field: `plan.${key}`, value: b[key], fix: "Summarize both with the same policy",
    });
  }
}

function addQuality(a: SummaryQuality, b: SummaryQuality): SummaryQuality {
  const otherArms = { ...a.otherArms };
  for (const [arm, count] of Object.entries(b.otherArms)) otherArms[arm] = (otherArms[arm] ?? 0) + count;
  const failures = { ...a.failures };
  for (const [arm, { count, zeroLatency }] of Object.entries(b.failures)) {
    const before = failures[arm] ?? { count: 0, zeroLatency: 0 };
    failures[arm] = { count: before.count + count, zeroLatency: before.zeroLatency + zeroLatency };
  }
  const extents = [a.extent, b.extent].filter((extent) => extent !== null);
  return {
    records: mergeQuality(a.records, b.records),
    otherArms: sorted(otherArms),
    outsideWindow: a.outsideWindow + b.outsideWindow,
    failures: sorted(failures),
    extent: extents.length === 0 ? null : { first: Math.min(...extents.map(({ first }) => first)), last: Math.max(...extents.map(({ last }) => last)) },
  };
}

function sorted<Value>(counts: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
