/**
 * Compares distribution functions with the 50-digit references of fixtures/reference/distributions. Plain TypeScript
 * without Node, so that it runs alike in Node, Deno and Bun.
 */
import {
  betaCdf,
  betaLogCdf,
  betaLogSurvival,
  betaQuantile,
  betaSurvival,
  betaSurvivalQuantile,
  lnBeta,
} from "../src/math/beta.ts";
import { binomialCdf, binomialLogCdf, binomialLogSurvival, binomialSurvival } from "../src/math/binomial.ts";
import { chiSquareCdf, chiSquareLogCdf, chiSquareLogSurvival, chiSquareSurvival } from "../src/math/chi-square.ts";
import { erfcInverse } from "../src/math/erfc-inverse.ts";
import { erf, erfc, lnErfc } from "../src/math/erfc.ts";
import { lnGamma } from "../src/math/gamma.ts";
import {
  hypergeometricCdf,
  hypergeometricLogCdf,
  hypergeometricLogSurvival,
  hypergeometricSurvival,
} from "../src/math/hypergeometric.ts";
import {
  normalCdf,
  normalLogCdf,
  normalLogSurvival,
  normalQuantile,
  normalSurvival,
  normalSurvivalQuantile,
} from "../src/math/normal.ts";
import {
  studentTCdf,
  studentTLogCdf,
  studentTLogSurvival,
  studentTQuantile,
  studentTSurvival,
} from "../src/math/student-t.ts";

/** One reference file: inputs as exact doubles, outputs as decimal strings. */
export interface ReferenceFile {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string)[])[];
}

/** A function under test: takes the inputs of a row. */
export type Candidate = (...inputs: number[]) => number;

/** One function against one column of one file. */
export interface Comparison {
  readonly name: string;
  readonly file: string;
  /** Column of the expected value. */
  readonly column: string;
  readonly own: Candidate;
  /** Allowed relative error, by the inputs. */
  readonly tolerance: (...inputs: number[]) => number;
}

/** What a comparison found. */
export interface Outcome {
  readonly name: string;
  readonly points: number;
  readonly failures: number;
  readonly worst: number;
  readonly worstInputs: readonly number[];
  readonly expected: string;
  readonly actual: number;
}

const strict = (): number => 1e-12;
const bySize = (a: number, b: number): number => (Math.max(a, b) >= 1e6 ? 1e-11 : 1e-12);
const byDouble = (x: number): number => bySize(x, 0);

