import type { TextColumn } from "../records/batch.ts";
import { ClusterBuilder, clusterStatistics } from "./clusters.ts";
import { addGroup } from "./gather.ts";
import { groupRows } from "./groups.ts";
import type { PeriodSlot } from "./periods.ts";
import type { Plan, StatisticPlan } from "./plan.ts";
import type { Cluster } from "./summary.ts";

/** The unit clusters of a summary that still grows, by epoch and arm. */
export class ClusterTable {
  readonly #arms: readonly string[];
  readonly #plans: readonly StatisticPlan[];
  readonly #clusters = new Map<string, ClusterBuilder>();

  constructor(plan: Plan) {
    this.#arms = plan.arms;
    this.#plans = clusterStatistics(plan.statistics);
  }

  /** @param cellOf - `slot * arms + arm` of each row, or -1. */
  add(slots: readonly PeriodSlot[], cellOf: Int32Array, units: TextColumn, columns: Readonly<Record<string, Float64Array>>): void {
    const arms = this.#arms.length;
    const clusterOf = cellOf.map((cell) => (cell < 0 ? -1 : (slots[Math.floor(cell / arms)] as PeriodSlot).epoch * arms + (cell % arms)));
    const epochs = 1 + slots.reduce((most, { epoch }) => Math.max(most, epoch), 0);
    const rows = groupRows(clusterOf, cellOf.length, epochs * arms);
    for (let cluster = 0; cluster < epochs * arms; cluster++) {
      const order = rows.order.subarray(rows.starts[cluster], rows.starts[cluster + 1]);
      if (order.length > 0) this.#addRows(this.#cluster(Math.floor(cluster / arms), this.#arms[cluster % arms] as string), order, units, columns);
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

  #addRows(cluster: ClusterBuilder, rows: Int32Array, units: TextColumn, columns: Readonly<Record<string, Float64Array>>): void {
    const present = new Set<number>();
    for (const row of rows) present.add(units.codes[row] as number);
    const names = new Map([...present].map((code) => [code, units.values[code] as string]));
    cluster.admit(names.values());
    const keys: string[] = [];
    const groupOfKey = new Map<string, number>();
    const groupOfCode = new Map<number, number>();
    for (const [code, name] of names) {
      const key = cluster.keyOf(name);
      let group = groupOfKey.get(key);
      if (group === undefined) {
        group = keys.push(key) - 1;
        groupOfKey.set(key, group);
      }
      groupOfCode.set(code, group);
    }
    const groupOf = rows.map((row) => groupOfCode.get(units.codes[row] as number) as number);
    const grouped = groupRows(groupOf, rows.length, keys.length);
    const groups = { order: grouped.order.map((at) => rows[at] as number), starts: grouped.starts };
    for (const [group, key] of keys.entries()) {
      const bucket = cluster.bucket(key);
      bucket.records += (groups.starts[group + 1] as number) - (groups.starts[group] as number);
      addGroup(bucket.statistics, this.#plans, groups, group, columns);
    }
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
}
