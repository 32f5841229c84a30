import { lnBeta } from "../../../math/beta.ts";
import { logSumExp } from "../../../math/log-sum-exp.ts";
import { type ProportionCounts, requireCounts } from "../../proportions/counts.ts";
import { type SequentialEvidence, sequentialEvidence } from "../evidence.ts";

/** Scales of the priors: the share of an arm is drawn around 1, 1/10, 1/100, ... and may be as rare as these. */
const scales: readonly number[] = [1, 10, 100, 1000, 10_000, 100_000];

/**
 * Do two arms have the same share, when the question is asked after every request?
 *
 * The evidence is the likelihood of both arms, each with a share of its own that is averaged over beta priors, divided
 * by the largest likelihood that one common share can reach. Under any common share the denominator is at least the
 * true likelihood, so the evidence is an e-value at every stopping time. It depends on the totals only: no order of the
 * requests has to be kept.
 *
 * @param control - trials and successes of the control so far
 * @param treatment - the same of the treatment
 * @returns ln E and the always-valid p-value 1 / E of "the shares are equal"
 *
 * Guarantee: anytime-exact for independent requests with one common share, whatever it is and however small the counts
 * are. Where many requests belong to one unit, give counts of units.
 *
 * Source: L. Wasserman, A. Ramdas, S. Balakrishnan, Universal inference (2020), doi:10.1073/pnas.1922664117, section 8.
 *
 * @throws {RangeError} for counts that are not counts, or more successes than trials
 * @example
 * ```ts
 * equalSharesEvidence({ trials: 99_000, successes: 28 }, { trials: 1000, successes: 72 }).pValue < 1e-60; // true
 * ```
 */
export function equalSharesEvidence(control: ProportionCounts, treatment: ProportionCounts): SequentialEvidence {
  requireCounts("compare two shares", "control", control);
  requireCounts("compare two shares", "treatment", treatment);
  const apart = logSumExp(scales.map((scale) => lnAverage(control, scale) + lnAverage(treatment, scale)));
  const together = lnLargest({
    trials: control.trials + treatment.trials,
    successes: control.successes + treatment.successes,
  });
  return sequentialEvidence("universal-inference", "anytime-exact", apart - Math.log(scales.length) - together);
}

/** ln of the likelihood of one arm, averaged over a beta prior with mean 1 / (1 + scale). */
function lnAverage({ trials, successes }: ProportionCounts, scale: number): number {
  const [a, b] = [0.5, scale / 2];
  return lnBeta(a + successes, b + trials - successes) - lnBeta(a, b);
}

/** ln of the largest likelihood that one share can reach. */
function lnLargest({ trials, successes }: ProportionCounts): number {
  const term = (count: number): number => (count === 0 ? 0 : count * Math.log(count / trials));
  return term(successes) + term(trials - successes);
}
