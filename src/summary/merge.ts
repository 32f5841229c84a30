import { SummaryError } from "../errors.ts";
import { createSummarizer } from "./summarizer.ts";
import type { Summary } from "./summary.ts";

/**
 * What would the summary of all these records together have been?
 *
 * @param summaries - at least one, all of the same plan; their order does not matter. Those that were decoded must not
 * hold the same records: each text is counted once.
 * @returns the same summary, to the bit, as summarizing all records at once, but for the examples of rejected rows and
 * for `sources`.
 * @throws {SummaryError} when there is none, when two plans differ (it says in what), or when two are, or were made of,
 * the same encoded summary (it says which).
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
  const sources = distinctSources(summaries, (index) => `summaries[${index}]`);
  const merged = createSummarizer(first.plan);
  for (const summary of [first, ...others]) merged.absorb(summary);
  return sources.length === 0 ? merged.summary() : { ...merged.summary(), sources };
}

/**
 * The encoded summaries that these were made of, in ascending order.
 *
 * @param nameOf - how to name the summary at an index, e.g. by its file
 * @throws {SummaryError} `counted-twice` when one is among them twice, naming both places
 */
export function distinctSources(summaries: readonly Summary[], nameOf: (index: number) => string): string[] {
  const holders = new Map<string, number>();
  for (const [index, { sources = [] }] of summaries.entries())
    for (const source of sources) {
      const before = holders.get(source);
      if (before !== undefined) throw countedTwice(nameOf(before), nameOf(index), source);
      holders.set(source, index);
    }
  return [...holders.keys()].sort();
}

function countedTwice(first: string, second: string, source: string): SummaryError {
  return new SummaryError(
    `Cannot merge summaries: each must hold records that no other holds, current value is ${first} and ${second}, ` +
      `which are, or were made of, the same summary (${source.slice(0, 19)}...)`,
    { code: "counted-twice", field: second, value: source, fix: `Leave out ${second}` },
  );
}
