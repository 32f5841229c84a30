import type { NotComputable } from "../../errors.ts";
import { productMinus } from "../../math/exact-product.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import { criticalValue, symmetricPValue } from "../p-value.ts";
import type { TestResult } from "../result.ts";
import type { ProportionCounts } from "./counts.ts";
import { proportion } from "./difference.ts";
import { checkOneSample, noTrials, type OneSampleOptions, within } from "./one-sample.ts";

/**
 * Which success rates fit what one arm showed? Score interval: holds its level on average, never leaves [0, 1].
 *
 * @param counts - `successes` of `trials`.
 * @param options - Level, alternative, `nullProportion` (default 0.5), `continuity` correction (default false).
 * @returns The success rate with its Wilson interval and the score test of `nullProportion`; `NotComputable` without
 * trials.
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: E. B. Wilson 1927, doi:10.1080/01621459.1927.10502953; continuity correction R. G. Newcombe 1998,
 * doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E.
 *
 * @throws {RangeError} Counts that are not non-negative integers, a level or null outside (0, 1).
 *
 * @example
 * ```ts
 * wilsonInterval({ successes: 9970, trials: 10000 }); // interval [0.99572, 0.99790]
 * ```
 */
export function wilsonInterval(
  counts: ProportionCounts,
  options: OneSampleOptions & { readonly continuity?: boolean } = {},
): TestResult | NotComputable {
  const action = "compute the Wilson interval";
  const { alternative, level, nullProportion } = checkOneSample(action, counts, options);
  if (counts.trials === 0) return noTrials;
  const { continuity = false } = options;
  const { successes, trials } = counts;
  const miss = productMinus(trials, nullProportion, successes);
  const half = continuity ? 0.5 : 0;
  const correction = Math.min(half, Math.abs(miss));
  const statistic = -(miss - Math.sign(miss) * correction) / Math.sqrt(trials * nullProportion * (1 - nullProportion));
  const critical = criticalValue(level, alternative);
  return {
    computable: true,
    method: continuity ? "wilson-continuity" : "wilson",
    guarantee: "asymptotic",
    assumptions: [independentRequests, fixedLook],
    estimate: proportion(counts),
    interval: within(
      [
        wilsonLowerLimit(Math.max(0, successes - half), trials, critical),
        wilsonUpperLimit(Math.min(trials, successes + half), trials, critical),
      ],
      alternative,
    ),
    level,
    alternative,
    nullValue: nullProportion,
    statistic,
    ...symmetricPValue(statistic, alternative),
  };
}

/** The smaller root p of (x - n p)^2 = z^2 n p (1 - p), without cancellation. */
function wilsonLowerLimit(x: number, trials: number, critical: number): number {
  if (x === 0) return 0;
  return (x / trials) * (x / (x + (critical * critical) / 2 + wilsonRoot(x, trials, critical)));
}

/** The larger root. */
function wilsonUpperLimit(x: number, trials: number, critical: number): number {
  if (x === trials) return 1;
  const square = critical * critical;
  return (x + square / 2 + wilsonRoot(x, trials, critical)) / (trials + square);
}

/** How far the lower Wilson limit lies below the observed share. */
export function wilsonReachDown(counts: ProportionCounts, critical: number): number {
  const { successes, trials } = counts;
  const share = successes / trials;
  const square = critical * critical;
  const root = wilsonRoot(successes, trials, critical);
  if (share > 0.5) return (square * (share - 0.5) + root) / (trials + square);
  return (square * share * ((trials - successes) / trials)) / (root + square * (0.5 - share));
}

/** How far the upper Wilson limit lies above the observed share. */
export function wilsonReachUp(counts: ProportionCounts, critical: number): number {
  return wilsonReachDown({ successes: counts.trials - counts.successes, trials: counts.trials }, critical);
}

function wilsonRoot(x: number, trials: number, critical: number): number {
  return critical * Math.sqrt(x * ((trials - x) / trials) + (critical * critical) / 4);
}
