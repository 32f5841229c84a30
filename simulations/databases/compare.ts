import { encodeSummary, type Summary } from "../../src/index.ts";

/** Where two summaries differ, and by how much their sums do. */
export interface Comparison {
  /** Paths at which counts, buckets, extremes, names or anything but sums differ. */
  readonly differences: readonly string[];
  /** Largest difference of a sum, relative to the sum of the absolute values that it is made of. */
  readonly worstSum: number;
}

const sums = new Set(["sum", "sumOfSquares", "sumX", "sumY", "sumXX", "sumYY", "sumXY"]);

/**
 * Compares all that two summaries hold, but for examples of rejected rows and for the sample of units with their arms:
 * its hash is one that no database has, so a summary from a database holds none. Nor does it hold slices of time: its
 * periods serve as slices.
 */
export function compareSummaries(actual: Summary, expected: Summary): Comparison {
  const differences: string[] = [];
  let worstSum = 0;
  const compareSums = (a: readonly number[], b: readonly number[], scale: number): void => {
    const difference = Math.abs(total([...a, ...b.map((part) => -part)]));
    if (difference > 0) worstSum = Math.max(worstSum, difference / Math.max(scale, Math.abs(total(b))));
  };
  const walk = (a: unknown, b: unknown, path: string): void => {
    if (path.endsWith(".samples") || path === ".quality.unitArms" || path === ".checksum" || path === ".slices") return;
    if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        if (sums.has(key) && Array.isArray(a[key]) && Array.isArray(b[key]))
          compareSums(a[key], b[key], absoluteSum(key, b));
        else walk(a[key], b[key], `${path}.${key}`);
      }
    } else if (a !== b) differences.push(`${path}: ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`);
  };
  walk(JSON.parse(encodeSummary(actual)), JSON.parse(encodeSummary(expected)), "");
  return { differences, worstSum };
}

/**
 * A bound on the sum of absolute values of a signed field, from its squares (Cauchy and Schwarz); 0 where the values
 * can't cancel.
 */
function absoluteSum(key: string, of: Readonly<Record<string, unknown>>): number {
  const squares = { sum: "sumOfSquares", sumX: "sumXX", sumY: "sumYY" }[key];
  if (squares === undefined || of[squares] === undefined)
    return Number(of["min"] ?? 0) < 0
      ? Number(of["count"]) * Math.max(Math.abs(Number(of["min"])), Number(of["max"]))
      : 0;
  return Math.sqrt(Number(of["count"]) * total(of[squares] as number[]));
}

function total(parts: readonly number[]): number {
  return [...parts].sort((x, y) => Math.abs(y) - Math.abs(x)).reduce((sum, part) => sum + part, 0);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
