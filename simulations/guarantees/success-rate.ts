import { startBlockEProcess } from "../../src/stats/anytime/blocks/block-e-process.ts";
import { startOddsRatioEProcess } from "../../src/stats/anytime/blocks/odds-ratio-e-process.ts";
import type { ConfidenceSequenceResult } from "../../src/stats/anytime/evidence.ts";
import { mixtureLnEvidence } from "../../src/stats/anytime/mixtures/normal-mixture.ts";
import { oneProportionConfidenceSequence } from "../../src/stats/anytime/proportions/one-proportion-sequence.ts";
import {
  profileDeviance,
  profileEstimate,
  type Stratum,
} from "../../src/stats/anytime/proportions/profile-deviance.ts";
import { profileProportionEvidence } from "../../src/stats/anytime/proportions/profile-proportion.ts";
import {
  asymptoticProportionSequence,
  mixtureSequentialProbabilityRatioTest,
} from "../../src/stats/anytime/proportions/wald-sequence.ts";
import type { ProportionCounts } from "../../src/stats/proportions/counts.ts";
import { drawEvents } from "./draws.ts";
import type { Experiment, Monitor } from "./monitor.ts";

const threshold = Math.log(20);

/** What can be seen at a look: the block since the last look, and the counts so far by epoch and in all. */
export interface SuccessLook {
  readonly block: Stratum;
  readonly strata: readonly Stratum[];
  readonly total: Stratum;
}

/** One period of a scenario. */
interface Period {
  readonly epoch: number;
  readonly controlTrials: number;
  readonly treatmentTrials: number;
  readonly controlFailure: number;
  readonly treatmentFailure: number;
}

/** Builds an experiment from the law of every period; `period` returns null after the last. */
export function successExperiment(
  name: string,
  period: (index: number, random: () => number) => Period | null,
): Experiment<SuccessLook> {
  return {
    name,
    *looks(random) {
      const counts: {
        control: { successes: number; trials: number };
        treatment: { successes: number; trials: number };
      }[] = [];
      const total = { control: { successes: 0, trials: 0 }, treatment: { successes: 0, trials: 0 } };
      for (let index = 0; ; index++) {
        const next = period(index, random);
        if (next === null) return;
        const { epoch, controlTrials, treatmentTrials } = next;
        const block = {
          control: {
            trials: controlTrials,
            successes: controlTrials - drawEvents(random, controlTrials, next.controlFailure),
          },
          treatment: {
            trials: treatmentTrials,
            successes: treatmentTrials - drawEvents(random, treatmentTrials, next.treatmentFailure),
          },
        };
        counts[epoch] ??= { control: { successes: 0, trials: 0 }, treatment: { successes: 0, trials: 0 } };
        for (const sum of [counts[epoch], total]) {
          for (const arm of ["control", "treatment"] as const) {
            sum[arm].successes += block[arm].successes;
            sum[arm].trials += block[arm].trials;
          }
        }
        yield { look: { block, strata: counts, total }, requests: total.control.trials };
      }
    },
  };
}

/**
 * The index of a period from its sequence of looks: 100 requests at a time up to 100,000, then 2,000 at a time, so that
 * long experiments stay affordable.
 */
function sizeOfPeriod(index: number, end: number): number {
  const size = index < 1000 ? 100 : 2000;
  const start = index < 1000 ? index * 100 : 100_000 + (index - 1000) * 2000;
  return start >= end ? 0 : size;
}

/** A constant failure rate in each arm at a constant split. */
export function steady(
  name: string,
  failure: number,
  treatmentFailure: number,
  split: readonly [control: number, treatment: number],
  end: number,
): Experiment<SuccessLook> {
  return successExperiment(name, (index) => {
    const size = sizeOfPeriod(index, end);
    return size === 0
      ? null
      : {
          epoch: 0,
          controlTrials: size * split[0],
          treatmentTrials: size * split[1],
          controlFailure: failure,
          treatmentFailure,
        };
  });
}

