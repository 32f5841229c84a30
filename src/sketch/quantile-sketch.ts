import { cannot, type NotComputable, notComputable, requireNumber } from "../errors.ts";
import {
  cdfOf,
  countAboveOf,
  type CumulativeShare,
  estimateIn,
  extremeOfRank,
  quantileRank,
  rankOf,
} from "./bin-queries.ts";
import { MAX_SCALE, MIN_SCALE } from "./bucket-index.ts";
import { countAboveBucketIn } from "./count-above-bucket.ts";
import type { CountBounds, Histogram, HistogramBins, HistogramTail, QuantileEstimate } from "./histogram.ts";
import { binOfRank, binsOf } from "./sketch-bins.ts";
import { collect, insertAll } from "./sketch-bulk-insert.ts";
import { type SketchCounts, stateFromCounts } from "./sketch-counts.ts";
import { insert } from "./sketch-insert.ts";
import { decodeJson, encodeJson, type QuantileSketchJson } from "./sketch-json.ts";
import { absorbState, subtractState } from "./sketch-merge.ts";
import {
  cloneState,
  DEFAULT_MAX_BUCKETS,
  emptyState,
  GREATEST_MAX_BUCKETS,
  isMaxBuckets,
  isScale,
  LEAST_MAX_BUCKETS,
  scaleDownTo,
  type SketchState,
} from "./sketch-state.ts";
import { tailOf } from "./sketch-tail.ts";

/** How fine a sketch is and how large it may grow. */
export interface QuantileSketchOptions {
  /** Buckets per doubling are 2^scale; an integer from -10 to 20. Default 7: a value is known to 0.271 %. */
  readonly scale?: number;
  /**
   * The most neighbouring buckets on either side of zero, an integer from 4 to 2^20. Values that need more make the
   * whole sketch coarser by halving its resolution. Default 4096: at scale 7 that is 32 doublings, a factor of 4e9
   * between the smallest and the largest.
   */
  readonly maxBuckets?: number;
}

/** Sizes of the buffer of single values, and the number of values that `addAll` doesn't copy there. */
const smallestBuffer = 32;
const largestBuffer = 2048;
const directly = 512;

/**
 * How are these measurements distributed? Counts of values in base-2 exponential buckets: bucket i holds the values in
 * (b^i, b^(i+1)], b = 2^(2^-scale).
 *
 * The buckets are those of OpenTelemetry exponential histograms and Prometheus native histograms, decided exactly for
 * every double. Counts, extremes and the sum are exact and don't depend on the order of insertion or merging: two
 * sketches of the same values are equal to the bit. Zero, negative numbers and infinities have buckets of their own;
 * NaN is refused.
 *
 * Guarantee: a quantile's bracket contains the exact sample quantile, and its point is within (b - 1) / (b + 1) of it,
 * 0.271 % at scale 7. Sources: Masson, Rim and Lee (2019), doi:10.14778/3352063.3352135 (the guarantee); OpenTelemetry
 * metrics data model (the mapping).
 *
 * @example
 * ```ts
 * const sketch = new QuantileSketch();
 * sketch.addAll(Float64Array.of(120, 80, 95, 3100));
 * sketch.quantile(0.5); // { value: 94.77..., lower: 94.51..., upper: 95.03... }
 * ```
 */
export class QuantileSketch implements Histogram {
  #state: SketchState;
  /** Single values that are not in the state yet; see {@link settled}. */
  #buffer: Float64Array = new Float64Array(0);
  #pending: number = 0;

  /** @throws {RangeError} when `scale` or `maxBuckets` is outside its range. */
  constructor(options: QuantileSketchOptions = {}) {
    const { scale = 7, maxBuckets = DEFAULT_MAX_BUCKETS } = options;
    requireNumber("create a sketch", "scale", `an integer from ${MIN_SCALE} to ${MAX_SCALE}`, scale, isScale);
    requireNumber(
      "create a sketch",
      "maxBuckets",
      `an integer from ${LEAST_MAX_BUCKETS} to ${GREATEST_MAX_BUCKETS}`,
      maxBuckets,
      isMaxBuckets,
    );
    this.#state = emptyState(scale, maxBuckets);
  }

  /** A sketch with these counts. @throws {FormatError} when they are not counts or contradict each other. */
  static fromCounts(counts: SketchCounts): QuantileSketch {
    return QuantileSketch.#of(stateFromCounts(counts));
  }

  /**
   * Reads what `toJSON` wrote. @throws {FormatError} naming the field, when it is not that, is corrupted, or is from a
   * newer version.
   */
  static fromJSON(json: unknown): QuantileSketch {
    return QuantileSketch.#of(decodeJson(json));
  }

