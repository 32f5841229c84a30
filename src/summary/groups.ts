import type { Placement } from "./placement.ts";
import type { Scratch } from "./scratch.ts";

/** Rows in an order in which those of one group stand together: group g holds the rows `order[starts[g]] .. order[starts[g + 1] - 1]`. */
export interface Groups {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

/**
 * Sorts rows by cell and, within a cell, by part (a counting sort, stable): group `cell * parts + part`. Rows of cell -1 or part -1 are left out.
 *
 * @param partOf - the part of each row, below `parts`; left out where a cell has no parts.
 */
export function groupRows({ cellOf, cells }: Placement, scratch: Scratch, parts = 1, partOf?: Int32Array): Groups {
  const groups = cells.length * parts;
  const starts = new Int32Array(groups + 1);
  const groupOf = partOf === undefined ? cellOf : combined(cellOf, parts, partOf, scratch.integers("group", cellOf.length));
  if (groups <= fewGroups) return { order: orderOfFew(groupOf, starts, scratch.integers("order", groupOf.length + 1)), starts };
  const rows = groupOf.length;
  for (let row = 0; row < rows; row++) {
    const group = groupOf[row] as number;
    if (group >= 0) starts[group + 1] = (starts[group + 1] as number) + 1;
  }
  for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
  const next = starts.slice();
  const order = scratch.integers("order", starts[groups] as number);
  for (let row = 0; row < rows; row++) {
    const group = groupOf[row] as number;
    if (group < 0) continue;
    const at = next[group] as number;
    order[at] = row;
    next[group] = at + 1;
  }
  return { order, starts };
}

/** Up to so many groups, a pass for each is faster than counting: no row waits for the counter that the row before has just written. */
const fewGroups = 4;

function orderOfFew(groupOf: Int32Array, starts: Int32Array, order: Int32Array): Int32Array {
  const rows = groupOf.length;
  let at = 0;
  for (let group = 0; group < starts.length - 1; group++) {
    for (let row = 0; row < rows; row++) {
      order[at] = row;
      const other = (groupOf[row] as number) ^ group;
      at += ((other - 1) & ~other) >>> 31;
    }
    starts[group + 1] = at;
  }
  return order.subarray(0, at);
}

function combined(cellOf: Int32Array, parts: number, partOf: Int32Array, groupOf: Int32Array): Int32Array {
  for (let row = 0; row < cellOf.length; row++) {
    const cell = cellOf[row] as number;
    const part = partOf[row] as number;
    groupOf[row] = cell < 0 || part < 0 ? -1 : cell * parts + part;
  }
  return groupOf;
}

/** The columns in the order of the groups, each gathered once however many statistics read it. */
export class GroupedColumns {
  readonly groups: Groups;
  readonly #columns: Readonly<Record<string, Float64Array>>;
  readonly #scratch: Scratch;
  readonly #gathered = new Map<string, Float64Array>();

  constructor(groups: Groups, columns: Readonly<Record<string, Float64Array>>, scratch: Scratch) {
    this.groups = groups;
    this.#scratch = scratch;
    this.#columns = columns;
  }

  column(field: string): Float64Array {
    let values = this.#gathered.get(field);
    if (values === undefined) {
      values = gather(this.#columns[field] as Float64Array, this.groups.order, this.#scratch.numbers(field, this.groups.order.length));
      this.#gathered.set(field, values);
    }
    return values;
  }
}

function gather(column: Float64Array, order: Int32Array, values: Float64Array): Float64Array {
  for (let i = 0; i < order.length; i++) values[i] = column[order[i] as number] as number;
  return values;
}
