import { SummaryError } from "../errors.ts";
import { createSummarizer } from "./summarizer.ts";
import type { Summary } from "./summary.ts";

/**
 * What would the summary of all these records together have been?
 *
 * @param summaries - at least one, all of the same plan; their order does not matter.
 * @returns the same summary, to the bit, as summarizing all records at once, but for the examples of rejected rows.
 * @throws {SummaryError} when there is none, or when two plans differ; it says in what.
 * @example
 * ```ts
 * const week = mergeSummaries([monday, tuesday, wednesday]);
 * ```
 */
export function mergeSummaries(summaries: readonly Summary[]): Summary {
  const [first, ...others] = summaries;
  if (first === undefined) {
    throw new SummaryError("Cannot merge summaries: summaries must be at least one, current value is none", {
      code: "nothing-to-merge",
      field: "summaries",
      value: [],
      fix: "Give at least one",
    });
  }
  const merged = createSummarizer(first.plan);
  for (const summary of [first, ...others]) merged.absorb(summary);
  return merged.summary();
}
