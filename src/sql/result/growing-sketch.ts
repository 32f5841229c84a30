import { bucketIndex } from "../../sketch/bucket-index.ts";
import { ExactSum } from "../../sketch/exact-sum.ts";
import { QuantileSketch } from "../../sketch/quantile-sketch.ts";
import type { BucketRun } from "../../sketch/sketch-counts.ts";
import { edgeCodes, negativeBuckets } from "../statement/bins.ts";

/** A sketch put together from counts per bin. */
export class GrowingSketch {
  readonly #scale: number;
  readonly #positive = new Map<number, number>();
  readonly #negative = new Map<number, number>();
  #zero = 0;
  #infinite = 0;
  #missing = 0;
  #finite = 0;
  #min = Infinity;
  #max = -Infinity;
  readonly #sum: ExactSum = new ExactSum();

  constructor(scale: number) {
    this.#scale = scale;
  }

  /** Rows added, whether they have a value or not. */
  get rows(): number {
    return this.#missing + this.#infinite + this.#finite;
  }

  /** @param bin - a bucket. @param edge - one of `edgeCodes`, or the value that the group consists of. */
  add(
    bin: number,
    edge: number,
    n: number,
    figures: { readonly sum: number; readonly min: number; readonly max: number },
  ): void {
    if (edge === edgeCodes.missing) this.#missing += n;
    else if (edge === edgeCodes.infinite) this.#infinite += n;
    else {
      const own = edge !== edgeCodes.decided;
      this.#finite += n;
      if (own) this.#placeExactly(edge, n);
      else
        count(
          bin > negativeBuckets / 2 ? this.#negative : this.#positive,
          bin > negativeBuckets / 2 ? bin - negativeBuckets : bin,
          n,
        );
      if (own) this.#sum.add(edge, n);
      else this.#sum.add(figures.sum);
      this.#min = Math.min(this.#min, own ? edge : figures.min);
      this.#max = Math.max(this.#max, own ? edge : figures.max);
    }
  }

  #placeExactly(value: number, n: number): void {
    if (value === 0) this.#zero += n;
    else count(value > 0 ? this.#positive : this.#negative, bucketIndex(Math.abs(value), this.#scale), n);
  }

  build(): QuantileSketch {
    const counted = QuantileSketch.fromCounts({
      scale: this.#scale,
      positive: runsOf(this.#positive),
      negative: runsOf(this.#negative),
      zeroCount: this.#zero,
      infinityCount: this.#infinite,
      sum: this.#sum.parts(),
      ...(this.#finite > 0 || this.#infinite > 0
        ? {
            min: this.#finite > 0 ? this.#min + 0 : Infinity,
            max: this.#infinite > 0 ? Infinity : this.#max + 0,
          }
        : {}),
    });
    return new QuantileSketch({ scale: this.#scale }).absorb(counted);
  }
}

function count(counts: Map<number, number>, bucket: number, n: number): void {
  counts.set(bucket, (counts.get(bucket) ?? 0) + n);
}

/** Neighbouring buckets as runs. */
function runsOf(counts: ReadonlyMap<number, number>): BucketRun[] {
  const runs: { offset: number; counts: number[] }[] = [];
  for (const bucket of Float64Array.from(counts.keys()).sort()) {
    const n = counts.get(bucket) as number;
    const last = runs.at(-1);
    if (last !== undefined && last.offset + last.counts.length === bucket) last.counts.push(n);
    else runs.push({ offset: bucket, counts: [n] });
  }
  return runs;
}
