import { chiSquareSurvivalQuantile } from "../../src/math/chi-square.ts";
import type { Random } from "../../src/math/random.ts";
import {
  type GaussianMixtureResult,
  gaussianMixtureSequence,
} from "../../src/stats/anytime/mixtures/gaussian-mixture.ts";
import { sequentialSampleRatioTest } from "../../src/stats/anytime/sample-ratio-evidence.ts";
import { groupSequentialDesign } from "../../src/stats/group-sequential/design.ts";
import { drawEvents, normalDraws } from "./draws.ts";
import type { Experiment, Monitor } from "./monitor.ts";

/** A whole stream of assignments: the units that came in during each period, by arm. */
export interface AssignmentLook {
  readonly countsByPeriod: readonly (readonly number[])[];
}

/**
 * Correct assignment at 50/50, 128 units a period. One look shows the whole stream; monitors look inside after every
 * period.
 */
export function fairAssignment(periods: number): Experiment<AssignmentLook> {
  return {
    name: `correct assignment at 50/50, ${periods} looks`,
    *looks(random) {
      const countsByPeriod = Array.from({ length: periods }, () => {
        const treated = coins(random) + coins(random) + coins(random) + coins(random);
        return [128 - treated, treated];
      });
      yield { look: { countsByPeriod }, requests: periods * 64 };
    },
  };
}

/** Heads among 32 fair coins. */
function coins(random: Random): number {
  let bits = Math.floor(random() * 2 ** 32);
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** The sequential test of the sample ratio at alpha. */
export function sampleRatioMonitor(alpha: number): Monitor<AssignmentLook> {
  return {
    name: "sequential sample ratio test",
    promise: "exact",
    start:
      () =>
      ({ countsByPeriod }) =>
        sequentialSampleRatioTest([{ weights: [0.5, 0.5], countsByPeriod }]).pValue <= alpha,
  };
}

/** The chi-square test of the sample ratio at alpha, peeked after every period. */
export function peekedChiSquareMonitor(alpha: number): Monitor<AssignmentLook> {
  const critical = chiSquareSurvivalQuantile(alpha, 1);
  return {
    name: "chi-square test, peeked",
    promise: "none",
    start:
      () =>
      ({ countsByPeriod }) => {
        let [first, second] = [0, 0];
        return countsByPeriod.some((counts) => {
          first += counts[0] as number;
          second += counts[1] as number;
          return (first - second) ** 2 / (first + second) >= critical;
        });
      },
  };
}

/** Running moments of two arms. */
export interface MeansLook {
  readonly n: number;
  readonly control: { readonly sum: number; readonly squares: number };
  readonly treatment: { readonly sum: number; readonly squares: number };
}

/** Costs per request that are lognormal, the same in both arms, 200 requests per arm and period. */
export function sameCosts(sigma: number, periods: number): Experiment<MeansLook> {
  return {
    name: `means of lognormal ${sigma} costs, 50/50`,
    *looks(random) {
      const normal = normalDraws(random);
      const look = { n: 0, control: { sum: 0, squares: 0 }, treatment: { sum: 0, squares: 0 } };
      for (let period = 0; period < periods; period++) {
        for (const arm of [look.control, look.treatment]) {
          for (let i = 0; i < 200; i++) {
            const x = Math.exp(sigma * normal());
            arm.sum += x;
            arm.squares += x * x;
          }
        }
        look.n += 200;
        yield { look, requests: look.n };
      }
    },
  };
}

function meanDifference({ n, control, treatment }: MeansLook): {
  estimate: number;
  standardError: number;
  sampleSize: number;
} {
  const variance = (arm: MeansLook["control"]): number => (arm.squares - arm.sum ** 2 / n) / (n - 1);
  return {
    estimate: (treatment.sum - control.sum) / n,
    standardError: Math.sqrt((variance(control) + variance(treatment)) / n),
    sampleSize: 2 * n,
  };
}

/** The Gaussian-mixture sequence of a difference of means. */
export const meansMonitor: Monitor<MeansLook> = {
  name: "Gaussian mixture (default)",
  promise: "asymptotic",
  start: () => (look) =>
    (gaussianMixtureSequence(meanDifference(look)) as GaussianMixtureResult).evidence.pValue <= 0.05,
};

/** The t-test of means with a threshold for one look, peeked. */
export const naiveMeansMonitor: Monitor<MeansLook> = {
  name: "t-test, peeked",
  promise: "none",
  start: () => (look) => {
    const { estimate, standardError } = meanDifference(look);
    return Math.abs(estimate / standardError) > 1.959963984540054;
  },
};

/** Success counts at the planned looks of a group-sequential design. */
export interface PlannedLook {
  readonly index: number;
  readonly z: number;
}

/** Success rates at `looks` equally spaced looks, `perLook` requests an arm each. */
export function plannedLooks(failure: number, looks: number, perLook: number): Experiment<PlannedLook> {
  return {
    name: `success rate, ${looks} planned looks at ${(100 * (1 - failure)).toFixed(1)} %`,
    *looks(random) {
      let [control, treatment, n] = [0, 0, 0];
      for (let index = 0; index < looks; index++) {
        for (let i = 0; i < perLook; i += 500) {
          control += drawEvents(random, 500, failure);
          treatment += drawEvents(random, 500, failure);
        }
        n += perLook;
        const pooled = (control + treatment) / (2 * n);
        yield {
          look: { index, z: (treatment - control) / n / Math.sqrt((2 * pooled * (1 - pooled)) / n) },
          requests: n,
        };
      }
    },
  };
}

/** Lan-DeMets O'Brien-Fleming boundaries, two-sided. */
export function groupSequentialMonitor(looks: number): Monitor<PlannedLook> {
  const design = groupSequentialDesign({ looks, alpha: 0.05 });
  return {
    name: "group sequential, O'Brien-Fleming spending",
    promise: "asymptotic",
    start:
      () =>
      ({ index, z }) =>
        Math.abs(z) >= (design.looks[index]?.efficacy as number),
  };
}

/** The z-test at every planned look. */
export const naivePlannedMonitor: Monitor<PlannedLook> = {
  name: "z-test, peeked",
  promise: "none",
  start:
    () =>
    ({ z }) =>
      Math.abs(z) > 1.959963984540054,
};
