import type { Placement } from "./placement.ts";

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
export function groupRows({ cellOf, cells }: Placement, parts = 1, partOf?: Int32Array): Groups {
  const groups = cells.length * parts;
  const starts = new Int32Array(groups + 1);
  const groupOf = partOf === undefined ? cellOf : combined(cellOf, parts, partOf);
  const rows = groupOf.length;
  for (let row = 0; row < rows; row++) {
    const group = groupOf[row] as number;
    if (group >= 0) starts[group + 1] = (starts[group + 1] as number) + 1;
  }
  for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
  const next = starts.slice();
  const order = new Int32Array(starts[groups] as number);
  for (let row = 0; row < rows; row++) {
    const group = groupOf[row] as number;
    if (group < 0) continue;
    const at = next[group] as number;
    order[at] = row;
    next[group] = at + 1;
  }
  return { order, starts };
}

function combined(cellOf: Int32Array, parts: number, partOf: Int32Array): Int32Array {
  const groupOf = new Int32Array(cellOf.length);
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
  readonly #gathered = new Map<string, Float64Array>();

  constructor(groups: Groups, columns: Readonly<Record<string, Float64Array>>) {
    this.groups = groups;
    this.#columns = columns;
  }

  column(field: string): Float64Array {
    let values = this.#gathered.get(field);
    if (values === undefined) {
      values = gather(this.#columns[field] as Float64Array, this.groups.order);
      this.#gathered.set(field, values);
    }
    return values;
  }
}

function gather(column: Float64Array, order: Int32Array): Float64Array {
  const values = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) values[i] = column[order[i] as number] as number;
  return values;
}
