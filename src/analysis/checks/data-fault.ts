/**
 * Something in the data that the figures of one comparison can't be trusted with. A fault that `blocks` keeps the
 * treatment from shipping; any other is told as a warning.
 */
export type DataFault = { readonly blocks: boolean } & (
  | RejectionsDiffer
  | MissingValuesDiffer
  | RowsWithoutArm
  | ImplausibleValues
  | UnitsDiffer
  | ConstantInOneArm
  | NothingGood
  | UnitNotUsed
);

/** A count of an arm, out of its rows or records. */
export interface CountOf {
  readonly count: number;
  readonly of: number;
}

/** The arms lost different shares of their rows, and what is lost may be what failed. */
export interface RejectionsDiffer {
  readonly code: "rejections-differ";
  readonly control: CountOf;
  readonly treatment: CountOf;
  readonly lnPValue: number;
}

/** Different shares of the requests that did not fail have no usable value. */
export interface MissingValuesDiffer {
  readonly code: "missing-values-differ";
  readonly field: string;
  readonly control: CountOf;
  readonly treatment: CountOf;
  readonly lnPValue: number;
}

/** Rejected rows whose arm could not be read: had they all gone against the treatment, a goal would not be reached. */
export interface RowsWithoutArm {
  readonly code: "rows-without-arm";
  readonly rows: number;
  readonly metrics: readonly string[];
}

/** Values that no unit explains, or that lie outside what the policy calls plausible. */
export interface ImplausibleValues {
  readonly code: "implausible-values";
  readonly field: string;
  readonly arm: string;
  /** `above`: values above the limit; `below`: values below it; `typical-below`: half of the values are below it. */
  readonly problem: "above" | "below" | "typical-below";
  readonly limit: number;
  /** The most extreme value, or for `typical-below` the median (of a mean, the mean). */
  readonly value: number;
  /** Share of the values beyond the limit; `null` where only their mean is known. */
  readonly share: number | null;
}

/** The values of the arms differ by about the factor of two units of time. */
export interface UnitsDiffer {
  readonly code: "units-differ";
  readonly field: string;
  readonly control: number;
  readonly treatment: number;
}

/** All values of one arm are the same; those of the other are not. */
export interface ConstantInOneArm {
  readonly code: "constant-in-one-arm";
  readonly field: string;
  readonly arm: string;
  readonly value: number;
}

/** Every request of both arms has the bad outcome. */
export interface NothingGood {
  readonly code: "nothing-good";
  readonly metric: string;
  readonly share: number;
}

/** A unit was read, the policy names none, and each unit went to one arm with many requests. */
export interface UnitNotUsed {
  readonly code: "unit-not-used";
  readonly units: number;
  readonly records: number;
}
