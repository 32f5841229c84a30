import { firstByteOfMd5 } from "./md5.ts";
import type { StatisticPlan } from "./plan.ts";
import { absorbStatistic, emptyStatistic, type GrowingStatistic } from "./statistic.ts";
import type { Cluster, UnitBucket } from "./summary.ts";

/** Up to so many units of an arm are kept apart; more are hashed to so many buckets. */
export const unitBuckets = 64;

/** Resolution of the sketches kept per unit: they only serve to count who is beyond a quantile, within 4.4 %. */
const clusterSketchScale = 4;

/** The statistics to keep per unit for those of a cell. */
export function clusterStatistics(statistics: readonly StatisticPlan[]): StatisticPlan[] {
  return statistics.map((plan) => (plan.kind === "sketch" ? { ...plan, scale: clusterSketchScale } : plan));
}

/** The hash bucket of a unit: the first byte of its MD5, which every database computes too. */
export function bucketOfUnit(unit: string): number {
  return firstByteOfMd5(unit) % unitBuckets;
}

/** One unit, or one hash bucket of units, that still grows. */
export interface GrowingBucket {
  readonly key: string;
  records: number;
  readonly statistics: GrowingStatistic[];
}

/** The units of one arm in one epoch, while records come in: each unit has a place below `unitBuckets`. */
export class ClusterBuilder {
  readonly epoch: number;
  readonly arm: string;
  readonly #plans: readonly StatisticPlan[];
  #identified = true;
  /** Places of the units kept apart. */
  #places = new Map<string, number>();
  #buckets: (GrowingBucket | undefined)[] = [];

  /** @param plans - what to keep per unit, see {@link clusterStatistics}. */
  constructor(epoch: number, arm: string, plans: readonly StatisticPlan[]) {
    this.epoch = epoch;
    this.arm = arm;
    this.#plans = plans;
  }

  /** Whether each place is one unit. */
  get identified(): boolean {
    return this.#identified;
  }

  /**
   * The place of a unit. One unit too many to keep apart makes them all be hashed, and every place that was given is
   * void.
   */
  placeOf(unit: string): number {
    if (this.#identified) {
      const known = this.#places.get(unit);
      if (known !== undefined) return known;
      const place = this.#places.size;
      if (place < unitBuckets) {
        this.#places.set(unit, place);
        return place;
      }
      this.#hash();
    }
    return bucketOfUnit(unit);
  }

  /** What is known of a place that {@link placeOf} gave. */
  bucket(place: number): GrowingBucket {
    let bucket = this.#buckets[place];
    if (bucket === undefined) {
      const key = this.#identified
        ? ([...this.#places].find(([, at]) => at === place) as [string, number])[0]
        : String(place);
      bucket = { key, records: 0, statistics: this.#plans.map(emptyStatistic) };
      this.#buckets[place] = bucket;
    }
    return bucket;
  }

  absorb(cluster: Cluster): void {
    if (!cluster.identified && this.#identified) this.#hash();
    for (const { key } of cluster.identified ? cluster.buckets : []) this.placeOf(key);
    for (const from of cluster.buckets)
      absorbBucket(this.bucket(cluster.identified ? this.placeOf(from.key) : Number(from.key)), from);
  }

  build(): Cluster {
    const order = this.#identified
      ? (a: UnitBucket, b: UnitBucket) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
      : (a: UnitBucket, b: UnitBucket) => Number(a.key) - Number(b.key);
    const buckets = this.#buckets.filter((bucket) => bucket !== undefined).sort(order);
    return { epoch: this.epoch, arm: this.arm, identified: this.#identified, buckets };
  }

  #hash(): void {
    const identified = this.#buckets;
    this.#identified = false;
    this.#places = new Map();
    this.#buckets = [];
    for (const from of identified) if (from !== undefined) absorbBucket(this.bucket(bucketOfUnit(from.key)), from);
  }
}

/** Adds all that another bucket of the same plan holds. */
export function absorbBucket(into: GrowingBucket, from: UnitBucket): void {
  into.records += from.records;
  for (const [index, statistic] of into.statistics.entries())
    absorbStatistic(statistic, from.statistics[index] as GrowingStatistic);
}
