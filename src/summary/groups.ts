/** Rows sorted by group: group g holds the rows `order[starts[g]] .. order[starts[g + 1] - 1]`. */
export interface Groups {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

/** Sorts rows by their group (a counting sort, stable); rows of group -1 are left out. */
export function groupRows(groupOf: Int32Array, length: number, groups: number): Groups {
  const starts = new Int32Array(groups + 1);
  for (let row = 0; row < length; row++) {
    const group = groupOf[row] as number;
    if (group >= 0) starts[group + 1] = (starts[group + 1] as number) + 1;
  }
  for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
  const next = starts.slice();
  const order = new Int32Array(starts[groups] as number);
  for (let row = 0; row < length; row++) {
    const group = groupOf[row] as number;
    if (group < 0) continue;
    const at = next[group] as number;
    order[at] = row;
    next[group] = at + 1;
  }
  return { order, starts };
}
