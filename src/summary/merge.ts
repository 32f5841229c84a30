import { SummaryError, showValue } from "../errors.ts";
import { CellTable } from "./cell-table.ts";
import { ClusterTable } from "./cluster-table.ts";
import type { Plan } from "./plan.ts";
import { addSummaryQuality } from "./quality-builder.ts";
import type { Summary } from "./summary.ts";

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
  return { plan: first.plan, cells: cells.build(), clusters: clusters.build(), quality: summaries.map(({ quality }) => quality).reduce(addSummaryQuality) };
}

function requireSamePlan(a: Plan, b: Plan): void {
  for (const key of Object.keys(a) as (keyof Plan)[]) {
    if (JSON.stringify(a[key]) === JSON.stringify(b[key])) continue;
    throw new SummaryError(`Cannot merge summaries: plan.${key} must be the same, current values are ${showValue(a[key])} and ${showValue(b[key])}`, {
      code: "different-plans", field: `plan.${key}`, value: b[key], fix: "Summarize both with the same policy",
    });
  }
}