/** Both arms fail together: outages of five periods in which 15 % of requests fail, one period in 50. */
export function outages(failure: number, end: number): Experiment<SuccessLook> {
  let until = -1;
  return successExperiment("shared outages, 50/50", (index, random) => {
    if (index === 0) until = -1;
    const size = sizeOfPeriod(index, end);
    if (size === 0) return null;
    if (index > until && random() < 0.02) until = index + 4;
    const now = index <= until ? 0.15 : failure;
    return { epoch: 0, controlTrials: size, treatmentTrials: size, controlFailure: now, treatmentFailure: now };
  });
}

/** The failure rate of both arms rises and falls by 80 % over 200 periods. */
export function drift(failure: number, end: number): Experiment<SuccessLook> {
  return successExperiment("shared drift, 50/50", (index) => {
    const size = sizeOfPeriod(index, end);
    const now = failure * (1 + 0.8 * Math.sin((2 * Math.PI * index) / 200));
    return size === 0
      ? null
      : { epoch: 0, controlTrials: size, treatmentTrials: size, controlFailure: now, treatmentFailure: now };
  });
}

/** The treatment's share goes from 5 to 20 to 50 % while the baseline of both arms triples: three allocation epochs. */
export function ramp(failure: number, end: number): Experiment<SuccessLook> {
  const shares = [0.05, 0.2, 0.5];
  return successExperiment("ramp 5-20-50 %, baseline triples", (index) => {
    const size = sizeOfPeriod(index, end);
    if (size === 0) return null;
    const epoch = Math.min(2, Math.floor((300 * index) / end));
    const treatmentTrials = Math.round(2 * size * (shares[epoch] as number));
    const now = failure * (1 + epoch);
    return {
      epoch,
      controlTrials: 2 * size - treatmentTrials,
      treatmentTrials,
      controlFailure: now,
      treatmentFailure: now,
    };
  });
}

/** The default method: the profile mixture, stratified by epoch. */
export function profileMonitor(
  nullDifference = 0,
  alternative: "two-sided" | "greater" | "less" = "two-sided",
): Monitor<SuccessLook> {
  const side = alternative === "two-sided" ? "" : `, ${alternative}`;
  return {
    name: `profile mixture (default)${side}`,
    promise: "asymptotic",
    start:
      () =>
      ({ strata }) => {
        const both = strata.filter(({ control, treatment }) => control.trials > 0 && treatment.trials > 0);
        const evidence = profileProportionEvidence(both, {
          effect: "difference",
          nullEffect: nullDifference,
          alternative,
        });
        return "lnEvidence" in evidence && evidence.lnEvidence >= threshold;
      },
  };
}

/**
 * What the default replaced: information from each arm's own counts, one prior. Valid too, slower where failures
 * multiply.
 */
export const singlePriorMonitor: Monitor<SuccessLook> = {
  name: "own information, one prior",
  promise: "asymptotic",
  start:
    () =>
    ({ strata }) => {
      const both = strata.filter(({ control, treatment }) => control.trials > 0 && treatment.trials > 0);
      const deviance = profileDeviance(both, { difference: 0 }, { difference: profileEstimate(both, "difference") });
      const variance = ({ successes, trials }: ProportionCounts): number => {
        const share = (successes + 0.5) / (trials + 1);
        return trials * share * (1 - share);
      };
      const information = both.reduce(
        (sum, { control, treatment }) => sum + 1 / (1 / variance(control) + 1 / variance(treatment)),
        0,
      );
      return mixtureLnEvidence(deviance, information, 0.35) >= threshold;
    },
};

/** The default method on pooled counts: what happens to a ramp when epochs are not declared. */
export const pooledMonitor: Monitor<SuccessLook> = {
  name: "profile mixture, epochs not declared",
  promise: "none",
  start:
    () =>
    ({ total }) => {
      const evidence = profileProportionEvidence([total], {
        effect: "difference",
        nullEffect: 0,
        alternative: "two-sided",
      });
      return "lnEvidence" in evidence && evidence.lnEvidence >= threshold;
    },
};

