import { normalCdf } from "../../src/math/normal.ts";
import type { Histogram, HistogramBins } from "../../src/sketch/histogram.ts";
import { weightedDraws } from "./draws.ts";

/** Latencies in the buckets of a sketch of scale 7: bucket i holds (2^(i/128), 2^((i+1)/128)]. */
export interface LatencyLaw {
  readonly name: string;
  /** Draws the number of a bucket, counted from `firstBucket`. */
  readonly draw: (random: () => number) => number;
}

const perDoubling = 128;
/** Buckets from 2^-6 to 2^20: 26 doublings. */
export const firstBucket = -6 * perDoubling;
export const bucketCount = 26 * perDoubling;

/** The law of latencies with this distribution function, cut into buckets. */
function lawOf(name: string, cdf: (x: number) => number): LatencyLaw {
  const weights = new Float64Array(bucketCount);
  let below = 0;
  for (let i = 0; i < bucketCount; i++) {
    const upTo = i === bucketCount - 1 ? 1 : cdf(2 ** ((firstBucket + i + 1) / perDoubling));
    weights[i] = Math.max(0, upTo - below);
    below = upTo;
  }
  return { name, draw: weightedDraws(weights) };
}

const lognormalCdf =
  (median: number, sigma: number) =>
  (x: number): number =>
    normalCdf(Math.log(x / median) / sigma);

/** Lognormal latencies with this P99. */
export function lognormal(sigma: number, p99: number): LatencyLaw {
  return lawOf(`lognormal ${sigma}`, lognormalCdf(p99 * Math.exp(-2.3263478740408408 * sigma), sigma));
}

/** Pareto latencies with this P99. */
export function pareto(shape: number, p99: number): LatencyLaw {
  const scale = p99 * 0.01 ** (1 / shape);
  return lawOf(`Pareto ${shape}`, (x) => (x <= scale ? 0 : 1 - (scale / x) ** shape));
}

/** 98.9 % fast, 1.1 % slow, with almost nothing in between: P99 lies where the density nearly vanishes. */
export function gap(p99Scale: number): LatencyLaw {
  const fast = lognormalCdf(100 * p99Scale, 0.3);
  const slow = lognormalCdf(2000 * p99Scale, 0.3);
  return lawOf("bimodal, P99 in the gap", (x) => 0.989 * fast(x) + 0.011 * slow(x));
}

/** Lognormal latencies rounded up to whole milliseconds. */
export function roundedToMs(sigma: number, p99: number): LatencyLaw {
  const smooth = lognormalCdf(p99 * Math.exp(-2.3263478740408408 * sigma), sigma);
  return lawOf(`whole ms, P99 ${p99} ms`, (x) => smooth(Math.floor(x)));
}

/** All requests take exactly this long. */
export function tied(value: number): LatencyLaw {
  return lawOf("all ties", (x) => (x >= value ? 1 : 0));
}

/** Counts of latencies in buckets, read as a histogram. */
export class LatencyCounts implements Histogram {
  readonly counts: Int32Array = new Int32Array(bucketCount);
  readonly extremesExact: boolean = false;
  count: number = 0;
  #first: number = bucketCount;
  /** Several monitors ask for the same bins. */
  #known: { readonly count: number; readonly bins: HistogramBins } | null = null;
  /** The highest bucket that is not empty; -1 when all are. */
  last: number = -1;

  add(bucket: number): void {
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.count++;
    if (bucket < this.#first) this.#first = bucket;
    if (bucket > this.last) this.last = bucket;
  }

  get min(): number {
    return edge(this.#first);
  }

  get max(): number {
    return edge(this.last + 1);
  }

  bins(): HistogramBins {
    if (this.#known === null || this.#known.count !== this.count)
      this.#known = { count: this.count, bins: this.#listBins() };
    return this.#known.bins;
  }

  #listBins(): HistogramBins {
    let size = 0;
    for (let i = this.#first; i <= this.last; i++) if ((this.counts[i] as number) > 0) size++;
    const lower = new Float64Array(size);
    const upper = new Float64Array(size);
    const count = new Float64Array(size);
    let at = 0;
    for (let i = this.#first; i <= this.last; i++) {
      if ((this.counts[i] as number) === 0) continue;
      lower[at] = edge(i);
      upper[at] = edge(i + 1);
      count[at++] = this.counts[i] as number;
    }
    return { lower, upper, count };
  }

  /** The bucket of the value with this rank, counted from the largest, 1 being the largest. */
  bucketFromAbove(rank: number): number {
    let above = 0;
    for (let i = this.last; i > this.#first; i--) {
      above += this.counts[i] as number;
      if (above >= rank) return i;
    }
    return this.#first;
  }
}

const edges = Float64Array.from({ length: bucketCount + 1 }, (_, i) => 2 ** ((firstBucket + i) / perDoubling));

/** Lower edge of a bucket, counted from `firstBucket`. */
function edge(bucket: number): number {
  return edges[bucket] as number;
}
