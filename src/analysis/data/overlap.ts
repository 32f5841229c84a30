import type { ArmData } from "./arm-data.ts";

/** How much of the traffic of two arms ran at the same time. */
export interface Overlap {
  /** From 0, never at the same time, to 1, always in the same proportion. */
  readonly share: number;
  /** Whether it is enough for what both arms share to cancel. */
  readonly sideBySide: boolean;
}

/** With fewer records of an arm in a slice, chance alone moves the shares of slices apart. */
const enoughRecords = 20;

/** Fewer slices say nothing of how two arms lie in time. */
const fewestSlices = 8;

/** With less in common, arms are not compared as if they had run side by side. */
const leastShare = 0.5;

/**
 * How much of the traffic of both arms ran at the same time?
 *
 * The sum over slices of the smaller of both arms' shares of their records, within each epoch; slices are joined until
 * an arm has about 20 records in each.
 *
 * @returns `null` with fewer than 8 such slices, which say nothing.
 */
export function overlapOf(control: ArmData, treatment: ArmData): Overlap | null {
  const epochs = new Set([...control.slices, ...treatment.slices].map(({ epoch }) => epoch));
  let common = 0;
  let records = 0;
  let slices = 0;
  for (const epoch of epochs) {
    let arms = [recordsBySlice(control, epoch), recordsBySlice(treatment, epoch)] as const;
    const [c, t] = [sumOf(arms[0]), sumOf(arms[1])];
    if (c === 0 || t === 0) continue;
    while (united(arms) > 1 && Math.min(c, t) / united(arms) < enoughRecords) arms = [joined(arms[0]), joined(arms[1])];
    const keys = new Set([...arms[0].keys(), ...arms[1].keys()]);
    let share = 0;
    for (const key of keys) share += Math.min((arms[0].get(key) ?? 0) / c, (arms[1].get(key) ?? 0) / t);
    common += share * (c + t);
    records += c + t;
    slices += keys.size;
  }
  if (slices < fewestSlices) return null;
  // Shares add up to 1 but for rounding.
  const share = Math.min(1, common / records);
  return { share, sideBySide: share >= leastShare };
}

function recordsBySlice({ slices }: ArmData, epoch: number): Map<number, number> {
  const series = slices.find((own) => own.epoch === epoch);
  return new Map(series?.buckets.map(({ key, records }) => [Number(key), records]));
}

function sumOf(records: ReadonlyMap<number, number>): number {
  return [...records.values()].reduce((sum, own) => sum + own, 0);
}

function united([a, b]: readonly [ReadonlyMap<number, number>, ReadonlyMap<number, number>]): number {
  return new Set([...a.keys(), ...b.keys()]).size;
}

function joined(records: ReadonlyMap<number, number>): Map<number, number> {
  const wide = new Map<number, number>();
  for (const [key, own] of records) {
    const at = Math.floor(key / 2);
    wide.set(at, (wide.get(at) ?? 0) + own);
  }
  return wide;
}
