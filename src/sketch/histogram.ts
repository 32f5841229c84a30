/** The non-empty bins of a histogram in ascending order: `count[i]` values lie in bin i. */
export interface HistogramBins {
  /** Exclusive lower edge of each bin; included where it equals the histogram's `min`, or the bin's upper edge. */
  readonly lower: Float64Array;
  /**
   * Inclusive upper edge of each bin, of negative ones too. `lower[i] === upper[i]` says that all values of the bin
   * equal this number.
   */
  readonly upper: Float64Array;
  /** Number of values in each bin, a positive integer. */
  readonly count: Float64Array;
}

/** The upper bins of a histogram: those of its `bins()` from one of them on. */
export interface HistogramTail extends HistogramBins {
  /** Number of bins below those listed. */
  readonly binsBelow: number;
}

/**
 * What an analysis needs to know of a sample of measurements: how many values lie where.
 *
 * Bins never overlap and never stick out of `[min, max]`: the outermost bins are narrowed to the extremes, the others
 * end at bucket edges.
 */
export interface Histogram {
  /** Number of values, an integer up to 2^53 - 1. */
  readonly count: number;
  /** A number that no value is below; the smallest value itself when `extremesExact`. NaN when empty. */
  readonly min: number;
  /** A number that no value is above; the largest value itself when `extremesExact`. NaN when empty. */
  readonly max: number;
  /** Whether `min` and `max` are values of the sample, rather than edges of the outermost buckets. */
  readonly extremesExact: boolean;
  /** The non-empty bins in ascending order. */
  bins(): HistogramBins;
  /**
   * The bins from the one that holds the value of rank k up, k from 1 to `count`, or from a lower one: for histograms
   * that can list these without all others.
   */
  binsFromRank?(k: number): HistogramTail;
}

/** A quantile known up to the bucket that holds it. */
export interface QuantileEstimate {
  /** The point in `[lower, upper]` with the smallest guaranteed relative error. */
  readonly value: number;
  /** The exact sample quantile is not below this. */
  readonly lower: number;
  /** The exact sample quantile is not above this. */
  readonly upper: number;
}

/** A number of values known up to the buckets that a threshold cuts. */
export interface CountBounds {
  readonly lower: number;
  readonly upper: number;
}