  static #of(state: SketchState): QuantileSketch {
    const sketch = new QuantileSketch();
    sketch.#state = state;
    return sketch;
  }

  /** Number of values. */
  get count(): number {
    return this.#state.count + this.#pending;
  }
  /**
   * Sum of the values: exact, rounded once. Not computable when a source had none, or when both infinities are among
   * the values.
   */
  get sum(): number | NotComputable {
    const { infinityCount, negativeInfinityCount, sum } = this.#settled();
    if (infinityCount > 0 && negativeInfinityCount > 0)
      return notComputable("method-does-not-apply", "the sum of values that include both infinities");
    if (infinityCount > 0) return Infinity;
    if (negativeInfinityCount > 0) return -Infinity;
    return sum?.value() ?? notComputable("no-data", "a source of this sketch records no sum");
  }
  /** Smallest value, or a bound below it unless `extremesExact`; NaN when empty. */
  get min(): number {
    return this.count === 0 ? NaN : this.#settled().min;
  }
  /** Largest value, or a bound above it unless `extremesExact`; NaN when empty. */
  get max(): number {
    return this.count === 0 ? NaN : this.#settled().max;
  }
  get extremesExact(): boolean {
    return this.#state.extremesExact;
  }
  /** Current scale: that of the options, or coarser when `maxBuckets` or a merge made it so. */
  get scale(): number {
    return this.#settled().scale;
  }
  get maxBuckets(): number {
    return this.#state.maxBuckets;
  }
  /** Number of values within `zeroThreshold` of zero. */
  get zeroCount(): number {
    return this.#settled().zeroCount;
  }
  /** Half the width of the zero bucket; 0 unless decoded from a format that has a wider one. */
  get zeroThreshold(): number {
    return this.#state.zeroThreshold;
  }
  get infinityCount(): number {
    return this.#settled().infinityCount;
  }
  get negativeInfinityCount(): number {
    return this.#settled().negativeInfinityCount;
  }

  /**
   * Adds a value, `count` times.
   *
   * @param value - any number but NaN
   * @param count - a positive integer
   * @throws {RangeError} when the value is NaN, the count not a positive integer, or the total would exceed 2^53 - 1.
   */
  add(value: number, count: number = 1): void {
    const pending = this.#pending;
    if (count === 1 && pending < this.#buffer.length && typeof value === "number" && value === value) {
      this.#buffer[pending] = value;
      this.#pending = pending + 1;
    } else this.#addChecked(value, count);
  }

  #addChecked(value: number, count: number): void {
    if (typeof value !== "number") throw new TypeError(cannot("add a value to a sketch", "value", "a number", value));
    if (Number.isNaN(value))
      throw new RangeError(cannot("add a value to a sketch", "value", "a number other than NaN", value));
    requireNumber(
      "add a value to a sketch",
      "count",
      "a positive integer",
      count,
      (x) => Number.isSafeInteger(x) && x > 0,
    );
    if (count === 1 && this.#grow()) this.add(value);
    else insert(this.#settled(), value, count);
  }

  /**
   * Makes room in the buffer of single values; false where every value must be counted at once because the total nears
   * its limit.
   */
  #grow(): boolean {
    const { count } = this;
    if (count > Number.MAX_SAFE_INTEGER - largestBuffer) return false;
    if (this.#pending > 0 && this.#buffer.length === largestBuffer) this.#flush();
    else {
      const buffer = new Float64Array(Math.max(smallestBuffer, Math.min(largestBuffer, 4 * this.#buffer.length)));
      buffer.set(this.#buffer);
      this.#buffer = buffer;
    }
    return true;
  }

  /** Counts the single values that wait; the order of counting doesn't matter. */
  #flush(): void {
    const pending = this.#pending;
    this.#pending = 0;
    insertAll(this.#state, this.#buffer, 0, pending);
  }

  /** The state with all values in its buckets. */
  #settled(): SketchState {
    if (this.#pending > 0) this.#flush();
    collect(this.#state);
    return this.#state;
  }

  /**
   * Adds the values of `values[start..end)`.
   *
   * @returns how many were NaN and therefore not added; the caller reports them.
   * @throws {RangeError} when start or end is not an index of the array, or the total would exceed 2^53 - 1.
   */
  addAll(values: Float64Array, start: number = 0, end: number = values.length): number {
    if (!(values instanceof Float64Array))
      throw new TypeError(cannot("add values to a sketch", "values", "a Float64Array", values));
    const within = (x: number): boolean => Number.isInteger(x) && x >= 0 && x <= values.length;
    requireNumber("add values to a sketch", "start", `an integer from 0 to ${values.length}`, start, within);
    requireNumber(
      "add values to a sketch",
      "end",
      `an integer from start ${start} to ${values.length}`,
      end,
      (x) => within(x) && x >= start,
    );
    if (end - start >= directly) return insertAll(this.#state, values, start, end);
    let rejected = 0;
    for (let i = start; i < end; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) rejected++;
      else this.add(value);
    }
    return rejected;
  }

  /**
   * The sketch of the values of both; neither is changed. The coarser scale and the smaller `maxBuckets` of the two
   * hold.
   */
  merge(other: QuantileSketch): QuantileSketch {
    return this.clone().absorb(other);
  }

  /**
   * Adds the values of another sketch to this one, which takes the coarser scale and the smaller `maxBuckets` of the
   * two. The other is not changed.
   *
   * @throws {RangeError} when the total would exceed 2^53 - 1; TypeError when `other` is not a sketch.
   */
  absorb(other: QuantileSketch): this {
    requireSketch("merge sketches", other);
    absorbState(this.#settled(), other.#settled());
    return this;
  }

  /**
   * The values that came since an earlier snapshot of this sketch. Its extremes are bounds only: which values were the
   * smallest and largest of the rest is not known.
   *
   * @throws {RangeError} when a bucket of the other holds more values: it is not an earlier snapshot.
   */
  diff(earlier: QuantileSketch): QuantileSketch {
    requireSketch("subtract a sketch", earlier);
    const result = this.clone();
    subtractState(result.#state, earlier.#settled());
    return result;
  }

  clone(): QuantileSketch {
    return QuantileSketch.#of(cloneState(this.#settled()));
  }

  /**
   * Makes this sketch coarser; the result is what inserting everything at that scale would have given.
   *
   * @throws {RangeError} when `scale` is finer than the current one or below -10.
   */
  scaleDown(scale: number): this {
    const state = this.#settled();
    const allowed = `an integer from ${MIN_SCALE} to the current scale ${state.scale}`;
    requireNumber("scale a sketch down", "scale", allowed, scale, (x) => isScale(x) && x <= state.scale);
    scaleDownTo(state, scale);
    return this;
  }

  /** The non-empty bins in ascending order, each `(lower, upper]`; the lowest includes `min`. */
  bins(): HistogramBins {
    return binsOf(this.#settled());
  }

  /**
   * Where do the largest values lie? The bins of `bins()` from the one that holds the value of rank k up, at the price
   * of these alone; all bins where that value is not positive and finite.
   *
   * @param k - an integer from 1, the smallest value, to `count`
   * @returns their edges and counts, to the bit those of `bins()`, and how many bins lie below.
   * @throws {RangeError} when k is not a rank of the sample.
   * @example
   * ```ts
   * const sketch = new QuantileSketch();
   * sketch.addAll(Float64Array.of(120, 80, 95, 3100));
   * sketch.binsFromRank(3).count; // Float64Array [1, 1]: 120 and 3100
   * sketch.binsFromRank(3).binsBelow; // 2
   * ```
   */
  binsFromRank(k: number): HistogramTail {
    this.#requireRank("list bins", k);
    return tailOf(this.#settled(), k);
  }

  /**
   * Which value do a share p of the values not exceed? The order statistic of rank ceil(n p) (type 1 of Hyndman and Fan
   * 1996).
   *
   * @param p - a number from 0 to 1; 0 gives the smallest value
   * @returns the bracket that contains the exact sample quantile and the point in it with the smallest guaranteed
   * error; not computable when empty.
   * @throws {RangeError} when p is not from 0 to 1.
   */
  quantile(p: number): QuantileEstimate | NotComputable {
    requireNumber("compute a quantile", "p", "a number from 0 to 1", p, (x) => x >= 0 && x <= 1);
    if (this.count === 0) return notComputable("no-data", "a quantile of no values");
    return this.#atRank(quantileRank(this.count, p));
  }

  /**
   * The value of rank k in ascending order, up to its bucket.
   *
   * @param k - an integer from 1 to `count`
   * @throws {RangeError} when k is not a rank of the sample.
   */
  orderStatistic(k: number): QuantileEstimate {
    this.#requireRank("look up an order statistic", k);
    return this.#atRank(k);
  }

  #requireRank(action: string, k: number): void {
    requireNumber(
      action,
      "k",
      `an integer from 1 to ${this.count}`,
      k,
      (x) => Number.isInteger(x) && x >= 1 && x <= this.count,
    );
  }

  #atRank(k: number): QuantileEstimate {
    return extremeOfRank(this, k) ?? estimateIn(binOfRank(this.#settled(), k));
  }

  /**
   * Bounds on how many values are at most x; equal where x is a bucket edge or an extreme.
   * @throws {RangeError} when x is NaN.
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
   * Bounds on how many values exceed x; equal where x is a bucket edge or an extreme.
   * @throws {RangeError} when x is NaN.
   */
  countAbove(x: number): CountBounds {
    return countAboveOf(this, x);
  }

  /**
   * How many values lie in buckets wholly above the one that x falls into: the lower bound of `countAbove`, or less by
   * an extreme that is known exactly, at a fraction of its cost.
   */
  countAboveBucket(x: number): number {
    return countAboveBucketIn(this.#settled(), x) ?? this.countAbove(x).lower;
  }

  toJSON(): QuantileSketchJson {
    return encodeJson(this.#settled());
  }
}

function requireSketch(action: string, other: unknown): void {
  if (!(other instanceof QuantileSketch)) throw new TypeError(cannot(action, "the other", "a QuantileSketch", other));
}
