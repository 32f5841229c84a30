import { cannot, FormatError, type NotComputable, notComputable, requireCount, requireNumber } from "../errors.ts";
import { cdfOf, countAboveOf, type CumulativeShare, orderStatisticOf, quantileOf, rankOf } from "./bin-queries.ts";
import { ExactSum } from "./exact-sum.ts";
import type { CountBounds, Histogram, HistogramBins, QuantileEstimate } from "./histogram.ts";

/** Counts of a histogram whose buckets someone chose. */
export interface ExplicitCounts {
  /**
   * Upper edges of all buckets but the last, finite and strictly increasing. Bucket i holds the values in
   * (boundaries[i-1], boundaries[i]].
   */
  readonly boundaries: ArrayLike<number>;
  /** One more than boundaries: the last bucket holds what exceeds the last boundary. Default all zero. */
  readonly counts?: ArrayLike<number>;
  /** Sum of the values, or doubles that add up to it; when absent, the histogram has no sum. */
  readonly sum?: number | readonly number[] | undefined;
  /** The smallest value; when absent, only the edge of the lowest bucket in use is known. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** A number that no value can be below, e.g. 0 for latencies: it ends the first bucket. Default -Infinity. */
  readonly lowerLimit?: number | undefined;
}

/**
 * How are these measurements distributed, in buckets that someone else chose? Prometheus classic histograms,
 * OpenTelemetry explicit-bucket histograms and other formats with edges of their own. Counts at the edges are exact;
 * between two edges nothing is known, so wide buckets give wide, still true, brackets.
 *
 * @example
 * ```ts
 * const latencies = new ExplicitHistogram({ boundaries: [0.1, 0.5, 1], counts: [90, 8, 2, 0], lowerLimit: 0 });
 * latencies.quantile(0.95); // { value: 0.16..., lower: 0.1, upper: 0.5 }
 * ```
 */
export class ExplicitHistogram implements Histogram {
  readonly boundaries: Float64Array;
  readonly lowerLimit: number;
  readonly #counts: Float64Array;
  #total: number;
  #smallest: number | undefined;
  #largest: number | undefined;
  #exactSum: ExactSum | undefined;

