import type { Scratch } from "./scratch.ts";

/**
 * Rows in an order in which those of one group stand together: group g holds those from `starts[g]` up to, not
 * including, `starts[g + 1]`.
 */
export interface Groups {
  readonly starts: Int32Array;
  /** Writes the values of a column in that order. */
  gather(column: Float64Array, into: Float64Array): void;
}

/** Sorts rows by group (a counting sort); those of group -1 are left out. */
export function groupRows(groupOf: Int32Array, groups: number, scratch: Scratch): Groups {
  const starts = new Int32Array(groups + 1);
  if (groups <= 2) return new Halves(groupOf, starts);
  if (groups <= fewGroups)
    return new Ordered(orderOfFew(groupOf, starts, scratch.integers("order", groupOf.length + 1)), starts);
  const rows = groupOf.length;
  for (let row = 0; row < rows; row++) {
    const group = groupOf[row] as number;
    if (group >= 0) starts[group + 1] = (starts[group + 1] as number) + 1;
  }
  for (let group = 0; group < groups; group++)
    starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
  const next = starts.slice();
  const order = scratch.integers("order", starts[groups] as number);
  for (let row = 0; row < rows; row++) {
    const group = groupOf[row] as number;
    if (group < 0) continue;
    const at = next[group] as number;
    order[at] = row;
    next[group] = at + 1;
  }
  return new Ordered(order, starts);
}

/**
 * Up to so many groups, a pass for each is faster than counting: no row waits for the counter that the row before has
 * just written.
 */
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

/** The group of each row, cell * parts + part; -1 where it has no cell or no part. */
export function groupsOfParts(cellOf: Int32Array, parts: number, partOf: Int32Array, scratch: Scratch): Int32Array {
  const groupOf = scratch.integers("group", cellOf.length);
  for (let row = 0; row < cellOf.length; row++) {
    const cell = cellOf[row] as number;
    const part = partOf[row] as number;
    groupOf[row] = cell < 0 || part < 0 ? -1 : cell * parts + part;
  }
  return groupOf;
}

class Ordered implements Groups {
  readonly starts: Int32Array;
  readonly #order: Int32Array;

  constructor(order: Int32Array, starts: Int32Array) {
    this.starts = starts;
    this.#order = order;
  }

  gather(column: Float64Array, into: Float64Array): void {
    const order = this.#order;
    for (let i = 0; i < order.length; i++) into[i] = column[order[i] as number] as number;
  }
}

/**
 * Two groups: rows of the first come from the front, those of the second from the back, so that no row waits for the
 * one before.
 */
class Halves implements Groups {
  readonly starts: Int32Array;
  readonly #groupOf: Int32Array;

  /** @param groupOf - 0, 1 or -1; @param starts - of one or two groups, written here. */
  constructor(groupOf: Int32Array, starts: Int32Array) {
    let first = 0;
    let second = 0;
    for (let row = 0; row < groupOf.length; row++) {
      first += isFirst(groupOf[row] as number);
      second += isSecond(groupOf[row] as number);
    }
    starts[1] = first;
    if (starts.length > 2) starts[2] = first + second;
    this.starts = starts;
    this.#groupOf = groupOf;
  }

  gather(column: Float64Array, into: Float64Array): void {
    const groupOf = this.#groupOf;
    const rows = groupOf.length;
    let front = 0;
    let back = rows - 1;
    for (let row = 0; row < rows; row++) {
      const group = groupOf[row] as number;
      const value = column[row] as number;
      into[front] = value;
      into[back] = value;
      front += isFirst(group);
      back -= isSecond(group);
    }
    into.copyWithin(front, back + 1, rows);
  }
}

function isFirst(group: number): number {
  return 1 - (group & 1);
}

function isSecond(group: number): number {
  return group & ~(group >> 31);
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
      const column = this.#columns[field] as Float64Array;
      values = this.#scratch.numbers(field, column.length);
      this.groups.gather(column, values);
      this.#gathered.set(field, values);
    }
    return values;
  }
}
