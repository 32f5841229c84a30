import { type NotComputable, notComputable, requireNumber } from "../../errors.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import type { Interval } from "../interval.ts";
import { testOptions } from "../options.ts";
import { criticalValue, sided, symmetricPValue } from "../p-value.ts";
import type { TestOptions, TestResult } from "../result.ts";
import { fitUnderDifference } from "./constrained-fit.ts";
import { checkArms, type ProportionCounts, showArms } from "./counts.ts";
import { differenceOfProportions } from "./difference.ts";
import { invertScore } from "./invert-score.ts";

/** Options of the score methods for a difference. */
export interface ScoreDifferenceOptions extends TestOptions {
  /** Difference treatment - control under the null, in (-1, 1); default 0. */
  readonly nullDifference?: number;
}

/**
 * By how much do two success rates differ? Score interval with the small-sample factor N / (N - 1).
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Confidence level, alternative, `nullDifference` (default 0).
 * @returns The difference treatment - control, the interval of all differences that the score test does not reject, and
 * that test at `nullDifference`. `NotComputable` for an empty arm, or as a test where the null fits without variance.
 *
 * Asymptotic, at one look, for independent requests; the recommended interval for rates near 0 or 1.
 *
 * Source: O. Miettinen and M. Nurminen 1985, doi:10.1002/sim.4780040211.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1), a null
 * difference outside (-1, 1).
 *
 * @example
 * ```ts
 * miettinenNurminenInterval({ successes: 9970, trials: 10000 }, { successes: 9960, trials: 10000 }); // around -0.001
 * ```
 */
export function miettinenNurminenInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: ScoreDifferenceOptions = {},
): TestResult | NotComputable {
  const total = control.trials + treatment.trials;
  return scoreResult(
    "compute the Miettinen-Nurminen interval",
    "miettinen-nurminen",
    control,
    treatment,
    options,
    total / (total - 1),
  );
}

/**
 * By how much do two success rates differ? Score interval without the small-sample factor.
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Confidence level, alternative, `nullDifference` (default 0).
 * @returns As {@link miettinenNurminenInterval}, with the plain binomial variance.
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: R. W. Mee 1984, doi:10.2307/2531174.
 *
 * @throws {RangeError} As {@link miettinenNurminenInterval}.
 *
 * @example
 * ```ts
 * meeInterval({ successes: 1, trials: 34 }, { successes: 7, trials: 34 });
 * ```
 */
export function meeInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: ScoreDifferenceOptions = {},
): TestResult | NotComputable {
  return scoreResult("compute the Mee interval", "mee", control, treatment, options, 1);
}

/**
 * Is the treatment's success rate better than the control's by more than a given difference, or worse by less than a
 * margin?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - `nullDifference` (for non-inferiority of a rate where higher is better: minus the margin, with
 * `alternative: "greater"`), alternative, level.
 * @returns The difference treatment - control, the score statistic with the variance fitted under the null, its p-value
 * and the interval of the differences not rejected.
 *
 * Asymptotic, at one look, for independent requests; keeps its level where the Wald test does not.
 *
 * Source: C. P. Farrington and G. Manning 1990, doi:10.1002/sim.4780091208.
 *
 * @throws {RangeError} As {@link miettinenNurminenInterval}.
 *
 * @example
 * ```ts
 * farringtonManningTest({ successes: 9970, trials: 10000 }, { successes: 9965, trials: 10000 },
 *   { nullDifference: -0.005, alternative: "greater" });
 * ```
 */
export function farringtonManningTest(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: ScoreDifferenceOptions = {},
): TestResult | NotComputable {
  return scoreResult("run the Farrington-Manning test", "farrington-manning", control, treatment, options, 1);
}

/**
 * (observed difference - difference) over its standard error under the constraint; 0 / 0 is 0, the value fits
 * perfectly.
 */
function scoreOfDifference(
  control: ProportionCounts,
  treatment: ProportionCounts,
  difference: number,
  factor: number,
): number {
  const miss = differenceOfProportions(control, treatment) - difference;
  if (Math.abs(difference) >= 1) return miss === 0 ? 0 : miss > 0 ? Infinity : -Infinity;
  const fit = fitUnderDifference(control, treatment, difference);
  const variance =
    (fit.control.success * fit.control.failure) / control.trials +
    (fit.treatment.success * fit.treatment.failure) / treatment.trials;
  return miss === 0 ? 0 : miss / Math.sqrt(variance * factor);
}

function scoreResult(
  action: string,
  method: string,
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: ScoreDifferenceOptions,
  factor: number,
): TestResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { nullDifference = 0 } = options;
  requireNumber(action, "nullDifference", "a number strictly between -1 and 1", nullDifference, (x) => x > -1 && x < 1);
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  const estimate = differenceOfProportions(control, treatment);
  const score = (difference: number): number => scoreOfDifference(control, treatment, difference, factor);
  const interval: Interval = invertScore(score, estimate, criticalValue(level, alternative), [-1, 1]);
  const statistic = score(nullDifference);
  if (Number.isNaN(statistic)) return notComputable("zero-variance", showArms(control, treatment));
  return {
    computable: true,
    method,
    guarantee: "asymptotic",
    assumptions: [independentRequests, fixedLook],
    estimate,
    interval: sided(interval, alternative),
    level,
    alternative,
    nullValue: nullDifference,
    statistic,
    ...symmetricPValue(statistic, alternative),
  };
}
