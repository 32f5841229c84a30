import type { TextColumn } from "../records/batch.ts";
import { bucketOfUnit, ClusterBuilder, clusterStatistics, unitBuckets } from "./clusters.ts";
import type { GroupedColumns } from "./groups.ts";
import type { PlacedCell, Placement } from "./placement.ts";
import type { Plan, StatisticPlan } from "./plan.ts";
import type { Scratch } from "./scratch.ts";
import { addGroup } from "./statistic.ts";
import type { Cluster } from "./summary.ts";

/** What is known of the units of a source, by their codes; it lasts as long as the source's list of units. */
interface UnitCodes {
  /** Hash bucket by code, for the first `hashed` codes. */
  buckets: Int32Array;
  hashed: number;
  /** Place by code in each cluster whose units are kept apart; -1 where not asked yet. */
  readonly places: Map<ClusterBuilder, Int32Array>;
}

/** The unit clusters of a summary that still grows, by epoch and arm. */
export class ClusterTable {
  readonly #arms: readonly string[];
  readonly #plans: readonly StatisticPlan[];
  readonly #clusters = new Map<string, ClusterBuilder>();
  readonly #codes = new WeakMap<readonly string[], UnitCodes>();

  constructor(plan: Plan) {
    this.#arms = plan.arms;
    this.#plans = clusterStatistics(plan.statistics);
  }

  /**
   * The group of each row: its cell times `unitBuckets`, plus the place of its unit within the cell's cluster; -1 for
   * rows without a cell.
   */
  groupsOf({ cells, cellOf }: Placement, units: TextColumn, scratch: Scratch): Int32Array {
    const clusters = cells.map(({ slot, arm }) => this.#cluster(slot.epoch, this.#arms[arm] as string));
    const known = this.#codesOf(units.values);
    const groupOf = scratch.integers("group", cellOf.length);
    for (let done = false; !done;) {
      const identified = clusters.filter((cluster) => cluster.identified).length;
      const tables = clusters.map((cluster) => tableOf(known, cluster, units.values));
      assign(groupOf, cellOf, units, clusters, tables);
      done = identified === clusters.filter((cluster) => cluster.identified).length;
    }
    return groupOf;
  }

  /** Adds rows grouped by cell and place. */
  add({ slot, arm }: PlacedCell, rows: GroupedColumns, firstGroup: number): void {
    const cluster = this.#cluster(slot.epoch, this.#arms[arm] as string);
    const { starts } = rows.groups;
    for (let place = 0; place < unitBuckets; place++) {
      const start = starts[firstGroup + place] as number;
      const end = starts[firstGroup + place + 1] as number;
      if (start === end) continue;
      const bucket = cluster.bucket(place);
      bucket.records += end - start;
      addGroup(bucket.statistics, this.#plans, rows, start, end);
    }
  }

  absorb(from: Cluster): void {
    this.#cluster(from.epoch, from.arm).absorb(from);
  }

  build(): Cluster[] {
    return [...this.#clusters.values()]
      .sort((a, b) => a.epoch - b.epoch || this.#arms.indexOf(a.arm) - this.#arms.indexOf(b.arm))
      .map((cluster) => cluster.build());
  }

  #cluster(epoch: number, arm: string): ClusterBuilder {
    const key = `${epoch} ${arm}`;
    let cluster = this.#clusters.get(key);
    if (cluster === undefined) {
      cluster = new ClusterBuilder(epoch, arm, this.#plans);
      this.#clusters.set(key, cluster);
    }
    return cluster;
  }

  #codesOf(values: readonly string[]): UnitCodes {
    let codes = this.#codes.get(values);
    if (codes === undefined) {
      codes = { buckets: new Int32Array(0), hashed: 0, places: new Map() };
      this.#codes.set(values, codes);
    }
    return codes;
  }
}

/** Place by code in a cluster: of units kept apart as far as they are known, of hashed ones all. */
function tableOf(known: UnitCodes, cluster: ClusterBuilder, values: readonly string[]): Int32Array {
  if (cluster.identified) {
    const before = known.places.get(cluster);
    const places = before !== undefined && before.length >= values.length ? before : enlarged(before, values.length);
    known.places.set(cluster, places);
    return places;
  }
  known.places.delete(cluster);
  if (known.buckets.length < values.length) known.buckets = enlarged(known.buckets, values.length);
  for (; known.hashed < values.length; known.hashed++)
    known.buckets[known.hashed] = bucketOfUnit(values[known.hashed] as string);
  return known.buckets;
}

function enlarged(before: Int32Array | undefined, length: number): Int32Array {
  const after = new Int32Array(Math.max(64, 2 * length)).fill(-1);
  if (before !== undefined) after.set(before);
  return after;
}

function assign(
  groupOf: Int32Array,
  cellOf: Int32Array,
  units: TextColumn,
  clusters: readonly ClusterBuilder[],
  tables: readonly Int32Array[],
): void {
  for (let row = 0; row < cellOf.length; row++) {
    const cell = cellOf[row] as number;
    groupOf[row] = -1;
    if (cell < 0) continue;
    const table = tables[cell] as Int32Array;
    const code = units.codes[row] as number;
    if (code < 0) continue;
    let place = table[code] as number;
    if (place < 0) {
      const cluster = clusters[cell] as ClusterBuilder;
      place = cluster.placeOf(units.values[code] as string);
      if (!cluster.identified) return;
      table[code] = place;
    }
    groupOf[row] = cell * unitBuckets + place;
  }
}