/** The exact block e-process. */
export function blockMonitor(
  nullDifference = 0,
  alternative: "two-sided" | "greater" | "less" = "two-sided",
): Monitor<SuccessLook> {
  const side = alternative === "two-sided" ? "" : `, ${alternative}`;
  return {
    name: `block e-process${side}`,
    promise: "exact",
    start: () => {
      const process = startBlockEProcess({ nullEffect: { difference: nullDifference }, alternative });
      return ({ block: { control, treatment } }) => {
        process.add(control.successes, control.trials, treatment.successes, treatment.trials);
        return process.lnEvidence() >= threshold;
      };
    },
  };
}

/** The exact conditional e-process of the odds ratio. */
export function oddsRatioMonitor(nullOddsRatio = 1): Monitor<SuccessLook> {
  return {
    name: "odds-ratio e-process",
    promise: "exact",
    start: () => {
      const process = startOddsRatioEProcess({ nullOddsRatio });
      return ({ block: { control, treatment } }) => {
        process.add(control.successes, control.trials, treatment.successes, treatment.trials);
        return process.lnEvidence() >= threshold;
      };
    },
  };
}

/** GrowthBook-style asymptotic sequence, forced where Assay refuses it. */
export function growthBookMonitor(nullDifference = 0): Monitor<SuccessLook> {
  return {
    name: "Wald asymptotic sequence (GrowthBook)",
    promise: "none",
    start:
      () =>
      ({ total: { control, treatment } }) => {
        const result = asymptoticProportionSequence(control, treatment, { nullDifference, allowUnequalSplit: true });
        return result.computable && result.evidence.lnEvidence >= threshold;
      },
  };
}

/** The mixture SPRT, forced where Assay refuses it. */
export const msprtMonitor: Monitor<SuccessLook> = {
  name: "mSPRT",
  promise: "none",
  start:
    () =>
    ({ total: { control, treatment } }) => {
      const result = mixtureSequentialProbabilityRatioTest(control, treatment, { allowUnequalSplit: true });
      return result.computable && result.evidence.lnEvidence >= threshold;
    },
};

/** The z-test with a threshold for one look, peeked. */
export function naiveMonitor(nullDifference = 0): Monitor<SuccessLook> {
  return {
    name: "z-test, peeked",
    promise: "none",
    start:
      () =>
      ({ total }) =>
        Math.abs(waldZ(total, nullDifference)) > 1.959963984540054,
  };
}

/**
 * Two sequences, one per arm at alpha / 2: reject when they do not overlap. Exact for arms that never change, hence no
 * promise here: it breaks with a ramp.
 */
export const bonferroniMonitor: Monitor<SuccessLook> = {
  name: "per-arm sequences, Bonferroni",
  promise: "none",
  start:
    () =>
    ({ total }) => {
      // Two sequences that do not overlap are further apart than three standard errors: no need to look before.
      if (!(Math.abs(waldZ(total, 0)) > 3)) return false;
      const [control, treatment] = [intervalOf(total.control), intervalOf(total.treatment)];
      return control[0] > treatment[1] || treatment[0] > control[1];
    },
};

function intervalOf(counts: ProportionCounts): readonly [number, number] {
  return (oneProportionConfidenceSequence(counts, { alpha: 0.025 }) as ConfidenceSequenceResult).interval;
}

/** z of the difference; pooled variance when the null is no difference. NaN where there is no variance. */
function waldZ({ control, treatment }: Stratum, nullDifference: number): number {
  const [pc, pt] = [control.successes / control.trials, treatment.successes / treatment.trials];
  const pooled = (control.successes + treatment.successes) / (control.trials + treatment.trials);
  const variance =
    nullDifference === 0
      ? pooled * (1 - pooled) * (1 / control.trials + 1 / treatment.trials)
      : (pc * (1 - pc)) / control.trials + (pt * (1 - pt)) / treatment.trials;
  return (pt - pc - nullDifference) / Math.sqrt(variance);
}
