import { cannot, requireProbability } from "../../errors.ts";
import { type ProportionCounts, requireCounts } from "../proportions/counts.ts";
import { type SequentialEvidence, sequentialEvidence } from "./evidence.ts";

/** The two simple hypotheses, and the errors allowed. */
export interface SprtOptions {
  readonly nullProportion: number;
  readonly alternativeProportion: number;
  /** Probability to accept the alternative when the null is true. Default 0.05. */
  readonly alpha?: number;
  /** Probability to accept the null when the alternative is true. Default 0.2. */
  readonly beta?: number;
}

/** Where the test stands. */
export interface SprtResult extends SequentialEvidence {
  /** `accept-null` and `accept-alternative` end the test; the caller must stop at the first of them. */
  readonly outcome: "accept-null" | "accept-alternative" | "continue";
  /** ln E at or above which the alternative is accepted. */
  readonly upperThreshold: number;
  /** ln E at or below which the null is accepted. */
  readonly lowerThreshold: number;
  /** Wald's approximation of the expected number of trials to a decision, under the null and under the alternative. */
  readonly expectedTrials: { readonly underNull: number; readonly underAlternative: number };
}

/**
 * Is the success proportion of one arm `nullProportion` or `alternativeProportion`?
 *
 * @param counts - successes and trials so far; successes / trials of a single arm
 * @param options - both proportions and the errors allowed
 * @returns outcome at this look, ln likelihood ratio, thresholds, expected trials
 *
 * Guarantee: anytime-exact in that P(ever ln E >= ln(1/alpha)) <= alpha; with Wald's thresholds used for `outcome` the
 * two errors add up to at most alpha + beta, each nearly what was asked. Nothing is promised for other proportions.
 *
 * Source: A. Wald, Sequential tests of statistical hypotheses (1945), doi:10.1214/aoms/1177731118.
 *
 * @throws {RangeError} for proportions or errors outside (0, 1), equal proportions, alpha + beta of 1 or more
 * @example
 * ```ts
 * const proportions = { nullProportion: 0.99, alternativeProportion: 0.97 };
 * sequentialProbabilityRatioTest({ successes: 960, trials: 1000 }, proportions).outcome; // "accept-alternative"
 * ```
 */
export function sequentialProbabilityRatioTest(counts: ProportionCounts, options: SprtOptions): SprtResult {
  const action = "run a sequential probability ratio test";
  const { nullProportion, alternativeProportion, alpha = 0.05, beta = 0.2 } = options;
  requireCounts(action, "counts", counts);
  requireProbability(action, "nullProportion", nullProportion);
  requireProbability(action, "alternativeProportion", alternativeProportion);
  requireProbability(action, "alpha", alpha);
  requireProbability(action, "beta", beta);
  if (nullProportion === alternativeProportion)
    throw new RangeError(
      cannot(
        action,
        "alternativeProportion",
        `different from nullProportion (${nullProportion})`,
        alternativeProportion,
      ),
    );
  if (alpha + beta >= 1) throw new RangeError(cannot(action, "alpha + beta", "below 1", alpha + beta));
  const ofSuccess = Math.log(alternativeProportion / nullProportion);
  const ofFailure = Math.log1p(-alternativeProportion) - Math.log1p(-nullProportion);
  const ln = counts.successes * ofSuccess + (counts.trials - counts.successes) * ofFailure;
  const upperThreshold = Math.log((1 - beta) / alpha);
  const lowerThreshold = Math.log(beta / (1 - alpha));
  const drift = (p: number): number => p * ofSuccess + (1 - p) * ofFailure;
  return {
    ...sequentialEvidence("sequential-probability-ratio-test", "anytime-exact", ln),
    outcome: ln >= upperThreshold ? "accept-alternative" : ln <= lowerThreshold ? "accept-null" : "continue",
    upperThreshold,
    lowerThreshold,
    expectedTrials: {
      underNull: (alpha * upperThreshold + (1 - alpha) * lowerThreshold) / drift(nullProportion),
      underAlternative: ((1 - beta) * upperThreshold + beta * lowerThreshold) / drift(alternativeProportion),
    },
  };
}
