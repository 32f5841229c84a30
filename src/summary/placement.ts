import type { RecordBatch } from "../records/batch.ts";
import { type PeriodSlot, periodSlot, timelessSlot } from "./periods.ts";
import type { Plan } from "./plan.ts";

/** One arm in one period. */
export interface PlacedCell {
  readonly slot: PeriodSlot;
  /** Position of the arm in the plan. */
  readonly arm: number;
}

/** Where the rows of a batch belong. */
export interface Placement {
  /** The cells that the rows fall into. */
  readonly cells: readonly PlacedCell[];
  /** The cell of each row, as its position in `cells`; -1 for rows of other arms or outside the window. */
  readonly cellOf: Int32Array;
  /** Rows by arm code of the batch whose arm is not in the plan. */
  readonly otherArms: Int32Array;
  readonly beforeStart: number;
  readonly afterEnd: number;
  /** First and last timestamp of each arm of the plan. */
  readonly first: Float64Array;
  readonly last: Float64Array;
}

/** Finds the cell of every row of a batch. */
export function placeRows(batch: RecordBatch, plan: Plan): Placement {
  const { arm, timestamp, length } = batch;
  const arms = plan.arms.length;
  const armOf = Int32Array.from(arm.values, (name) => plan.arms.indexOf(name));
  const otherArms = new Int32Array(arm.values.length);
  const cellOf = new Int32Array(length);
  const start = plan.start ?? Number.NEGATIVE_INFINITY;
  const end = plan.end ?? Number.POSITIVE_INFINITY;
  const first = new Float64Array(arms).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(arms).fill(Number.NEGATIVE_INFINITY);
  const cells: PlacedCell[] = [];
  const slots: PeriodSlot[] = [];
  /** Position in `cells` of arm a in slot s at s * arms + a; -1 before the first row there. */
  const positions: number[] = [];
  const known = new Map<string, number>();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let base = 0;
  let beforeStart = 0;
  let afterEnd = 0;
  const open = (slot: PeriodSlot): void => {
    const key = `${slot.epoch} ${slot.period}`;
    let at = known.get(key);
    if (at === undefined) {
      at = slots.push(slot) - 1;
      known.set(key, at);
      for (let a = 0; a < arms; a++) positions.push(-1);
    }
    ({ from, to } = slot);
    base = at * arms;
  };
  if (timestamp === null) open(timelessSlot);
  for (let row = 0; row < length; row++) {
    cellOf[row] = -1;
    const code = arm.codes[row] as number;
    const index = armOf[code] as number;
    if (index < 0) {
      otherArms[code] = (otherArms[code] as number) + 1;
      continue;
    }
    if (timestamp !== null) {
      const at = timestamp[row] as number;
      if (at < start) {
        beforeStart++;
        continue;
      }
      if (at >= end) {
        afterEnd++;
        continue;
      }
      if (at < (first[index] as number)) first[index] = at;
      if (at > (last[index] as number)) last[index] = at;
      if (at < from || at >= to) open(periodSlot(plan, at));
    }
    let cell = positions[base + index] as number;
    if (cell < 0) {
      cell = cells.push({ slot: slots[base / arms] as PeriodSlot, arm: index }) - 1;
      positions[base + index] = cell;
    }
    cellOf[row] = cell;
  }
  return { cells, cellOf, otherArms, beforeStart, afterEnd, first, last };
}
