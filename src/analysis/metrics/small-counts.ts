import { isNotComputable } from "../../errors.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { Interval } from "../../stats/interval.ts";
import type { PValue } from "../../stats/p-value.ts";
import { clopperPearsonInterval } from "../../stats/proportions/clopper-pearson.ts";
import { conditionalOn } from "../../stats/proportions/conditional-odds-ratio.ts";
import type { ProportionCounts } from "../../stats/proportions/counts.ts";
import { fisherPValue } from "../../stats/proportions/fisher-p-value.ts";

/** Counts of two arms of independent requests, too small for formulas that hold in the limit. */
export interface SmallCounts {
  readonly control: ProportionCounts;
  readonly treatment: ProportionCounts;
}

/** Below so many expected successes or failures of an arm, normal and chi-square formulas are out of their range. */
const fewestExpected = 5;

/**
 * Are the counts of two arms so small that they must be judged by exact methods?
 *
 * Source: W. Cochran, Some methods for strengthening the common chi-square tests (1954), doi:10.2307/3001616: each
 * expected count at least 5.
 *
 * @returns the counts; `undefined` where they are large enough, or an arm is empty
 */
export function smallCountsOf(control: ProportionCounts, treatment: ProportionCounts): SmallCounts | undefined {
  const trials = control.trials + treatment.trials;
  if (control.trials === 0 || treatment.trials === 0) return undefined;
  const successes = control.successes + treatment.successes;
  const rarest = Math.min(successes, trials - successes) / trials;
  return rarest * Math.min(control.trials, treatment.trials) < fewestExpected ? { control, treatment } : undefined;
}

/**
 * "The shares are equal" by Fisher's exact test, two-sided as in R and scipy: all tables no more probable than this
 * one.
 *
 * Source: R. A. Fisher (1935), doi:10.2307/2342435.
 */
export function exactEquality({ control, treatment }: SmallCounts): PValue {
  return fisherPValue(conditionalOn(control, treatment, 0), treatment.successes, "two-sided");
}

/** The share of one arm by Clopper and Pearson, at level 1 - alpha. */
export function exactShare(counts: ProportionCounts, alpha: number): Interval {
  const found = clopperPearsonInterval(counts, { level: 1 - alpha });
  return isNotComputable(found) ? [0, 1] : found.interval;
}

/**
 * The difference or ratio of two shares: what any pair of shares in the exact intervals of both arms, at level 1 -
 * alpha / 2 each, can amount to. Both hold together with probability 1 - alpha at least.
 */
export function exactEffect({ control, treatment }: SmallCounts, kind: EffectKind, alpha: number): Interval {
  const [lowest, highest] = exactShare(treatment, alpha / 2);
  const [least, most] = exactShare(control, alpha / 2);
  return kind === "difference"
    ? [lowest - most, highest - least]
    : [lowest / most, least === 0 ? Infinity : highest / least];
}
