import { notComputable } from "../../errors.ts";
import { devianceTerm } from "../../math/deviance.ts";
import { findRoot } from "../../math/root.ts";
import { sharePrior } from "../../stats/anytime/mixtures/normal-mixture.ts";
import {
  nullLine,
  profileDeviance,
  profileEstimate,
  type Stratum,
} from "../../stats/anytime/proportions/profile-deviance.ts";
import {
  logOddsInformation,
  profileMixture,
  profileProportionInterval,
} from "../../stats/anytime/proportions/profile-proportion.ts";
import type { Interval } from "../../stats/interval.ts";
import type { ProportionCounts } from "../../stats/proportions/counts.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { ArmEngine, Deviance, MetricEngine } from "./engine.ts";
import { smallCountsOf } from "./small-counts.ts";

/** Engine for shares of requests: the success rate, or the share slower than a threshold. */
export function proportionEngine(control: ArmData, treatment: ArmData): MetricEngine {
  const controlCounts = control.epochs.map(countsOf);
  const treatmentCounts = treatment.epochs.map(countsOf);
  const strata: Stratum[] = controlCounts
    .map((counts, epoch) => ({ control: counts, treatment: treatmentCounts[epoch] as ProportionCounts }))
    .filter((stratum) => stratum.control.trials > 0 && stratum.treatment.trials > 0);
  const [only] = strata;
  return {
    arms: { control: proportionArm(control), treatment: proportionArm(treatment) },
    estimate: (kind) => {
      const estimate = profileEstimate(strata, kind);
      if (!Number.isNaN(estimate)) return estimate;
      return strata.length === 0
        ? notComputable("no-data", "no epoch has records of both arms")
        : notComputable("not-identified", "a ratio needs at least one success");
    },
    deviance: (kind, value) => deviance(strata, kind, value),
    interval: (kind, threshold) => profileProportionInterval(strata, { effect: kind, threshold }),
    information: strata.length === 0 ? 0 : logOddsInformation(strata),
    prior: sharePrior,
    method: profileMixture,
    fixedTest: "profile-deviance-chi-square",
    ...(strata.length === 1 && only !== undefined ? { smallCounts: smallCountsOf(only.control, only.treatment) } : {}),
  };
}

function deviance(strata: readonly Stratum[], kind: "difference" | "ratio", value: number): Deviance {
  const estimate = profileEstimate(strata, kind);
  const outside = kind === "difference" ? Math.abs(value) >= 1 : value <= 0;
  if (outside) return { deviance: Infinity, above: value <= 0 };
  return {
    deviance: profileDeviance(strata, nullLine(kind, value), nullLine(kind, estimate)),
    above: estimate > value,
  };
}

/** Trials and successes of a count, 0 of 0 where there is none. */
export function countsOf(statistic: Statistic | null): ProportionCounts {
  return statistic?.kind === "count" ? statistic : { trials: 0, successes: 0 };
}

function proportionArm({ epochs }: ArmData): ArmEngine {
  const trials = epochs.reduce((sum, statistic) => sum + countsOf(statistic).trials, 0);
  const successes = epochs.reduce((sum, statistic) => sum + countsOf(statistic).successes, 0);
  const share = successes / trials;
  const smoothed = (successes + 0.5) / (trials + 1);
  return {
    n: trials,
    value: trials === 0 ? null : share,
    information: trials * smoothed * (1 - smoothed),
    deviance: (level) => ({
      deviance: level <= 0 || level >= 1 ? Infinity : 2 * halfDeviance(successes, trials, level),
      above: share > level,
    }),
    interval: (threshold) => shareInterval(successes, trials, threshold),
  };
}

/** The shares that lose less than `threshold` of log-likelihood. */
function shareInterval(successes: number, trials: number, threshold: number): Interval {
  return trials === 0
    ? [0, 1]
    : [lowestShare(successes, trials, threshold), 1 - lowestShare(trials - successes, trials, threshold)];
}

/** Logarithm of the smallest share that is told from 0. */
const lnSmallest = -700;

/** Searched on the logarithm, since a handful of records bound a share only by powers of ten. */
function lowestShare(successes: number, trials: number, threshold: number): number {
  const excess = (lnShare: number): number => halfDeviance(successes, trials, Math.exp(lnShare)) - threshold;
  if (excess(lnSmallest) <= 0) return 0;
  return Math.exp(findRoot(excess, lnSmallest, Math.log(successes / trials)));
}

function halfDeviance(successes: number, trials: number, p: number): number {
  const expected = trials * p;
  return (
    devianceTerm(successes, expected, expected - successes) +
    devianceTerm(trials - successes, trials - expected, successes - expected)
  );
}
