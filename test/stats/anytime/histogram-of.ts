import type { Histogram } from "../../../src/sketch/histogram.ts";

/** A histogram that keeps every value: one bin per distinct value. */
export function histogramOf(values: Iterable<number>): Histogram {
  const counts = new Map<number, number>();
  let count = 0;
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    count++;
  }
  const atoms = Float64Array.from(counts.keys()).sort();
  const bins = { lower: atoms, upper: atoms, count: atoms.map((atom) => counts.get(atom) as number) };
  return { count, min: atoms[0] ?? Number.NaN, max: atoms.at(-1) ?? Number.NaN, extremesExact: true, bins: () => bins };
}
