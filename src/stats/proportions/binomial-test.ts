import { binomialLogCdf, binomialLogProbability, binomialLogSurvival } from "../../math/binomial.ts";
import { logSumExp } from "../../math/log-sum-exp.ts";
import type { PValue } from "../p-value.ts";
import type { Alternative } from "../result.ts";
import type { ProportionCounts } from "./counts.ts";

/**
 * Relative slack within which two probabilities count as tied, the convention of R (binom.test, fisher.test) and scipy.
 */
export const tieSlack = 1e-7;

/**
 * The exact p-value of `nullProportion`; two-sided, the total probability of all outcomes that are no more probable
 * than the observed one.
 */
export function binomialPValue(counts: ProportionCounts, nullProportion: number, alternative: Alternative): PValue {
  const { successes, trials } = counts;
  const lower = binomialLogCdf(successes, trials, nullProportion);
  const upper = binomialLogSurvival(successes - 1, trials, nullProportion);
  if (alternative !== "two-sided") return fromLog(alternative === "less" ? lower : upper);
  const bound = binomialLogProbability(successes, trials, nullProportion) + tieSlack;
  const mode = Math.min(trials, Math.floor((trials + 1) * nullProportion));
  if (binomialLogProbability(mode, trials, nullProportion) <= bound) return { pValue: 1, lnPValue: 0 };
  const below = successes < mode;
  // The outcomes on the other side of the mode are less probable the farther away: bisect for the nearest that counts.
  let inside = mode;
  let outside = below ? trials + 1 : -1;
  while (Math.abs(outside - inside) > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (binomialLogProbability(middle, trials, nullProportion) <= bound) outside = middle;
    else inside = middle;
  }
  const other = below
    ? binomialLogSurvival(outside - 1, trials, nullProportion)
    : binomialLogCdf(outside, trials, nullProportion);
  return fromLog(logSumExp([below ? lower : upper, other]));
}

/**
 * The exact p-value of "one outcome is as likely as the other" after `first` and `second` of them, with the mid-p
 * version, which counts half of the observed probability.
 */
export function evenOddsPValue(first: number, second: number): { readonly exact: PValue; readonly mid: PValue } {
  const trials = first + second;
  const smaller = Math.min(first, second);
  if (first === second)
    return {
      exact: { pValue: 1, lnPValue: 0 },
      mid: fromLog(Math.log1p(-Math.exp(binomialLogProbability(smaller, trials, 0.5)))),
    };
  const tail = binomialLogCdf(smaller, trials, 0.5);
  const half = binomialLogProbability(smaller, trials, 0.5) - Math.LN2;
  return { exact: fromLog(tail + Math.LN2), mid: fromLog(tail + Math.log1p(-Math.exp(half - tail)) + Math.LN2) };
}

export function fromLog(lnPValue: number): PValue {
  const capped = Math.min(0, lnPValue);
  return { pValue: Math.exp(capped), lnPValue: capped };
}