/** Every column of every file. */
export const comparisons: readonly Comparison[] = [
  { name: "normalCdf", file: "normal", column: "cdf", own: normalCdf, tolerance: strict },
  { name: "normalSurvival", file: "normal", column: "sf", own: normalSurvival, tolerance: strict },
  { name: "normalLogCdf", file: "normal", column: "logcdf", own: normalLogCdf, tolerance: strict },
  { name: "normalLogSurvival", file: "normal", column: "logsf", own: normalLogSurvival, tolerance: strict },
  { name: "normalQuantile", file: "normal_quantile", column: "z", own: normalQuantile, tolerance: strict },
  {
    name: "normalSurvivalQuantile",
    file: "normal_quantile",
    column: "z",
    own: (p) => -normalSurvivalQuantile(p),
    tolerance: strict,
  },
  { name: "erf", file: "erfc", column: "erf", own: erf, tolerance: strict },
  { name: "erfc", file: "erfc", column: "erfc", own: erfc, tolerance: strict },
  { name: "lnErfc", file: "erfc", column: "logerfc", own: lnErfc, tolerance: strict },
  { name: "erfcInverse", file: "erfcinv", column: "x", own: erfcInverse, tolerance: strict },
  { name: "lnGamma", file: "lgamma", column: "lgamma", own: lnGamma, tolerance: strict },
  { name: "lnBeta", file: "lbeta", column: "lbeta", own: lnBeta, tolerance: bySize },
  { name: "betaCdf", file: "beta", column: "I", own: (a, b, x) => betaCdf(x, a, b), tolerance: bySize },
  { name: "betaSurvival", file: "beta", column: "Ic", own: (a, b, x) => betaSurvival(x, a, b), tolerance: bySize },
  { name: "betaLogCdf", file: "beta", column: "logI", own: (a, b, x) => betaLogCdf(x, a, b), tolerance: bySize },
  {
    name: "betaLogSurvival",
    file: "beta",
    column: "logIc",
    own: (a, b, x) => betaLogSurvival(x, a, b),
    tolerance: bySize,
  },
  {
    name: "betaQuantile",
    file: "beta_quantile",
    column: "x",
    own: (a, b, p) => betaQuantile(p, a, b),
    tolerance: bySize,
  },
  {
    name: "betaSurvivalQuantile (1 - x)",
    file: "beta_quantile",
    column: "one_minus_x",
    own: (a, b, p) => betaSurvivalQuantile(p, b, a),
    tolerance: bySize,
  },
  { name: "studentTCdf", file: "t", column: "cdf", own: (df, t) => studentTCdf(t, df), tolerance: byDouble },
  { name: "studentTSurvival", file: "t", column: "sf", own: (df, t) => studentTSurvival(t, df), tolerance: byDouble },
  { name: "studentTLogCdf", file: "t", column: "logcdf", own: (df, t) => studentTLogCdf(t, df), tolerance: byDouble },
  {
    name: "studentTLogSurvival",
    file: "t",
    column: "logsf",
    own: (df, t) => studentTLogSurvival(t, df),
    tolerance: byDouble,
  },
  {
    name: "studentTQuantile",
    file: "t_quantile",
    column: "t",
    own: (df, p) => studentTQuantile(p, df),
    tolerance: byDouble,
  },
  { name: "chiSquareCdf", file: "chisquare", column: "cdf", own: (df, x) => chiSquareCdf(x, df), tolerance: strict },
  {
    name: "chiSquareSurvival",
    file: "chisquare",
    column: "sf",
    own: (df, x) => chiSquareSurvival(x, df),
    tolerance: strict,
  },
  {
    name: "chiSquareLogCdf",
    file: "chisquare",
    column: "logcdf",
    own: (df, x) => chiSquareLogCdf(x, df),
    tolerance: strict,
  },
  {
    name: "chiSquareLogSurvival",
    file: "chisquare",
    column: "logsf",
    own: (df, x) => chiSquareLogSurvival(x, df),
    tolerance: strict,
  },
  { name: "binomialCdf", file: "binomial", column: "cdf", own: (n, p, k) => binomialCdf(k, n, p), tolerance: byDouble },
  {
    name: "binomialSurvival",
    file: "binomial",
    column: "sf",
    own: (n, p, k) => binomialSurvival(k, n, p),
    tolerance: byDouble,
  },
  {
    name: "binomialLogCdf",
    file: "binomial",
    column: "logcdf",
    own: (n, p, k) => binomialLogCdf(k, n, p),
    tolerance: byDouble,
  },
  {
    name: "binomialLogSurvival",
    file: "binomial",
    column: "logsf",
    own: (n, p, k) => binomialLogSurvival(k, n, p),
    tolerance: byDouble,
  },
  {
    name: "hypergeometricCdf",
    file: "hypergeometric",
    column: "cdf",
    own: (N, K, n, k) => hypergeometricCdf(k, N, K, n),
    tolerance: strict,
  },
  {
    name: "hypergeometricSurvival",
    file: "hypergeometric",
    column: "sf",
    own: (N, K, n, k) => hypergeometricSurvival(k, N, K, n),
    tolerance: strict,
  },
  {
    name: "hypergeometricLogCdf",
    file: "hypergeometric",
    column: "logcdf",
    own: (N, K, n, k) => hypergeometricLogCdf(k, N, K, n),
    tolerance: strict,
  },
  {
    name: "hypergeometricLogSurvival",
    file: "hypergeometric",
    column: "logsf",
    own: (N, K, n, k) => hypergeometricLogSurvival(k, N, K, n),
    tolerance: strict,
  },
  {
    name: "Clopper-Pearson lower",
    file: "clopper_pearson",
    column: "lower",
    own: (n, k, tail) => (k === 0 ? 0 : betaQuantile(tail, k, n - k + 1)),
    tolerance: byDouble,
  },
  {
    name: "Clopper-Pearson upper",
    file: "clopper_pearson",
    column: "upper",
    own: (n, k, tail) => (k === n ? 1 : betaSurvivalQuantile(tail, k + 1, n - k)),
    tolerance: byDouble,
  },
  {
    name: "Clopper-Pearson 1 - lower",
    file: "clopper_pearson",
    column: "one_minus_lower",
    own: (n, k, tail) => (k === 0 ? 1 : betaSurvivalQuantile(tail, n - k + 1, k)),
    tolerance: byDouble,
  },
  {
    name: "Clopper-Pearson 1 - upper",
    file: "clopper_pearson",
    column: "one_minus_upper",
    own: (n, k, tail) => (k === n ? 0 : betaQuantile(tail, n - k, k + 1)),
    tolerance: byDouble,
  },
];

/** Names of the reference files that the comparisons need. */
export const referenceFiles: readonly string[] = [...new Set(comparisons.map((comparison) => comparison.file))];

/** Below this a double has lost digits by itself; expected values there must come out below it too. */
const smallestNormal = 2.2250738585072014e-308;

/** Runs a candidate over every row of the file. */
export function compare(comparison: Comparison, file: ReferenceFile, candidate: Candidate = comparison.own): Outcome {
  const at = file.columns.indexOf(comparison.column);
  const inputCount = file.rows[0]?.findIndex((cell) => typeof cell === "string") ?? 0;
  let [points, failures, worst, actual] = [0, 0, -1, NaN];
  let worstInputs: readonly number[] = [];
  let expectedOfWorst = "";
  for (const row of file.rows) {
    const inputs = row.slice(0, inputCount) as number[];
    const text = row[at] as string;
    const value = attempt(() => candidate(...inputs));
    const error = relativeError(value, text, comparison, inputs);
    points += 1;
    if (!(error <= comparison.tolerance(...inputs))) failures += 1;
    if (!(error <= worst)) {
      [worst, actual, worstInputs, expectedOfWorst] = [error, value, inputs, text];
      if (Number.isNaN(error)) worst = Infinity;
    }
  }
  return { name: comparison.name, points, failures, worst, worstInputs, expected: expectedOfWorst, actual };
}

function relativeError(actual: number, text: string, comparison: Comparison, inputs: readonly number[]): number {
  const expected = expectedValue(text, comparison, inputs);
  if (Object.is(actual, expected) || actual === expected) return 0;
  if (Math.abs(expected) < smallestNormal) return Math.abs(actual) < smallestNormal ? 0 : Infinity;
  return Math.abs(actual - expected) / Math.abs(expected);
}

/** ln erfc(+-1e-300) is printed as 0, as its 90 digits end before; it is -+2e-300 / sqrt(pi) to 300 digits. */
function expectedValue(text: string, comparison: Comparison, inputs: readonly number[]): number {
  const x = inputs[0] as number;
  if (comparison.column === "logerfc" && text === "0" && x !== 0) return (-2 * x) / Math.sqrt(Math.PI);
  return Number(text);
}

function attempt(run: () => number): number {
  try {
    return run();
  } catch {
    return NaN;
  }
}
