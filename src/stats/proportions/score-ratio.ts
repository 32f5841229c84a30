import { type NotComputable, notComputable } from "../../errors.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import { testOptions } from "../options.ts";
import { criticalValue, symmetricPValue } from "../p-value.ts";
import type { TestResult } from "../result.ts";
import { type FittedRates, fitUnderOddsRatio, fitUnderRatio } from "./constrained-fit.ts";
import { checkArms, failures, type ProportionCounts, showArms } from "./counts.ts";
import { invertScore } from "./invert-score.ts";
import { type RatioOptions, requireRatio } from "./null-ratio.ts";

/** Options of the score methods for a ratio. */
export interface ScoreRatioOptions extends RatioOptions {
  /** Whether to multiply the variance by N / (N - 1), as Miettinen and Nurminen do; default false. */
  readonly smallSampleFactor?: boolean;
}

/**
 * By which factor do two success rates differ? Score interval: finite where one can be had, right at zero counts.
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Level, alternative, `nullRatio` (default 1), `smallSampleFactor`.
 * @returns The risk ratio treatment / control (0 or Infinity where one arm has no success), the interval of all ratios
 * that the score test does not reject, and that test. `NotComputable` for an empty arm or without any success.
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: P. A. R. Koopman 1984, doi:10.2307/2531405; O. Miettinen and M. Nurminen 1985, doi:10.1002/sim.4780040211.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1), a null
 * ratio that is not positive.
 *
 * @example
 * ```ts
 * koopmanInterval({ successes: 1, trials: 34 }, { successes: 7, trials: 34 }); // interval [1.22, 42.58]
 * ```
 */
export function koopmanInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: ScoreRatioOptions = {},
): TestResult | NotComputable {
  const estimate = ((treatment.successes / treatment.trials) * control.trials) / control.successes;
  const score = (lnRatio: number): number => {
    const ratio = Math.exp(lnRatio);
    const fit = fitUnderRatio(control, treatment, ratio);
    const miss = treatment.successes / treatment.trials - (ratio * control.successes) / control.trials;
    return miss === 0
      ? 0
      : miss / Math.sqrt(variance(fit.treatment, treatment) + ratio * ratio * variance(fit.control, control));
  };
  const informative = control.successes + treatment.successes > 0;
  return scoreResult(
    "compute the Koopman interval",
    "koopman",
    control,
    treatment,
    options,
    estimate,
    score,
    informative,
  );
}

/**
 * By which factor do the odds of success differ? Score interval: right at zero counts.
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Level, alternative, `nullRatio` (default 1), `smallSampleFactor`.
 * @returns The odds ratio treatment / control, the interval of all odds ratios that the score test does not reject, and
 * that test. `NotComputable` for an empty arm, or where all trials succeeded or all failed.
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: J. Cornfield 1956, Proc. Third Berkeley Symp. 4, 135-148; Miettinen and Nurminen 1985,
 * doi:10.1002/sim.4780040211.
 *
 * @throws {RangeError} As {@link koopmanInterval}.
 *
 * @example
 * ```ts
 * scoreOddsRatioInterval({ successes: 1, trials: 34 }, { successes: 7, trials: 34 }); // interval [1.26, 55.8]
 * ```
 */
export function scoreOddsRatioInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: ScoreRatioOptions = {},
): TestResult | NotComputable {
  const estimate = (treatment.successes / failures(treatment)) * (failures(control) / control.successes);
  const score = (lnOddsRatio: number): number => {
    const fit = fitUnderOddsRatio(control, treatment, lnOddsRatio);
    const weight = (rates: FittedRates, arm: ProportionCounts): number =>
      1 / (arm.trials * rates.success * rates.failure);
    // Observed minus fitted is the same in the four cells up to its sign: take it where the least cancels.
    const cells = [
      { fitted: treatment.trials * fit.treatment.success, observed: treatment.successes, sign: 1 },
      { fitted: treatment.trials * fit.treatment.failure, observed: failures(treatment), sign: -1 },
      { fitted: control.trials * fit.control.success, observed: control.successes, sign: -1 },
      { fitted: control.trials * fit.control.failure, observed: failures(control), sign: 1 },
    ];
    const smallest = cells.reduce((least, cell) => (cell.fitted < least.fitted ? cell : least));
    const miss = smallest.sign * (smallest.observed - smallest.fitted);
    return miss * Math.sqrt(weight(fit.treatment, treatment) + weight(fit.control, control));
  };
  const successes = control.successes + treatment.successes;
  const informative = successes > 0 && successes < control.trials + treatment.trials;
  return scoreResult(
    "compute the score interval of the odds ratio",
    "score-odds-ratio",
    control,
    treatment,
    options,
    estimate,
    score,
    informative,
  );
}

function variance(rates: FittedRates, arm: ProportionCounts): number {
  return (rates.success * rates.failure) / arm.trials;
}

function scoreResult(
  action: string,
  method: string,
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: ScoreRatioOptions,
  estimate: number,
  score: (lnRatio: number) => number,
  informative: boolean,
): TestResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { nullRatio = 1, smallSampleFactor = false } = options;
  requireRatio(action, nullRatio);
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  if (!informative) return notComputable("not-identified", showArms(control, treatment));
  const total = control.trials + treatment.trials;
  const shrink = smallSampleFactor ? Math.sqrt((total - 1) / total) : 1;
  const scaled = (lnRatio: number): number => shrink * score(lnRatio);
  const critical = criticalValue(level, alternative);
  const lnEstimate = Math.log(estimate);
  // An estimate of 0 or Infinity fits best at the end of the search.
  const start = Math.min(searchEnd, Math.max(-searchEnd, lnEstimate));
  const [lower, upper] = [
    alternative === "less" || estimate === 0 ? -Infinity : outermost(scaled, start, critical, -1),
    alternative === "greater" || estimate === Infinity ? Infinity : outermost(scaled, start, critical, 1),
  ];
  const statistic = scaled(Math.log(nullRatio));
  if (Number.isNaN(statistic)) return notComputable("zero-variance", showArms(control, treatment));
  return {
    computable: true,
    method: smallSampleFactor ? `${method}-miettinen-nurminen` : method,
    guarantee: "asymptotic",
    assumptions: [independentRequests, fixedLook],
    estimate,
    interval: [Math.exp(lower), Math.exp(upper)],
    level,
    alternative,
    nullValue: nullRatio,
    statistic,
    ...symmetricPValue(statistic, alternative),
  };
}

/** How far the logarithm of a ratio is searched: e^80 is beyond any ratio of counts that doubles hold. */
const searchEnd = 80;

/** The ln ratio where the score crosses the critical value, looking down (-1) or up (1) from `start`. */
function outermost(score: (lnRatio: number) => number, start: number, critical: number, direction: 1 | -1): number {
  const beyond = direction * searchEnd;
  const found = invertScore(score, start, critical, direction < 0 ? [beyond, start] : [start, beyond])[
    direction < 0 ? 0 : 1
  ];
  return found === beyond ? direction * Infinity : found;
}
