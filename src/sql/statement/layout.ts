import type { StatisticLayout } from "./aggregates.ts";

/**
 * Which rows a branch of the statement is about, and by what it groups them beside period and arm; `all` are also those
 * that are not part of the summary.
 */
export type Facet =
  | { readonly kind: "all" }
  | { readonly kind: "segment"; readonly field: string }
  | { readonly kind: "units"; readonly of: "unit" | "instance" };

/** How to read the rows of one branch. */
export interface PartLayout {
  readonly facet: Facet;
  /** Which statistic's buckets the rows are grouped by; `null` when there is none. */
  readonly sketch: number | null;
  /** Whether the rows also carry the other statistics. */
  readonly scalars: boolean;
  /** By position in the plan; `undefined` for statistics that another branch carries. */
  readonly statistics: readonly (StatisticLayout | undefined)[];
  /** Whether bucket and code are in one key. */
  readonly oneKey: boolean;
  /** Of the first branch: how many rows have each mapped number. */
  readonly present: readonly (readonly [field: string, index: number])[];
  readonly extent: { readonly first: number; readonly last: number } | null;
  /**
   * `zeroLatency`: how many failures carry latency 0; `null` when latency is not known; "edge" when they are the
   * failures of the rows whose own value is 0.
   */
  readonly failures: {
    readonly trials: number;
    readonly successes: number;
    readonly zeroLatency: number | "edge" | null;
  } | null;
  /** Of the first branch: by rejection, the smallest offending value. */
  readonly offending: Readonly<Record<number, number>>;
  /** Of the first branch: by field, how many values can't be used. */
  readonly unusable: readonly (readonly [string, number])[];
  /** Of unit branches: 1 where units are hashed. */
  readonly hashed: number | null;
}