  /**
   * @throws {FormatError} when boundaries don't increase, counts are not counts, or sum and extremes contradict them.
   */
  constructor(source: ExplicitCounts) {
    this.boundaries = checkedBoundaries(source.boundaries);
    const { length } = this.boundaries;
    this.#counts = new Float64Array(length + 1);
    this.lowerLimit = source.lowerLimit ?? -Infinity;
    const belowAll = length === 0 || this.lowerLimit <= (this.boundaries[0] as number);
    check(belowAll, "lowerLimit", "at most the first boundary", this.lowerLimit);
    const counts = source.counts ?? this.#counts;
    check(counts.length === length + 1, "counts", `${length + 1} numbers, one more than boundaries`, counts.length);
    this.#total = 0;
    for (let i = 0; i <= length; i++) {
      const values = counts[i] as number;
      check(isCount(values), `counts[${i}]`, "a non-negative integer up to 2^53 - 1", values);
      this.#counts[i] = values;
      this.#total += values;
    }
    check(isCount(this.#total), "the total count", "at most 2^53 - 1", this.#total);
    this.#exactSum = sumOf(source.sum, this.#total);
    this.#smallest = this.#extreme("min", source.min, this.#used(1));
    this.#largest = this.#extreme("max", source.max, this.#used(-1));
    if (source.min !== undefined && source.max !== undefined)
      check(source.min <= source.max, "min", `at most max ${source.max}`, source.min);
  }

  #extreme(field: string, value: number | undefined, bucket: number): number | undefined {
    if (value === undefined) return this.#total === 0 ? (field === "min" ? Infinity : -Infinity) : undefined;
    check(this.#total > 0, field, "absent when there are no values", value);
    const [lower, upper] = [this.#edge(bucket), this.#edge(bucket + 1)];
    const inside = (value > lower || (bucket === 0 && value === lower)) && value <= upper;
    check(inside, field, `in the outermost bucket in use, (${lower}, ${upper}]`, value);
    return value + 0;
  }

  /** The first bucket in use from the low end (step 1) or the high end (step -1). */
  #used(step: 1 | -1): number {
    let i = step === 1 ? 0 : this.#counts.length - 1;
    while (i >= 0 && i < this.#counts.length && (this.#counts[i] as number) === 0) i += step;
    return i;
  }

  /** Lower edge of bucket i. */
  #edge(i: number): number {
    return i === 0 ? this.lowerLimit : (this.boundaries[i - 1] ?? Infinity);
  }

  get count(): number {
    return this.#total;
  }
  /**
   * Sum of the values: exact, rounded once. Not computable when a source had none, or when both infinities are among
   * the values.
   */
  get sum(): number | NotComputable {
    if (this.#exactSum === undefined) return notComputable("no-data", "a source of this histogram records no sum");
    const value = this.#exactSum.value();
    return Number.isNaN(value)
      ? notComputable("method-does-not-apply", "the sum of values that include both infinities")
      : value;
  }
  get min(): number {
    return this.#total === 0 ? NaN : (this.#smallest ?? this.#edge(this.#used(1)));
  }
  get max(): number {
    return this.#total === 0 ? NaN : (this.#largest ?? this.#edge(this.#used(-1) + 1));
  }
  get extremesExact(): boolean {
    return this.#smallest !== undefined && this.#largest !== undefined;
  }

  /**
   * Adds a value, `count` times.
   *
   * @throws {RangeError} when the value is NaN or below `lowerLimit`, the count is not a positive integer, or the total
   * would exceed 2^53 - 1.
   */
  add(value: number, count: number = 1): void {
    requireNumber(
      "add a value to a histogram",
      "value",
      `a number of at least ${this.lowerLimit}`,
      value,
      (x) => x >= this.lowerLimit,
    );
    requireNumber(
      "add a value to a histogram",
      "count",
      "a positive integer",
      count,
      (x) => Number.isSafeInteger(x) && x > 0,
    );
    requireCount("add a value to a histogram", "the total count", this.#total + count);
    let low = 0;
    let high = this.boundaries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (this.boundaries[middle] as number)) high = middle;
      else low = middle + 1;
    }
    this.#counts[low] = (this.#counts[low] as number) + count;
    this.#total += count;
    this.#exactSum?.add(value, count);
    if (this.#smallest !== undefined) this.#smallest = Math.min(this.#smallest, value) + 0;
    if (this.#largest !== undefined) this.#largest = Math.max(this.#largest, value) + 0;
  }

  /**
   * The histogram of the values of both; neither is changed. @throws {RangeError} when their boundaries differ or the
   * total would exceed 2^53 - 1.
   */
  merge(other: ExplicitHistogram): ExplicitHistogram {
    if (!(other instanceof ExplicitHistogram))
      throw new TypeError(cannot("merge histograms", "the other", "an ExplicitHistogram", other));
    this.#requireSameBoundaries("merge histograms", other);
    requireCount("merge histograms", "the total count", this.#total + other.#total);
    const merged = new ExplicitHistogram({
      boundaries: this.boundaries,
      lowerLimit: Math.min(this.lowerLimit, other.lowerLimit),
      counts: this.#counts.map((values, i) => values + (other.#counts[i] as number)),
    });
    merged.#smallest = both(this.#smallest, other.#smallest, Math.min);
    merged.#largest = both(this.#largest, other.#largest, Math.max);
    merged.#exactSum = undefined;
    if (this.#exactSum !== undefined && other.#exactSum !== undefined) {
      merged.#exactSum = this.#exactSum.clone();
      merged.#exactSum.absorb(other.#exactSum);
    }
    return merged;
  }

  /**
   * The values that came since an earlier snapshot. @throws {RangeError} when the boundaries differ or a bucket of the
   * other holds more values.
   */
  diff(earlier: ExplicitHistogram): ExplicitHistogram {
    this.#requireSameBoundaries("subtract a histogram", earlier);
    const counts = this.#counts.map((values, i) => values - (earlier.#counts[i] as number));
    if (counts.some((values) => values < 0))
      throw new RangeError(
        "Cannot subtract a histogram: its buckets must not exceed those of the later snapshot. Subtract an " +
          "earlier snapshot of the same stream",
      );
    const rest = new ExplicitHistogram({ boundaries: this.boundaries, lowerLimit: this.lowerLimit, counts });
    if (this.#exactSum !== undefined && earlier.#exactSum !== undefined) {
      rest.#exactSum = this.#exactSum.clone();
      rest.#exactSum.absorb(earlier.#exactSum, -1);
    }
    return rest;
  }

  #requireSameBoundaries(action: string, other: ExplicitHistogram): void {
    const same =
      this.boundaries.length === other.boundaries.length && this.boundaries.every((x, i) => x === other.boundaries[i]);
    if (!same)
      throw new RangeError(
        cannot(action, "boundaries", `the same in both, ${this.boundaries.join(", ")}`, Array.from(other.boundaries)),
      );
  }

  /**
   * The buckets in use in ascending order, each `(lower, upper]`, the outermost narrowed to the extremes where these
   * are known.
   */
  bins(): HistogramBins {
    const used = Array.from(this.#counts.keys()).filter((i) => (this.#counts[i] as number) > 0);
    return {
      lower: Float64Array.from(used, (i) => Math.max(this.#edge(i), this.#smallest ?? -Infinity)),
      upper: Float64Array.from(used, (i) => Math.min(this.#edge(i + 1), this.#largest ?? Infinity)),
      count: Float64Array.from(used, (i) => this.#counts[i] as number),
    };
  }

  /**
   * As `QuantileSketch.quantile`: the order statistic of rank ceil(n p), up to its bucket.
   * @throws {RangeError} when p is not from 0 to 1.
   */
  quantile(p: number): QuantileEstimate | NotComputable {
    return quantileOf(this, p);
  }
  /**
   * The value of rank k in ascending order, up to its bucket. @throws {RangeError} when k is not an integer from 1 to
   * `count`.
   */
  orderStatistic(k: number): QuantileEstimate {
    requireNumber(
      "look up an order statistic",
      "k",
      `an integer from 1 to ${this.count}`,
      k,
      (x) => Number.isInteger(x) && x >= 1 && x <= this.count,
    );
    return orderStatisticOf(this, k);
  }
  /**
   * Bounds on how many values are at most x; equal where x is a boundary or an extreme. @throws {RangeError} when x is
   * NaN.
   */
  rank(x: number): CountBounds {
    return rankOf(this, x);
  }
  /**
   * Bounds on the share of values that are at most x, and a point between them; not computable when empty. @throws
   * RangeError when x is NaN.
   */
  cdf(x: number): CumulativeShare | NotComputable {
    return cdfOf(this, x);
  }
  /**
   * Bounds on how many values exceed x; equal where x is a boundary or an extreme. @throws {RangeError} when x is NaN.
   */
  countAbove(x: number): CountBounds {
    return countAboveOf(this, x);
  }

  /** The counts as plain numbers, what the constructor takes; two histograms of the same values give the same. */
  toCounts(): Required<Pick<ExplicitCounts, "boundaries" | "counts">> & ExplicitCounts {
    const known = this.#total > 0;
    return {
      boundaries: Array.from(this.boundaries),
      counts: Array.from(this.#counts),
      sum: this.#exactSum?.parts(),
      ...(known && this.#smallest !== undefined && { min: this.#smallest }),
      ...(known && this.#largest !== undefined && { max: this.#largest }),
      ...(this.lowerLimit !== -Infinity && { lowerLimit: this.lowerLimit }),
    };
  }
}

function both(
  a: number | undefined,
  b: number | undefined,
  choose: (a: number, b: number) => number,
): number | undefined {
  return a === undefined || b === undefined ? undefined : choose(a, b);
}

function checkedBoundaries(source: ArrayLike<number>): Float64Array {
  const boundaries = Float64Array.from(source, (x) => x + 0);
  boundaries.forEach((x, i) => {
    const after = i === 0 ? -Infinity : (boundaries[i - 1] as number);
    check(
      Number.isFinite(x) && x > after,
      `boundaries[${i}]`,
      i === 0 ? "finite" : `finite and above the one before, ${after}`,
      source[i],
    );
  });
  return boundaries;
}

function sumOf(sum: number | readonly number[] | undefined, count: number): ExactSum | undefined {
  if (sum === undefined) return count === 0 ? new ExactSum() : undefined;
  const exact = new ExactSum();
  for (const part of typeof sum === "number" ? [sum] : sum) {
    check(typeof part === "number" && !Number.isNaN(part), "sum", "a number or a list of numbers", sum);
    exact.add(part);
  }
  return exact;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function check(holds: boolean, field: string, requirement: string, value: unknown): asserts holds {
  if (!holds)
    throw new FormatError(cannot("build a histogram", field, requirement, value), {
      code: "invalid-counts",
      field,
      value,
    });
}
