import { binomialLogProbability } from "../../math/binomial.ts";
import { findMinimum } from "../../math/minimum.ts";
import type { PValue } from "../p-value.ts";
import { fromLog } from "./binomial-test.ts";

/**
 * Tables of an exact unconditional test that is still computed: (trials + 1) of one arm times (trials + 1) of the
 * other.
 */
export const maximumTables = 4_000_000;

/** For each number of control successes, the ranges of treatment successes that are as extreme as observed. */
type Region = readonly (readonly (readonly [first: number, last: number])[])[];

/**
 * The largest probability, over the unknown common success rate, of a table as extreme as observed: the p-value of an
 * exact unconditional test.
 */
export function unconditionalPValue(
  controlTrials: number,
  treatmentTrials: number,
  extreme: (control: number, treatment: number) => boolean,
): PValue {
  const region = regionOf(controlTrials, treatmentTrials, extreme);
  const size = (angle: number): number => probability(region, controlTrials, treatmentTrials, Math.sin(angle) ** 2);
  // On the arcsine scale the peaks are about equally wide, 1 / sqrt(trials), so a grid finer than that meets each of
  // them.
  const cells = Math.max(200, Math.ceil(16 * Math.sqrt(controlTrials + treatmentTrials)));
  const grid = Array.from({ length: cells + 1 }, (_, i) => (i * Math.PI) / 2 / cells);
  const values = grid.map(size);
  const peaks = grid
    .map((_, i) => i)
    .filter((i) => (values[i] as number) >= (values[i - 1] ?? 0) && (values[i] as number) >= (values[i + 1] ?? 0))
    .sort((i, j) => (values[j] as number) - (values[i] as number))
    .slice(0, 6);
  let largest = 0;
  for (const i of peaks)
    largest = Math.max(
      largest,
      -findMinimum((x) => -size(x), grid[Math.max(0, i - 1)] as number, grid[Math.min(cells, i + 1)] as number, {
        tolerance: 1e-8,
      }).value,
      values[i] as number,
    );
  return fromLog(Math.log(largest));
}

function regionOf(
  controlTrials: number,
  treatmentTrials: number,
  extreme: (control: number, treatment: number) => boolean,
): Region {
  const region: [number, number][][] = [];
  for (let control = 0; control <= controlTrials; control += 1) {
    const ranges: [number, number][] = [];
    let first = -1;
    for (let treatment = 0; treatment <= treatmentTrials + 1; treatment += 1) {
      const inside = treatment <= treatmentTrials && extreme(control, treatment);
      if (inside && first < 0) first = treatment;
      if (!inside && first >= 0) {
        ranges.push([first, treatment - 1]);
        first = -1;
      }
    }
    region.push(ranges);
  }
  return region;
}

function probability(region: Region, controlTrials: number, treatmentTrials: number, rate: number): number {
  const control = binomialVector(controlTrials, rate);
  const treatment = binomialVector(treatmentTrials, rate);
  // Sums from the nearer end, so that a small range at either end keeps its digits.
  const below = running(treatment, false);
  const above = running(treatment, true);
  let total = 0;
  for (let k = 0; k <= controlTrials; k += 1) {
    for (const [first, last] of region[k] as readonly (readonly [number, number])[]) {
      const low = (below[last] as number) - (first > 0 ? (below[first - 1] as number) : 0);
      const high = (above[first] as number) - (last < treatmentTrials ? (above[last + 1] as number) : 0);
      total += (control[k] as number) * ((below[last] as number) < (above[first] as number) ? low : high);
    }
  }
  return total;
}

/** The probabilities of 0...n successes, by ratios from the mode. */
function binomialVector(n: number, rate: number): Float64Array {
  const vector = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * rate));
  vector[mode] = Math.exp(binomialLogProbability(mode, n, rate));
  const odds = rate / (1 - rate);
  for (let k = mode; k < n; k += 1) vector[k + 1] = ((vector[k] as number) * odds * (n - k)) / (k + 1);
  for (let k = mode; k > 0; k -= 1) vector[k - 1] = ((vector[k] as number) * k) / odds / (n - k + 1);
  return vector;
}

function running(vector: Float64Array, fromTop: boolean): Float64Array {
  const sums = new Float64Array(vector.length);
  let total = 0;
  for (let i = 0; i < vector.length; i += 1) {
    const at = fromTop ? vector.length - 1 - i : i;
    total += vector[at] as number;
    sums[at] = total;
  }
  return sums;
}
