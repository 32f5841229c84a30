import type { ArmDamage, RecordQuality } from "./quality.ts";

/**
 * A column of repeated texts: row i holds `values[codes[i]]`; code -1 means missing. Batches of one source share their
 * `values`, which only grow.
 */
export interface TextColumn {
  readonly values: readonly string[];
  readonly codes: Int32Array;
}

/**
 * The narrow waist of all ingestion: accepted records as columns.
 *
 * Numbers that are missing are NaN; no other NaN or infinity occurs. `success` is 0 or 1.
 */
export interface RecordBatch {
  readonly length: number;
  readonly arm: TextColumn;
  /** Milliseconds since 1970-01-01 UTC; `null` when the source has no timestamps. */
  readonly timestamp: Float64Array | null;
  readonly unit: TextColumn | null;
  /** What answered each request (pod, host, replica); `null` or absent when the source does not tell. */
  readonly instance?: TextColumn | null | undefined;
  /** A hash of the id of each request, see `hashOfText`; NaN where there is none; `null` when the source has no ids. */
  readonly requestId: Float64Array | null;
  readonly numbers: Readonly<Record<string, Float64Array>>;
  readonly segments: Readonly<Record<string, TextColumn>>;
  /** What was read to get these rows, and what was turned away. */
  readonly quality: RecordQuality;
  /** What was lost of each arm that lost something: rejected rows whose arm could be read, and values. */
  readonly damage?: Readonly<Record<string, ArmDamage>> | undefined;
}
