import type { RecordBatch } from "../records/batch.ts";
import { type PeriodSlot, periodSlot, timelessSlot } from "./periods.ts";
import type { Plan } from "./plan.ts";
import type { Scratch } from "./scratch.ts";

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
export function placeRows(batch: RecordBatch, plan: Plan, scratch: Scratch): Placement {
  const armOf = Int32Array.from(batch.arm.values, (name) => plan.arms.indexOf(name));
  if (batch.timestamp === null) return placeTimeless(batch, armOf, plan.arms.length, scratch);
  return placeTimed(batch, batch.timestamp, armOf, plan, scratch.integers("cell", batch.length));
}

/** Without timestamps there is one cell for each arm. */
function placeTimeless(
  { arm: { codes, values }, length }: RecordBatch,
  armOf: Int32Array,
  arms: number,
  scratch: Scratch,
): Placement {
  const cellOf = armOf.every((arm, code) => arm === code)
    ? codes.subarray(0, length)
    : cellsOfArms(codes, armOf, scratch.integers("cell", length));
  const otherArms = new Int32Array(values.length);
  if (armOf.includes(-1)) {
    for (let row = 0; row < length; row++) {
      const code = codes[row] as number;
      if ((cellOf[row] as number) < 0) otherArms[code] = (otherArms[code] as number) + 1;
    }
  }
  const cells = Array.from({ length: arms }, (_, arm) => ({ slot: timelessSlot, arm }));
  return {
    cells,
    cellOf,
    otherArms,
    beforeStart: 0,
    afterEnd: 0,
    first: new Float64Array(arms).fill(Infinity),
    last: new Float64Array(arms).fill(-Infinity),
  };
}

function cellsOfArms(codes: Int32Array, armOf: Int32Array, cellOf: Int32Array): Int32Array {
  for (let row = 0; row < cellOf.length; row++) cellOf[row] = armOf[codes[row] as number] as number;
  return cellOf;
}

function placeTimed(
  { arm, length }: RecordBatch,
  timestamp: Float64Array,
  armOf: Int32Array,
  plan: Plan,
  cellOf: Int32Array,
): Placement {
  const arms = plan.arms.length;
  const otherArms = new Int32Array(arm.values.length);
  const start = plan.start ?? -Infinity;
  const end = plan.end ?? Infinity;
  const first = new Float64Array(arms).fill(Infinity);
  const last = new Float64Array(arms).fill(-Infinity);
  const slots = new OpenSlots(arms);
  const { codes } = arm;
  let positions = slots.positions;
  let from = Infinity;
  let to = -Infinity;
  let base = 0;
  let beforeStart = 0;
  let afterEnd = 0;
  for (let row = 0; row < length; row++) {
    cellOf[row] = -1;
    const code = codes[row] as number;
    const index = armOf[code] as number;
    if (index < 0) {
      otherArms[code] = (otherArms[code] as number) + 1;
      continue;
    }
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
    if (at < from || at >= to) {
      const slot = periodSlot(plan, at);
      from = slot.from;
      to = slot.to;
      base = slots.open(slot);
      positions = slots.positions;
    }
    const cell = positions[base + index] as number;
    cellOf[row] = cell < 0 ? slots.openCell(base, index) : cell;
  }
  return { cells: slots.cells, cellOf, otherArms, beforeStart, afterEnd, first, last };
}

/** The slots that rows of a batch fell into so far. */
class OpenSlots {
  readonly cells: PlacedCell[] = [];
  readonly #arms: number;
  readonly #slots: PeriodSlot[] = [];
  readonly #known = new Map<string, number>();
  /** Position in `cells` of arm a in the slot of base b at b + a; -1 before the first row there. */
  positions: Int32Array = new Int32Array(0);

  constructor(arms: number) {
    this.#arms = arms;
  }

  /** The base of a slot. */
  open(slot: PeriodSlot): number {
    const key = `${slot.epoch} ${slot.period}`;
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.#slots.push(slot) - 1;
      this.#known.set(key, at);
      const larger = new Int32Array(this.#slots.length * this.#arms).fill(-1);
      larger.set(this.positions);
      this.positions = larger;
    }
    return at * this.#arms;
  }

  openCell(base: number, arm: number): number {
    const cell = this.cells.push({ slot: this.#slots[base / this.#arms] as PeriodSlot, arm }) - 1;
    this.positions[base + arm] = cell;
    return cell;
  }
}
