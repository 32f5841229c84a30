import { cannot, type NotComputable, notComputable, requireNumber } from "../../errors.ts";
import { chiSquareLogSurvival, chiSquareSurvival } from "../../math/chi-square.ts";
import { CompensatedSum, sum } from "../../math/sum.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import { type ProportionCounts, requireCounts } from "./counts.ts";

/** A test without a single parameter: only how far the counts are from what the null expects. */
export interface ChiSquareResult {
  readonly computable: true;
  readonly method: string;
  readonly guarantee: "asymptotic";
  readonly assumptions: readonly string[];
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  readonly lnPValue: number;
}

/** Options of the chi-square tests. */
export interface ChiSquareOptions {
  /**
   * Exponent of the power divergence: 1 is Pearson's chi-square (the default), 0 the likelihood ratio, -1/2
   * Freeman-Tukey, -2 Neyman, 2/3 Cressie-Read.
   */
  readonly exponent?: number;
  /** Whether to move every count half a unit, or as far as it goes, towards its expectation (Yates); default false. */
  readonly continuity?: boolean;
}

/**
 * Do counts follow expected counts?
 *
 * @param observed - Observed counts, non-negative.
 * @param expected - Expected counts, positive, of the same length and total.
 * @param options - Power divergence, continuity correction.
 * @returns The statistic with length - 1 degrees of freedom and its p-value. `NotComputable` with fewer than two cells.
 *
 * Asymptotic: wants about 5 expected in each cell; independent requests, one look.
 *
 * Source: K. Pearson 1900, doi:10.1080/14786440009463897; N. Cressie and T. R. C. Read 1984,
 * doi:10.1111/j.2517-6161.1984.tb01318.x.
 *
 * @throws {RangeError} Counts that are negative or not finite, expectations that are not positive, lengths or totals
 * that differ.
 *
 * @example
 * ```ts
 * goodnessOfFitTest([10, 30], [5, 35]); // statistic 5.714, pValue 0.0168
 * ```
 */
export function goodnessOfFitTest(
  observed: readonly number[],
  expected: readonly number[],
  options: ChiSquareOptions = {},
): ChiSquareResult | NotComputable {
  const action = "test the goodness of fit";
  if (observed.length !== expected.length)
    throw new RangeError(cannot(action, "expected", `as long as observed (${observed.length})`, expected.length));
  observed.forEach((count, i) =>
    requireNumber(action, `observed[${i}]`, "a non-negative finite number", count, (x) => x >= 0 && x < Infinity),
  );
  expected.forEach((count, i) =>
    requireNumber(action, `expected[${i}]`, "a positive finite number", count, (x) => x > 0 && x < Infinity),
  );
  const total = sum(observed);
  if (Math.abs(sum(expected) - total) > 1e-8 * total)
    throw new RangeError(cannot(action, "the total of expected", `the total of observed (${total})`, sum(expected)));
  if (observed.length < 2) return notComputable("no-data", `there are ${observed.length} cells`);
  return result(action, "goodness-of-fit", observed, expected, observed.length - 1, options);
}

/**
 * Do several arms share one success rate?
 *
 * @param arms - Counts of at least two arms.
 * @param options - Power divergence, continuity correction.
 * @returns The statistic with arms - 1 degrees of freedom and its p-value. `NotComputable` with fewer than two arms, an
 * empty arm, or where all trials succeeded or all failed.
 *
 * Asymptotic: wants about 5 expected successes and failures in each arm; independent requests, one look.
 *
 * Source: as {@link goodnessOfFitTest}.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials.
 *
 * @example
 * ```ts
 * homogeneityTest([{ successes: 73, trials: 86 }, { successes: 90, trials: 93 }, { successes: 114, trials: 136 }]);
 * ```
 */
export function homogeneityTest(
  arms: readonly ProportionCounts[],
  options: ChiSquareOptions = {},
): ChiSquareResult | NotComputable {
  const action = "test the homogeneity of proportions";
  arms.forEach((arm, i) => requireCounts(action, `arms[${i}]`, arm));
  if (arms.length < 2 || arms.some((arm) => arm.trials === 0)) {
    return notComputable("no-data", `the arms have ${arms.map((arm) => arm.trials).join(", ") || "no"} trials`);
  }
  const trials = sum(arms.map((arm) => arm.trials));
  const successes = sum(arms.map((arm) => arm.successes));
  if (successes === 0 || successes === trials)
    return notComputable("zero-variance", `${successes} of ${trials} trials succeeded`);
  const observed = arms.flatMap((arm) => [arm.successes, arm.trials - arm.successes]);
  const expected = arms.flatMap((arm) => [
    (successes / trials) * arm.trials,
    ((trials - successes) / trials) * arm.trials,
  ]);
  return result(action, "homogeneity", observed, expected, arms.length - 1, options);
}

function result(
  action: string,
  subject: string,
  observed: readonly number[],
  expected: readonly number[],
  degreesOfFreedom: number,
  options: ChiSquareOptions,
): ChiSquareResult {
  const { exponent = 1, continuity = false } = options;
  requireNumber(action, "exponent", "a finite number", exponent, Number.isFinite);
  const total = new CompensatedSum();
  observed.forEach((count, i) => {
    const mean = expected[i] as number;
    const miss = mean - count;
    total.add(divergence(count + (continuity ? Math.sign(miss) * Math.min(0.5, Math.abs(miss)) : 0), mean, exponent));
  });
  const statistic = total.value;
  const named = exponent === 1 ? "pearson" : exponent === 0 ? "likelihood-ratio" : `power-${exponent}`;
  return {
    computable: true,
    method: `${subject}-${named}${continuity ? "-continuity" : ""}`,
    guarantee: "asymptotic",
    assumptions: [independentRequests, fixedLook],
    statistic,
    degreesOfFreedom,
    pValue: chiSquareSurvival(statistic, degreesOfFreedom),
    lnPValue: chiSquareLogSurvival(statistic, degreesOfFreedom),
  };
}

/**
 * One cell's share of the power divergence, with the linear term that sums to 0 kept in, so that every share is >= 0.
 */
function divergence(observed: number, expected: number, exponent: number): number {
  const r = observed / expected;
  if (exponent === 1) return (observed - expected) * (r - 1);
  if (exponent === 0) return 2 * (observed === 0 ? expected : observed * Math.log(r) - (observed - expected));
  if (exponent === -1) return 2 * (observed - expected - expected * Math.log(r));
  return (2 / (exponent * (exponent + 1))) * (observed * (r ** exponent - 1) - exponent * (observed - expected));
}
