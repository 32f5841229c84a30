import { cannot, type NotComputable, notComputable, requireProbability } from "../../../errors.ts";
import { type ProportionCounts, requireCounts } from "../../proportions/counts.ts";
import type { Alternative } from "../../result.ts";
import {
  type ConfidenceSequenceResult,
  evidenceThreshold,
  type SequentialEvidence,
  sequentialEvidence,
} from "../evidence.ts";
import { invertEvidence } from "../invert-evidence.ts";
import { lnBetaMixtureEvidence, tunedConcentration, type TuningOptions } from "../mixtures/beta-mixture.ts";

const method = "beta-binomial-mixture";
const defaultSizes: readonly number[] = [1_000, 10_000, 100_000];

/** A test of one proportion. */
export interface OneProportionTestOptions extends TuningOptions {
  /** The proportion under the null hypothesis, in (0, 1). */
  readonly nullProportion: number;
  /** `less` tests whether the proportion is below the null: an absolute floor. Default `two-sided`. */
  readonly alternative?: Alternative;
  /** The alpha for which the sequence is tuned; it does not change the guarantee. Default 0.05. */
  readonly alpha?: number;
}

/**
 * Is the proportion of one arm different from (above, below) a fixed level, exactly, at any stopping time?
 *
 * @param counts - successes and trials so far
 * @param options - null proportion, alternative, tuning
 * @returns ln E at this look; the p-value is of this look alone, so an alarm raised earlier must be remembered by the
 * caller
 *
 * Guarantee: anytime-exact for independent requests whose proportion does not change; for `less` (`greater`) it holds
 * for every proportion on the null's side that does not change.
 *
 * Source: H. Robbins, Statistical methods related to the law of the iterated logarithm (1970),
 * doi:10.1214/aoms/1177696786; S. Howard et al. (2021), doi:10.1214/20-AOS1991.
 *
 * @throws {RangeError} for counts that are not counts, a null outside (0, 1)
 * @example
 * ```ts
 * // Is success established to be below 99 %?
 * const seen = { successes: 9600, trials: 10000 };
 * oneProportionEvidence(seen, { nullProportion: 0.99, alternative: "less" }).pValue < 1e-6; // true
 * ```
 */
export function oneProportionEvidence(counts: ProportionCounts, options: OneProportionTestOptions): SequentialEvidence {
  const action = "compute the evidence on one proportion";
  requireCounts(action, "counts", counts);
  requireProbability(action, "nullProportion", options.nullProportion);
  const concentrations = concentrationsOf(action, options.tunedSampleSizes, options.alpha ?? 0.05);
  const ln = lnBetaMixtureEvidence(
    counts.successes,
    counts.trials,
    options.nullProportion,
    concentrations,
    options.alternative,
  );
  return sequentialEvidence(method, "anytime-exact", ln);
}

/** An interval for one proportion. */
export interface OneProportionIntervalOptions extends TuningOptions {
  /** 1 - coverage. Default 0.05. */
  readonly alpha?: number;
  /** `greater` gives a lower bound only, `less` an upper bound only. Default `two-sided`. */
  readonly alternative?: Alternative;
}

/**
 * Where does the proportion of one arm lie, at all times at once?
 *
 * @param counts - successes and trials so far
 * @returns estimate and interval in [0, 1], or "could not compute" without trials. Guarantee, source and errors as for
 * {@link oneProportionEvidence}.
 *
 * @example
 * ```ts
 * oneProportionConfidenceSequence({ successes: 9970, trials: 10000 }); // interval about [0.9944, 0.9986]
 * ```
 */
export function oneProportionConfidenceSequence(
  counts: ProportionCounts,
  options: OneProportionIntervalOptions = {},
): ConfidenceSequenceResult | NotComputable {
  const action = "compute a confidence sequence of one proportion";
  const { alpha = 0.05, alternative = "two-sided", tunedSampleSizes } = options;
  requireCounts(action, "counts", counts);
  requireProbability(action, "alpha", alpha);
  const { successes, trials } = counts;
  if (trials === 0) return notComputable("no-data", "a proportion of no trials");
  const concentrations = concentrationsOf(action, tunedSampleSizes, alpha);
  // On the logit scale the ends are found to the same relative precision near 0 and 1 as in the middle.
  const estimate = successes / trials;
  const start = Math.log((successes + 0.5) / (trials - successes + 0.5));
  const step = Math.sqrt(1 / (successes + 0.5) + 1 / (trials - successes + 0.5));
  const ends = alternative === "two-sided" ? "both" : alternative === "greater" ? "lower" : "upper";
  const lnEvidence = (logit: number): number =>
    lnBetaMixtureEvidence(successes, trials, expit(logit), concentrations, alternative);
  const interval = invertEvidence(
    lnEvidence,
    evidenceThreshold(alpha),
    { start, step, limits: [-largestLogit, largestLogit] },
    ends,
  );
  if (interval === null)
    return notComputable("no-convergence", `no proportion is compatible with ${successes} of ${trials}`);
  const [lower, upper] = interval;
  return {
    computable: true,
    method,
    guarantee: "anytime-exact",
    estimate,
    interval: [lower === -largestLogit ? 0 : expit(lower), upper === largestLogit ? 1 : expit(upper)],
    level: 1 - alpha,
  };
}

/** Proportions nearer to 0 or 1 than 1e-13 are reported as 0 or 1. */
const largestLogit = 30;

function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function concentrationsOf(action: string, sizes: readonly number[] = defaultSizes, alpha: number): number[] {
  if (sizes.length === 0) throw new RangeError(cannot(action, "tunedSampleSizes", "one or more sample sizes", sizes));
  return sizes.map((size) => tunedConcentration(action, size, alpha));
}
