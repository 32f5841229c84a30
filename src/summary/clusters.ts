import { md5 } from "@noble/hashes/legacy";
import type { StatisticPlan } from "./plan.ts";
import { type GrowingStatistic, absorbStatistic, emptyStatistic } from "./statistic.ts";
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
  return (md5(unit)[0] as number) % unitBuckets;
}

/** One unit, or one hash bucket of units, that still grows. */
export interface GrowingBucket {
  records: number;
  readonly statistics: GrowingStatistic[];
}

/** The units of one arm in one epoch, while records come in. */
export class ClusterBuilder {
  readonly epoch: number;
  readonly arm: string;
  readonly #plans: readonly StatisticPlan[];
  #identified = true;
  #buckets = new Map<string, GrowingBucket>();

  /** @param plans - what to keep per unit, see {@link clusterStatistics}. */
  constructor(epoch: number, arm: string, plans: readonly StatisticPlan[]) {
    this.epoch = epoch;
    this.arm = arm;
    this.#plans = plans;
  }

  /** Makes room for these units: when they and the known ones are too many to keep apart, all are hashed from now on. */
  admit(units: Iterable<string>): void {
    if (!this.#identified) return;
    const known = new Set(this.#buckets.keys());
    for (const unit of units) {
      known.add(unit);
      if (known.size > unitBuckets) {
        this.#hash();
        return;
      }
    }
  }

  /** The bucket that a unit's records go to; call {@link admit} first. */
  keyOf(unit: string): string {
    return this.#identified ? unit : String(bucketOfUnit(unit));
  }

  bucket(key: string): GrowingBucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { records: 0, statistics: this.#plans.map(emptyStatistic) };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }

  absorb(cluster: Cluster): void {
    if (cluster.identified) this.admit(cluster.buckets.map(({ key }) => key));
    else if (this.#identified) this.#hash();
    for (const from of cluster.buckets) {
      const into = this.bucket(cluster.identified ? this.keyOf(from.key) : from.key);
      absorbBucket(into, from);
    }
  }

  build(): Cluster {
    const order = this.#identified ? (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0) : (a: string, b: string) => Number(a) - Number(b);
    const keys = [...this.#buckets.keys()].sort(order);
    const buckets = keys.map((key): UnitBucket => ({ key, ...(this.#buckets.get(key) as GrowingBucket) }));
    return { epoch: this.epoch, arm: this.arm, identified: this.#identified, buckets };
  }

  #hash(): void {
    const identified = this.#buckets;
    this.#identified = false;
    this.#buckets = new Map();
    for (const [unit, from] of identified) absorbBucket(this.bucket(String(bucketOfUnit(unit))), from);
  }
}

function absorbBucket(into: GrowingBucket, from: Omit<UnitBucket, "key">): void {
  into.records += from.records;
  for (const [index, statistic] of into.statistics.entries()) absorbStatistic(statistic, from.statistics[index] as GrowingStatistic);
}
